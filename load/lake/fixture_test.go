package lake

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"careshare/load/agreement"
	"careshare/load/audit"
	"careshare/sql"
)

var (
	asAt  = time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC)
	later = asAt.Add(24 * time.Hour)
)

// world is a lake, an engine that may use it, and the small council of testdata/world.sql.
type world struct {
	*testing.T
	lake      *Lake
	db        *sql.DB
	agreement agreement.Agreement
	contracts agreement.Contracts
	now       time.Time // the clock stands still unless a test moves it
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return councilAt(t, filepath.Join(t.TempDir(), "lake"))
}

func councilAt(t *testing.T, folder string) *world {
	t.Helper()
	w := &world{T: t, now: asAt.Add(time.Hour)}
	w.lake = w.open(folder)
	w.contracts, w.agreement = testAgreement(t)
	db, err := sql.Open(t.Context(), sql.Options{Memory: "512MB", Threads: 2, Spill: t.TempDir(), Allow: []string{folder}})
	w.ok(err)
	t.Cleanup(func() { db.Close() })
	w.db = db
	council, err := os.ReadFile("../testdata/world.sql")
	w.ok(err)
	w.exec(string(council))
	return w
}

func testAgreement(t *testing.T) (agreement.Contracts, agreement.Agreement) {
	t.Helper()
	contracts, err := agreement.ReadContracts(os.DirFS("../testdata"))
	if err != nil {
		t.Fatal(err)
	}
	agreement, err := agreement.Read("../testdata/agreement.yaml", contracts)
	if err != nil {
		t.Fatal(err)
	}
	return contracts, agreement
}

// open gives a lake that this test has locked.
func (w *world) open(folder string) *Lake {
	w.Helper()
	lake, err := Open(folder, func() time.Time { return w.now })
	w.ok(err)
	w.ok(lake.Lock())
	w.Cleanup(func() { lake.Unlock() })
	return lake
}

// restart is the next start after a crash: a new process's view of the lake.
func (w *world) restart() []string {
	w.Helper()
	w.ok(w.lake.Unlock())
	w.lake = w.open(w.lake.path)
	notes, err := w.lake.Recover(context.Background())
	w.ok(err)
	return notes
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) exec(query string) {
	w.Helper()
	_, err := w.db.ExecContext(w.Context(), query)
	w.ok(err)
}

func (w *world) count(query string) (n int64) {
	w.Helper()
	w.ok(w.db.QueryRowContext(w.Context(), query).Scan(&n))
	return n
}

// stage begins a run and stages the council's tables, a raw table and a quarantine file.
func (w *world) stage(at time.Time) (*Run, Publication) {
	w.Helper()
	run, err := w.lake.Begin(at)
	w.ok(err)
	w.plant(filepath.Join(run.Private, "health.ndjson"), "canary")
	for _, path := range []string{run.Raw + "/casestore/dm_persons", run.Quarantine + "/casestore"} {
		w.ok(os.MkdirAll(path, 0o755))
		w.exec("copy (select * from everyone order by hash(person_id)) to " + sql.Quote(path+"/part-0.parquet") + " (format parquet)")
	}
	w.plant(filepath.Join(run.Reports, "summary", "summary.csv"), "dataset,rows\n")
	staged, err := run.Stage(w.Context(), w.db, Staging{Agreement: w.agreement, Contracts: w.contracts, Refined: []string{"everyone"}})
	w.ok(err)
	return run, Publication{
		Versions:  Versions{Program: "test", DuckDB: "1", Agreement: w.agreement.Version, AgreementSHA256: w.agreement.SHA256},
		Audiences: w.agreement.Audiences, Staged: staged, Inputs: []Input{{Source: "casestore", Name: "dm_persons", Rows: 20}},
		Checks: []Check{{Name: "nothing", Severity: "block"}},
	}
}

func (w *world) plant(path, content string) {
	w.Helper()
	w.ok(os.MkdirAll(filepath.Dir(path), 0o755))
	w.ok(os.WriteFile(path, []byte(content), 0o644))
}

// publish is a whole run.
func (w *world) publish(at time.Time) Snapshot {
	w.Helper()
	run, publication := w.stage(at)
	snapshot, err := run.Publish(w.Context(), publication)
	w.ok(err)
	w.ok(run.End(""))
	return snapshot
}

func (w *world) current() string {
	w.Helper()
	snapshot, err := w.lake.Current()
	if err != nil {
		return ""
	}
	return snapshot.ID
}

func (w *world) log() *audit.Log {
	w.Helper()
	log, err := w.lake.Log()
	w.ok(err)
	return log
}
