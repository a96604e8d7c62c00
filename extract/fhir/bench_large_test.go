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
	"syscall"
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
// What is written is first brought to the disk, for the machine would do it while we read, and the better of two readings counts, as of
// three of the small files. MB-disk says what came from the disk all the same, rather than from the machine's memory: its rate is not ours.
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
	syscall.Sync()
	few, many, peak := best(b, 3, small), reading{took: 24 * time.Hour}, int64(0)
	for b.Loop() {
		got := best(b, 2, large)
		if peak = max(peak, got.peak); got.took < many.took {
			many = got
		}
	}
	if peak > mostMemory {
		b.Errorf("%d MB of memory, more than %d", peak>>20, mostMemory>>20)
	}
	rate := func(size int64, r reading) float64 { return float64(size) / r.took.Seconds() / 1e6 }
	b.ReportMetric(rate(largeSize, many)/rate(smallSize, few), "x-rate")
	b.ReportMetric(rate(largeSize, many), "MB/s")
	b.ReportMetric(float64(many.disk>>20), "MB-disk")
	b.ReportMetric(float64(peak>>20), "MB-peak")
	b.ReportMetric(0, "ns/op")
}

// reading is what one reading took: time, the most of memory, and the bytes that came from the disk.
type reading struct {
	took       time.Duration
	peak, disk int64
}

// best is the quickest of several readings, with the most memory that any of them took.
func best(b *testing.B, times int, folder string) (quickest reading) {
	quickest.took = 24 * time.Hour
	var peak int64
	for range times {
		got := alone(b, folder)
		peak = max(peak, got.peak)
		if got.took < quickest.took {
			quickest = got
		}
	}
	quickest.peak = peak
	return quickest
}

// alone reads a folder in a process of its own.
func alone(b *testing.B, folder string) (got reading) {
	b.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), readAlone+"="+folder, "TMPDIR="+b.TempDir())
	out, err := child.CombinedOutput()
	if err == nil {
		_, err = fmt.Sscan(string(out), (*int64)(&got.took), &got.peak, &got.disk)
	}
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return got
}

// aloneIn prints how long the reading took, in nanoseconds, the process's peak of memory (proc(5), VmHWM) and what it had from the disk
// (read_bytes), in bytes.
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
	kilobytes, err := procFigure("status", "VmHWM:")
	if err != nil {
		return err
	}
	disk, err := procFigure("io", "read_bytes:")
	fmt.Println(took.Nanoseconds(), kilobytes<<10, disk)
	return err
}

func procFigure(file, name string) (figure int64, err error) {
	text, err := os.ReadFile("/proc/self/" + file)
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), name)
	_, err = fmt.Sscan(rest, &figure)
	return figure, err
}
