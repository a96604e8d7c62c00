package casestore

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/extract/casestore/postgrestest"
)

// hashes of a pull's files, by table.
func hashes(t *testing.T, p pull) map[string]string {
	t.Helper()
	if p.err != nil {
		t.Fatal(p.err)
	}
	sums := map[string]string{}
	for name, table := range p.tables {
		content, err := os.ReadFile(table.Path)
		if err != nil {
			t.Fatal(err)
		}
		sums[name] = fmt.Sprintf("%x", sha256.Sum256(content))
	}
	return sums
}

func TestEveryKindLandsTheSameBytes(t *testing.T) {
	folder := t.TempDir()
	writeStore(t, folder, func(table string) int {
		if table == "dm_addresses" {
			return 2*pageRows + 11 // more than a row group and than a page of DuckDB's
		}
		return 40
	})
	visits := filepath.Join(folder, "dm_visits.csv")
	appendRow(t, visits, "x,9001,1,visit,31/02/2026,,Y")
	appendRow(t, visits, "x,9002,1,visit,2026-02-01T10:30,,Y")
	persons := filepath.Join(folder, "dm_persons.csv")
	appendRow(t, persons, "x,9003,,,,,,,F")
	server := postgrestest.Start(t)
	pulls := map[string]pull{
		"csv":      read(t, options(t, "csv", folder)),
		"duckdb":   read(t, options(t, "duckdb", loadDuckDB(t, folder))),
		"postgres": read(t, options(t, "postgres", loadPostgres(t, server, "borough", folder))),
	}
	want := hashes(t, pulls["csv"])
	tables, err := contract()
	if err != nil || len(want) != len(tables) {
		t.Fatalf("%d tables, want %d (%v)", len(want), len(tables), err)
	}
	for kind, p := range pulls {
		for table, sum := range hashes(t, p) {
			if sum != want[table] {
				t.Errorf("%s: %s differs from the CSV folder's", kind, table)
			}
		}
		checkRejects(t, kind, p)
		extra := p.tables["dm_persons"].Extra // of a file, only the position: its first line may be a person's values
		if isFile := kind == "csv"; len(extra) != 1 || (extra[0] == "not_in_contract") == isFile || isFile && !strings.HasPrefix(extra[0], "column 1 (SHA-256 ") {
			t.Errorf("%s: extra columns %v", kind, extra)
		}
		if left, _ := os.ReadDir(p.spill); len(left) > 0 {
			t.Errorf("%s: left behind: %v", kind, left)
		}
	}
}

func checkRejects(t *testing.T, kind string, p pull) {
	t.Helper()
	if len(p.rejects) != 2 {
		t.Fatalf("%s: %d rejects, want 2: %+v", kind, len(p.rejects), p.rejects)
	}
	person, visit := p.rejects[0], p.rejects[1]
	if person.Key != "9003" || person.Column != "full_name" || person.Rule != ruleRequired {
		t.Errorf("%s: %+v", kind, person)
	}
	if visit.Key != "9001" || visit.Column != "planned_datetime" || visit.Rule != ruleTimestamp {
		t.Errorf("%s: %+v", kind, visit)
	}
	const raw = `{"visit_id":"9001","person_id":"1","visit_type":"visit","planned_datetime":"31/02/2026","actual_datetime":null,"completed_flag":"Y","worker_id":null,"seen_alone_flag":null}`
	if *visit.Raw != raw {
		t.Errorf("%s: raw %s", kind, *visit.Raw)
	}
	if kind == "csv" && (visit.File != "dm_visits.csv" || visit.Line != 42) {
		t.Errorf("%s: at %s:%d", kind, visit.File, visit.Line)
	}
}

// appendRow adds a row; the columns after its fields are empty.
func appendRow(t *testing.T, path, fields string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	header, _, _ := strings.Cut(string(content), "\n")
	appendLine(t, path, fields+strings.Repeat(",", strings.Count(header, ",")-strings.Count(fields, ",")))
}

func appendLine(t *testing.T, path, line string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(line + "\n"); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsMissingIsNamedAtOnce(t *testing.T) {
	folder := t.TempDir()
	writeStore(t, folder, few)
	os.Remove(filepath.Join(folder, "dm_visits.csv"))
	os.WriteFile(filepath.Join(folder, "DM_WORKERS.csv"), []byte("\ufeffWorker_ID,name\n"), 0o600)
	os.Remove(filepath.Join(folder, "dm_workers.csv"))
	os.WriteFile(filepath.Join(folder, "dm_prof_rel_types.csv"), []byte("prof_rel_type_code,PROF_REL_TYPE_CODE,description\n"), 0o600)
	o := options(t, "csv", folder)
	err := Check(context.Background(), o)
	if err == nil {
		t.Fatal("Check finds nothing amiss")
	}
	for _, want := range []string{"no table dm_visits", "no column dm_workers.full_name", "two columns dm_prof_rel_types.prof_rel_type_code"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say: %s", err, want)
		}
	}
	if strings.Contains(err.Error(), "worker_id") {
		t.Errorf("%v\nnames a column that is there", err)
	}
	p := read(t, o)
	if p.err == nil || !strings.Contains(p.err.Error(), "no table dm_visits") {
		t.Errorf("Read: %v", p.err)
	}
	if left, _ := os.ReadDir(o.To); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
