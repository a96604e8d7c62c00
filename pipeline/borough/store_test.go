package borough

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/extract"
	"careshare/extract/casestore"
	"careshare/extract/casestore/postgrestest"

	"github.com/jackc/pgx/v5"
)

// pulled is what the case store's own reader made of a borough.
type pulled map[string]struct {
	extract.Table
	hash [32]byte
}

func pull(t *testing.T, kind, location string) pulled {
	t.Helper()
	folder := t.TempDir()
	quarantine, err := extract.OpenQuarantine(filepath.Join(folder, "quarantine.parquet"), true)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := casestore.Read(t.Context(), casestore.Options{Kind: kind, Location: location, To: filepath.Join(folder, "raw"), Quarantine: quarantine,
		Spill: filepath.Join(folder, "spill"), Connections: 2, Threads: 1, Memory: "256MB", StatementTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := quarantine.Close(); err != nil {
		t.Fatal(err)
	}
	found := pulled{}
	for _, table := range tables {
		one := found[table.Name]
		one.Table, one.hash = table, hashOf(t, table.Path)
		found[table.Name] = one
	}
	return found
}

func hashOf(t *testing.T, path string) [32]byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(content)
}

// The three stores hold the same rows in the same order; a CSV folder has some lines besides that are no rows.
func TestStoresHoldTheSameRows(t *testing.T) {
	server := postgrestest.Start(t)
	o := Options{People: 4_000, Seed: 5, AsAt: DefaultAsAt(), Errors: true}
	stores := map[string]pulled{}
	for kind, location := range map[string]string{"csv": "case_store", "duckdb": "case_store.duckdb", "postgres": server} {
		o.To, o.CaseStore = t.TempDir(), kind
		if kind == "postgres" {
			o.CaseStore = server
		} else {
			location = o.path(location)
		}
		if err := Make(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		stores[kind] = pull(t, kind, location)
	}
	broken := int64(0)
	for name, want := range stores["csv"] {
		for _, kind := range []string{"duckdb", "postgres"} {
			got := stores[kind][name]
			if got.hash != want.hash || got.RowsOut != want.RowsOut {
				t.Errorf("%s: %s gives %d rows, the CSV file %d, or others", name, kind, got.RowsOut, want.RowsOut)
			}
			broken += want.Quarantined - got.Quarantined
		}
	}
	if broken == 0 {
		t.Error("the CSV folder holds no broken line")
	}
	checkQuarantine(t, stores["csv"])
}

// checkQuarantine: of each kind of fault there is some, and never as much as stops a run.
func checkQuarantine(t *testing.T, tables pulled) {
	for _, name := range []string{"dm_persons", "dm_addresses", "dm_telephone_numbers", "dm_workflow_steps", "dm_cached_form_answers", "dm_visits"} {
		if got := tables[name]; got.Quarantined == 0 || got.Quarantined*100 >= got.RowsIn {
			t.Errorf("%s: %d of %d rows are quarantined", name, got.Quarantined, got.RowsIn)
		}
	}
	// of a file only the place is shown: its first line may be a person's values
	if extra := strings.Join(tables["dm_persons"].Extra, " "); !strings.Contains(extra, "column ") || strings.Contains(extra, "local_team_area") {
		t.Errorf("dm_persons: the council's own column is not among the extra ones: %s", extra)
	}
	for name, table := range tables {
		if table.RowsIn == 0 {
			t.Errorf("%s is empty", name)
		}
	}
}

// A borough replaces a borough whole or not at all, and nothing else.
func TestPostgresReplacesItsOwn(t *testing.T) {
	server := postgrestest.Start(t)
	conn, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	people := func(want int) {
		t.Helper()
		var got int
		if err := conn.QueryRow(t.Context(), "select count(*) from dm_persons").Scan(&got); err != nil || got != want {
			t.Errorf("%d people (%v), want %d", got, err, want)
		}
	}
	o := Options{People: 300, Seed: 5, AsAt: DefaultAsAt(), To: t.TempDir(), CaseStore: server}
	for _, o.People = range []int{300, 200} {
		if err := Make(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		people(o.People)
	}
	o.People, o.To = 100, t.TempDir()
	if err := os.WriteFile(o.path("truth"), nil, 0o600); err != nil { // so that no folder can be made there
		t.Fatal(err)
	}
	if err := Make(t.Context(), o); err == nil {
		t.Error("a borough without a truth was made")
	}
	people(200)
	if _, err := conn.Exec(t.Context(), "drop table dm_visits; create table dm_visits (visit_id bigint)"); err != nil {
		t.Fatal(err)
	}
	o.To = t.TempDir()
	if err := Make(t.Context(), o); err == nil || !strings.Contains(err.Error(), "dm_visits") {
		t.Errorf("somebody's table was replaced: %v", err)
	}
	people(200)
}

func TestTruthNamesWhoIsUnread(t *testing.T) {
	o := Options{People: 1_000, Seed: 9, AsAt: DefaultAsAt(), Errors: true, To: t.TempDir(), CaseStore: "csv"}
	if err := Make(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	unread := map[string]bool{}
	for _, row := range readCSV(t, o.path("truth", "people.csv")) {
		if row["is_read"] == "false" {
			unread[row["person_id"]] = true
		}
	}
	faulty := 0
	for _, row := range readCSV(t, o.path("case_store", "dm_persons.csv")) {
		if row["gender"] == "" {
			faulty++
			if !unread[row["person_id"]] {
				t.Errorf("person %s cannot be read, and the truth does not say so", row["person_id"])
			}
		}
	}
	if faulty == 0 || faulty != len(unread) {
		t.Errorf("%d rows cannot be read, the truth names %d", faulty, len(unread))
	}
}
