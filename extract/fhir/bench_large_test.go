package fhir_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"careshare/extract"
	"careshare/extract/fhir"
	"careshare/sql"
)

// mostMemory is what the program may take however large the input is, and engineMemory what of it the engine is given, as flatten does.
const mostMemory, engineMemory = 600 << 20, "180MB"

// readAlone names the folder that this program is to read, and nothing else, for its time and its memory.
const readAlone = "CARESHARE_READ_ALONE"

func TestMain(m *testing.M) {
	if folder := os.Getenv(readAlone); folder != "" {
		if err := aloneIn(folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// BenchmarkFlattenLarge reads LARGE_MB (400 if nothing is said) of Encounters, at the rate of 100 MB, x-rate, in at most 600 MB of memory.
func BenchmarkFlattenLarge(b *testing.B) {
	synthea := sharedData(b, "synthea")
	if synthea == "" {
		b.Skip("no synthea data")
	}
	megabytes, err := strconv.Atoi(cmp.Or(os.Getenv("LARGE_MB"), "400"))
	if err != nil {
		b.Fatal(err)
	}
	small, large := b.TempDir(), b.TempDir()
	smallSize := multiply(b, synthea, "Encounter", small, 100<<20, 2)
	largeSize := multiply(b, synthea, "Encounter", large, megabytes<<20, megabytes/50)
	few, many, peak := time.Hour, 24*time.Hour, int64(0)
	for b.Loop() {
		for range 3 {
			took, _ := alone(b, small)
			few = min(few, took)
		}
		took, most := alone(b, large)
		many, peak = min(many, took), max(peak, most)
	}
	if peak > mostMemory {
		b.Errorf("%d MB of memory, more than %d", peak>>20, mostMemory>>20)
	}
	b.ReportMetric(float64(largeSize)/many.Seconds()/(float64(smallSize)/few.Seconds()), "x-rate")
	b.ReportMetric(float64(largeSize)/many.Seconds()/1e6, "MB/s")
	b.ReportMetric(float64(peak>>20), "MB-peak")
	b.ReportMetric(0, "ns/op")
}

// alone reads a folder in a process of its own.
func alone(b *testing.B, folder string) (took time.Duration, peak int64) {
	b.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), readAlone+"="+folder, "TMPDIR="+b.TempDir())
	out, err := child.CombinedOutput()
	if err == nil {
		_, err = fmt.Sscan(string(out), (*int64)(&took), &peak)
	}
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return took, peak
}

// aloneIn prints how long the reading took, in nanoseconds, and the process's peak of memory (proc(5), VmHWM), in bytes.
func aloneIn(folder string) error {
	to, err := os.MkdirTemp("", "")
	if err != nil {
		return err
	}
	definition, err := sql.Files.ReadFile("views/encounter.json")
	if err != nil {
		return err
	}
	v, err := fhir.ParseView(definition)
	if err != nil {
		return err
	}
	ctx := context.Background()
	db, err := sql.Open(ctx, sql.Options{Memory: engineMemory, Threads: 2, Spill: filepath.Join(to, "spill"), Allow: []string{folder, to}})
	if err != nil {
		return err
	}
	defer db.Close()
	q, err := extract.OpenQuarantine(filepath.Join(to, "quarantine.parquet"), false)
	if err != nil {
		return err
	}
	at := time.Now()
	if _, err := fhir.Read(ctx, db, fhir.Options{Sender: "s", Folder: folder, Views: []fhir.View{v}, To: to, Quarantine: q}); err != nil {
		return err
	}
	took := time.Since(at)
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	var kilobytes int64
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		return err
	}
	fmt.Println(took.Nanoseconds(), kilobytes<<10)
	return nil
}
