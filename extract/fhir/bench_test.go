package fhir_test

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"careshare/extract"
	"careshare/extract/fhir"
	"careshare/sql"
)

// stands says which Synthea file a type is made from where there is none of its own, and what is replaced in it.
var stands = map[string]struct {
	from    string
	replace [][2]string // regular expressions
}{
	"MedicationStatement": {"MedicationRequest", [][2]string{{`"dosageInstruction":`, `"dosage":`}, {`"authoredOn":`, `"effectiveDateTime":`}}},
	"Appointment": {"Encounter", [][2]string{{`"type":\[\{"coding"`, `"serviceType":[{"coding"`}, {`"period":\{("start":"[^"]*","end":"[^"]*")\}`, `$1`},
		{`"participant":`, `"others":`}, {`"subject":(\{[^}]*\})`, `"participant":[{"actor":$1}]`}}},
	"Medication":    {"Condition", nil},
	"RelatedPerson": {"Patient", [][2]string{{`"communication":`, `"others":`}}},
}

const benchFiles = 2

// written is how a floor writes: in row groups as large as Read's, so that only the reading is compared.
const written = "(format parquet, row_group_size 20480)"

// benchBytes is how much NDJSON a benchmark reads: FLATTEN_MB, else 96 MB.
func benchBytes(b *testing.B) int {
	text := cmp.Or(os.Getenv("FLATTEN_MB"), "96")
	mb, err := strconv.Atoi(text)
	if err != nil {
		b.Fatalf("FLATTEN_MB: %q is no number of MB", text)
	}
	return mb << 20
}

// BenchmarkFlatten compares Read, over two files of sound NDJSON a view, with what is written by hand for the same columns: x-floor is the
// share of the hand-written reading's throughput that Read reaches.
func BenchmarkFlatten(b *testing.B) {
	synthea := sharedData(b, "synthea")
	if synthea == "" {
		b.Skip("no synthea data")
	}
	for _, v := range shipped(b) {
		b.Run(v.Name, func(b *testing.B) {
			folder := b.TempDir()
			size := multiply(b, synthea, v.Resource, folder, benchBytes(b), benchFiles)
			benchmark(b, v, folder, size)
		})
	}
}

func benchmark(b *testing.B, v fhir.View, folder string, size int64) {
	to := b.TempDir()
	db := openEngine(b, folder, to)
	floor := "copy (" + strings.Replace(strings.Replace(byHand(b, v.Name), "select ", "select 's' as sender, ", 1), "FILES", "'"+folder+"/*.ndjson'", 1) + ") to '" + to + "/floor.parquet' " + written
	bare, ours := time.Hour, time.Hour // the best of each: what else the machine does is in the others
	read := reader(b, db, folder, to, v)
	for b.Loop() {
		bare = min(bare, timed(b, func() error { _, err := db.Exec(floor); return err }))
		ours = min(ours, timed(b, read))
	}
	b.ReportMetric(bare.Seconds()/ours.Seconds(), "x-floor")
	b.ReportMetric(float64(size)/ours.Seconds()/1e6, "MB/s")
	b.ReportMetric(0, "ns/op")
}

// reader reads a folder by a view, each time anew.
func reader(b *testing.B, db *sql.DB, folder, to string, v fhir.View) func() error {
	q, err := extract.OpenQuarantine(filepath.Join(to, "quarantine.parquet"), false)
	if err != nil {
		b.Fatal(err)
	}
	return func() error {
		_, err := fhir.Read(context.Background(), db, fhir.Options{Sender: "s", Folder: folder, Views: []fhir.View{v}, To: to, Quarantine: q})
		return err
	}
}

// BenchmarkIsolation says what it costs that bad lines are told apart: of clean files as a share of the view's query alone, x-clean; and of
// files of which one of four has one bad line, as a share of what clean files cost, x-faulty.
func BenchmarkIsolation(b *testing.B) {
	synthea := sharedData(b, "synthea")
	if synthea == "" {
		b.Skip("no synthea data")
	}
	v, clean, faulty, to := viewNamed(b, "encounter"), b.TempDir(), b.TempDir(), b.TempDir()
	multiply(b, synthea, v.Resource, clean, benchBytes(b), 4)
	multiply(b, synthea, v.Resource, faulty, benchBytes(b), 4)
	spoil(b, filepath.Join(faulty, v.Resource+".2.ndjson"))
	db := openEngine(b, clean, faulty, to)
	files, _ := filepath.Glob(filepath.Join(clean, "*.ndjson"))
	alone := "copy (" + v.SQL(files) + ") to '" + to + "/alone.parquet' " + written
	readClean, readFaulty := reader(b, db, clean, to, v), reader(b, db, faulty, to, v)
	bare, ours, bad := time.Hour, time.Hour, time.Hour
	for b.Loop() {
		bare = min(bare, timed(b, func() error { _, err := db.Exec(alone); return err }))
		ours = min(ours, timed(b, readClean))
		bad = min(bad, timed(b, readFaulty))
	}
	b.ReportMetric(ours.Seconds()/bare.Seconds(), "x-clean")
	b.ReportMetric(bad.Seconds()/ours.Seconds(), "x-faulty")
	b.ReportMetric(0, "ns/op")
}

// spoil makes one byte in the middle of a file what no JSON has there.
func spoil(b *testing.B, path string) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		var info os.FileInfo
		info, err = f.Stat()
		if err == nil {
			_, err = f.WriteAt([]byte{1}, info.Size()/2)
		}
		f.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
}

// byHand is what somebody would write by hand for a view's columns, knowing that the data is sound and what it looks like: no check, no
// fallback, no second spelling, no reference that is not Patient/id.
func byHand(b *testing.B, view string) string {
	b.Helper()
	query, err := os.ReadFile(filepath.Join("testdata", "by_hand", view+".sql"))
	if err != nil {
		b.Fatal(err)
	}
	return string(query)
}

func timed(b *testing.B, f func() error) time.Duration {
	b.Helper()
	at := time.Now()
	if err := f(); err != nil {
		b.Fatal(err)
	}
	return time.Since(at)
}

// multiply writes the Synthea resources of a type over and over, each time with ids of their own, into files of so many bytes together.
func multiply(t testing.TB, synthea, resource, folder string, total, files int) (size int64) {
	t.Helper()
	stand := stands[resource]
	if stand.from == "" {
		stand.from = resource
	}
	all := gunzip(t, filepath.Join(synthea, stand.from+".ndjson.gz"))
	for _, r := range stand.replace {
		all = regexp.MustCompile(r[0]).ReplaceAllString(all, r[1])
	}
	lines := bytes.SplitAfter([]byte(all), []byte("\n"))
	for part := range files {
		f, err := os.Create(filepath.Join(folder, fmt.Sprintf("%s.%d.ndjson", resource, part)))
		if err != nil {
			t.Fatal(err)
		}
		w := bufio.NewWriter(f)
		for round, written := 0, 0; written < total/files; round++ {
			for _, line := range lines {
				line = bytes.Replace(line, []byte(`"resourceType":"`+stand.from+`","id":"`), fmt.Appendf(nil, `"resourceType":"%s","id":"%d-%d-`, resource, part, round), 1)
				n, _ := w.Write(line)
				written, size = written+n, size+int64(n)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	return size
}

func gunzip(t testing.TB, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	gz, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(gz); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
