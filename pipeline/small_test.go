package pipeline

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"careshare/pipeline/borough"
	"careshare/pipeline/command"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
)

// theSmall is a small borough with a case store of CSV files, and what one run published of it, made once: in this
// process, so that the race detector sees a whole run.
var theSmall = sync.OnceValues(func() (world, error) {
	folder, err := outlives("careshare-small")
	if err != nil {
		return world{}, err
	}
	w := world{folder: folder}
	options := borough.Options{AsAt: borough.DefaultAsAt(), People: 300, Seed: 1, To: filepath.Join(folder, "sources"), CaseStore: "csv", Errors: true}
	if err := borough.Make(context.Background(), options); err != nil {
		return w, err
	}
	if _, err := config.WriteTemplates(folder); err != nil {
		return w, err
	}
	if err := command.WriteDemoKey(filepath.Join(folder, "keys")); err != nil {
		return w, err
	}
	if said, err := exec.Command("sed", "-i", "s/kind: duckdb /kind: csv /; s/case_store.duckdb/case_store/; s/threshold_percent: 1 /threshold_percent: 5 /", w.config()).CombinedOutput(); err != nil {
		return w, fmt.Errorf("%w: %s", err, said)
	}
	if code := w.runHere("run", "--config", w.config(), "--as-at", asAt); code != exit.Quarantined {
		return w, fmt.Errorf("run ended with %d: %s", code, w.stderr)
	}
	return w, nil
})

// small is a copy of it that a test may damage.
func small(t testing.TB) world {
	t.Helper()
	made, err := theSmall()
	if err != nil {
		t.Fatal(err)
	}
	w := world{folder: filepath.Join(t.TempDir(), "w")}
	if said, err := exec.Command("cp", "-a", made.folder, w.folder).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return w
}

// anyone is a person of the small borough.
func (w world) anyone(t testing.TB) string {
	t.Helper()
	manifest, err := os.ReadDir(filepath.Join(w.current(), "raw/casestore"))
	if err != nil || len(manifest) == 0 {
		t.Fatal(err)
	}
	return w.query(t, "select min(person_id) from read_parquet('"+filepath.Join(w.current(), "raw/casestore/dm_persons/part-0.parquet")+"')")[0][0]
}

func TestARunIsFreeOfRaces(t *testing.T) {
	t.Parallel()
	small(t) // where the tests have the race detector, it fails them
}
