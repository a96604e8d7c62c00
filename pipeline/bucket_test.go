package pipeline

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"careshare/load/lake"
	"careshare/load/store"
	"careshare/load/store/storetest"
	"careshare/pipeline/exit"
)

// inBucket gives a world whose lake is in a bucket: as a council would write it.
func (w world) inBucket(t *testing.T, o store.Options) world {
	t.Helper()
	w.edit(t, "lake: lake ", fmt.Sprintf("lake: %s\ns3: {endpoint: %q, region: eu-west-2, copy: copy} ", o.URL, o.Endpoint))
	return w
}

// The whole program over a lake in a bucket: two runs, a person withheld, retention, and each time another machine that reads all.
func TestWholeCommandsOverABucket(t *testing.T) {
	t.Parallel()
	o := storetest.Bucket(t)
	local := small(t)
	w := local.copyOf(t).inBucket(t, o)
	other := w.copyOf(t) // another machine: the same configuration, a copy of its own
	must := func(code int, w *world, args ...string) {
		t.Helper()
		if ended := w.run(append(args, "--config", w.config())...); ended != code {
			t.Fatalf("%v ended with %d, want %d: %s%s", args, ended, code, w.stdout, w.stderr)
		}
	}
	must(exit.Failed, &other, "status")
	must(exit.Quarantined, &w, "run", "--as-at", asAt)
	must(exit.Done, &other, "status")
	if !strings.Contains(other.stdout, "bucket   "+o.URL+"/snapshots/20261101T070000Z\n") {
		t.Errorf("status says %s", other.stdout)
	}
	must(exit.Done, &other, "verify", "--read-data")
	for _, dataset := range w.manifestIn(t, "copy").Datasets {
		if dataset.Rows == 0 && dataset.Dataset == "people" {
			t.Error("nobody is shared")
		}
	}
	must(exit.Done, &other, "withhold", w.anyoneShared(t), "--reason", "test")
	must(exit.Done, &w, "status")
	if !strings.Contains(w.stdout, "withheld 1 person manually") {
		t.Errorf("the first machine does not know of the withholding: %s", w.stdout)
	}
	must(exit.Quarantined, &w, "run", "--as-at", "2026-11-02T07:00:00Z")
	must(exit.Done, &other, "prune")
	must(exit.Done, &other, "verify", "--read-data")
	must(exit.Done, &other, "explain", w.anyoneShared(t))
	must(exit.Done, &other, "check")
	w.readsTheBucket(t, o)
}

func (w world) manifestIn(t *testing.T, copied string) lake.Manifest {
	t.Helper()
	target, err := filepath.EvalSymlinks(filepath.Join(w.folder, copied, "current"))
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := lake.Snapshot{ID: filepath.Base(target), Path: target}.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	return manifest
}

// anyoneShared is a person of the first snapshot.
func (w world) anyoneShared(t *testing.T) string {
	t.Helper()
	return w.query(t, "select min(person_id) from read_parquet('"+filepath.Join(w.folder, "copy/snapshots/20261101T070000Z/trusted/direct-care/people/*/*/*/*/*.parquet")+"')")[0][0]
}

// readsTheBucket reads a dataset as a BI team does, by the pointer, with pyarrow's own S3 client.
func (w world) readsTheBucket(t *testing.T, o store.Options) {
	t.Helper()
	script := `
import json, sys
from pyarrow import fs, parquet
endpoint, lake = sys.argv[1], sys.argv[2].removeprefix("s3://")
s3 = fs.S3FileSystem(endpoint_override=endpoint, scheme="http", region="eu-west-2")
snapshot = json.load(s3.open_input_stream(lake + "/current.json"))["snapshot"]
manifest = json.load(s3.open_input_stream(f"{lake}/{snapshot}/manifest.json"))
print(json.dumps({d["dataset"]: parquet.read_table(f"{lake}/{snapshot}/{d['path']}", filesystem=s3, partitioning=None).num_rows for d in manifest["datasets"]}))
`
	reading := exec.Command(filepath.Join(pythonTools(t), "python"), "-c", script, strings.TrimPrefix(o.Endpoint, "http://"), o.URL)
	reading.Env = append(os.Environ(), "AWS_EC2_METADATA_DISABLED=true")
	out, err := reading.Output()
	if err != nil {
		t.Fatal(err)
	}
	var rows map[string]int64
	if err := json.Unmarshal(out, &rows); err != nil {
		t.Fatal(err)
	}
	for _, d := range w.manifestIn(t, "copy").Datasets {
		if rows[d.Dataset] != d.Rows {
			t.Errorf("%s: %d rows in the bucket, the manifest says %d", d.Dataset, rows[d.Dataset], d.Rows)
		}
	}
}
