package pipeline

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"careshare/extract/casestore/postgrestest"
	"careshare/load/lake"
	"careshare/pipeline/borough"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/flow"
	"careshare/pipeline/views"
	"careshare/sql"
	"careshare/transform"
	"careshare/transform/rules"

	"github.com/jackc/pgx/v5"
)

// BenchmarkRun measures a whole run over a borough of PEOPLE (28000) in PostgreSQL against the sum of three floors of the same machine
// and minute: COPY of the same tables to nowhere, reading the same health files by hand-written SQL, and the bare models on
// tables that are there. x-floors is the run's time over that sum; x-copy, the case store's pull over its floor.
func BenchmarkRun(b *testing.B) {
	w, address := benchWorld(b, numberOf("PEOPLE", 28_000))
	var run, floors time.Duration
	for b.Loop() {
		run += timed(b, func() error {
			if code := w.run("run", "--config", w.config(), "--as-at", asAt); code != exit.Quarantined {
				return fmt.Errorf("run ended with %d: %s", code, w.stderr)
			}
			return nil
		})
		pull := timed(b, func() error { return copyToNowhere(address, w) })
		health := timed(b, func() error { return readByHand(b, w) })
		models := bareModels(b, w)
		b.ReportMetric(pull.Seconds(), "copy-s")
		b.ReportMetric(health.Seconds(), "ndjson-s")
		b.ReportMetric(models.Seconds(), "models-s")
		floors += pull + health + models
	}
	b.ReportMetric(run.Seconds()/float64(b.N), "run-s")
	b.ReportMetric(run.Seconds()/floors.Seconds(), "x-floors")
	b.ReportMetric(0, "ns/op")
}

// processorTime is what this process has used, which says more than the clock where a machine is shared.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func timed(b *testing.B, do func() error) time.Duration {
	b.Helper()
	began := time.Now()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

// benchWorld is a borough in PostgreSQL with one run already made, so that the second is measured warm.
func benchWorld(b *testing.B, people int) (world, string) {
	b.Helper()
	w, address := benchBorough(b, people)
	if code := w.run("run", "--config", w.config(), "--as-at", asAt); code != exit.Quarantined {
		b.Fatalf("run ended with %d: %s", code, w.stderr)
	}
	return w, address
}

// benchBorough is a borough in PostgreSQL on which nothing has run.
func benchBorough(b *testing.B, people int) (w world, address string) {
	b.Helper()
	w, address = world{folder: b.TempDir()}, postgrestest.Start(b)
	b.Setenv("CARESHARE_CASE_STORE", address)
	options := borough.Options{People: people, Seed: 1, AsAt: borough.DefaultAsAt(), To: filepath.Join(w.folder, "sources"), CaseStore: address, Errors: true}
	if err := borough.Make(b.Context(), options); err != nil {
		b.Fatal(err)
	}
	if _, err := config.WriteTemplates(w.folder); err != nil {
		b.Fatal(err)
	}
	w.edit(b, embeddedStore, "kind: postgres\n  location_env: CARESHARE_CASE_STORE")
	return w, address
}

// copyToNowhere is the first floor: the columns that the run pulled, over one connection, table after table.
func copyToNowhere(address string, w world) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	db, err := sql.Open(ctx, sql.Options{Memory: "1GB", Threads: 1, Spill: filepath.Join(w.folder, "spill"), Allow: []string{w.folder}})
	if err != nil {
		return err
	}
	defer db.Close()
	tables, err := filepath.Glob(filepath.Join(w.current(), "raw", "casestore", "*", "part-0.parquet"))
	if err != nil {
		return err
	}
	for _, table := range tables {
		var columns string
		query := "select string_agg(name, ', ') from parquet_schema(" + sql.Quote(table) + ") where type is not null"
		if err := db.QueryRowContext(ctx, query).Scan(&columns); err != nil {
			return err
		}
		copying := fmt.Sprintf("copy (select %s from %s) to stdout (format binary)", columns, filepath.Base(filepath.Dir(table)))
		if _, err := conn.PgConn().CopyTo(ctx, io.Discard, copying); err != nil {
			return err
		}
	}
	return nil
}

// readByHand is the second floor: each view's columns by SQL written by hand for sound files; lines that do not fit are passed over.
func readByHand(b *testing.B, w world) error {
	ctx := context.Background()
	to := b.TempDir()
	health := filepath.Join(w.folder, "sources", "health")
	db, err := sql.Open(ctx, sql.Options{Memory: "1500MB", Threads: config.DefaultThreads(), Spill: to, Allow: []string{health}})
	if err != nil {
		return err
	}
	defer db.Close()
	for name, query := range byHand(b) {
		view, err := views.OpenView(rules.Shipped, name)
		if err != nil {
			return err
		}
		files := fmt.Sprintf("'%s', ignore_errors = true", filepath.Join(health, "*", view.Resource+".*.ndjson.gz"))
		query = strings.ReplaceAll(strings.Replace(query, "FILES", files, 1), "cast(", "try_cast(") // some dates are partial
		if _, err := db.ExecContext(ctx, "copy ("+query+") to "+sql.Quote(filepath.Join(to, name+".parquet"))+" (format parquet)"); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// byHand are the queries of the views that a run reads, which the benchmark of extract/fhir uses too.
func byHand(b *testing.B) map[string]string {
	b.Helper()
	queries := map[string]string{}
	models, err := transform.Load(sql.Files)
	if err != nil {
		b.Fatal(err)
	}
	views, err := views.NeededViews(config.Config{}, models)
	if err != nil {
		b.Fatal(err)
	}
	for _, view := range views {
		query, err := os.ReadFile(filepath.Join("..", "extract", "fhir", "testdata", "by_hand", view.Name+".sql"))
		if err != nil {
			b.Fatal(err)
		}
		queries[view.Name] = string(query)
	}
	return queries
}

// bareModels is the third floor: each model that a run makes, without checks, publishing or proof.
func bareModels(b *testing.B, w world) (took time.Duration) {
	b.Helper()
	j, run := benchRun(b, w)
	tables, err := j.Extract(b.Context(), flow.Folders{Raw: run.Raw, Private: run.Private, Quarantine: run.Quarantine, Spill: run.Spill})
	if err != nil {
		b.Fatal(err)
	}
	db, err := j.Gather(b.Context(), flow.Memory{}, run, tables)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	return timed(b, func() error {
		for _, model := range j.Models.Needed() {
			if err := makeBare(b, db, model); err != nil {
				return err
			}
		}
		for _, model := range j.Models.Published() {
			path := filepath.Join(run.Private, model.Name+".parquet")
			if _, err := db.ExecContext(b.Context(), "copy "+model.Name+" to "+sql.Quote(path)+" (format parquet)"); err != nil {
				return err
			}
		}
		return nil
	})
}

// benchRun is a run of the world's configuration that has just begun, in a lake of its own.
func benchRun(b *testing.B, w world) (*flow.Job, *lake.Run) {
	b.Helper()
	return w.prepare(b, borough.DefaultAsAt()), scratchRun(b, borough.DefaultAsAt())
}

// prepare is a run of the world's configuration that has touched no source.
func (w world) prepare(t testing.TB, asAt time.Time) *flow.Job {
	t.Helper()
	config, err := config.Read(w.config())
	if err != nil {
		t.Fatal(err)
	}
	job, err := flow.Prepare(&console.Console{Stderr: io.Discard, Now: time.Now}, config, asAt)
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// scratchRun is a run that has just begun, in a lake of its own.
func scratchRun(b testing.TB, asAt time.Time) *lake.Run {
	b.Helper()
	lake, err := lake.Open(b.TempDir(), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	if err := lake.Lock(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = lake.Unlock() })
	run, err := lake.Begin(asAt)
	if err != nil {
		b.Fatal(err)
	}
	return run
}

func makeBare(b *testing.B, db *sql.DB, model transform.Model) error {
	b.Helper()
	kind := "table"
	if model.View {
		kind = "view"
	}
	_, err := db.ExecContext(b.Context(), "create "+kind+" main."+model.Name+" as\n"+model.Query)
	return err
}

// numberOf is what the environment says under a name, else the number given.
func numberOf(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}
