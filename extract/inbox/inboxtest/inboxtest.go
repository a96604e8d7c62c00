// Package inboxtest runs the reader of an inbox over files that a test writes, and checks that its sums balance.
package inboxtest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"careshare/extract"

	"github.com/parquet-go/parquet-go"
)

// Reader is the Read of one source, with its options filled in.
type Reader func(folder, to string, quarantine *extract.Quarantine) ([]extract.Table, error)

// Files is a folder's files, by their paths in it.
type Files map[string]string

// Reject is one row of the quarantine.
type Reject struct {
	Table  string `parquet:"table_name,optional"`
	File   string `parquet:"file,optional"`
	Line   int64  `parquet:"line,optional"`
	Key    string `parquet:"key,optional"`
	Column string `parquet:"column_name,optional"`
	Rule   string `parquet:"rule,optional"`
	Raw    string `parquet:"raw,optional"`
}

// Result is what a reader made of a folder.
type Result struct {
	Tables  map[string]extract.Table
	Rejects []Reject
}

// Read writes the files and reads them. Each table must balance, and the quarantine hold what the tables say.
func Read(t testing.TB, files Files, read Reader) Result {
	t.Helper()
	folder, to := t.TempDir(), t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(to, "quarantine", "part-0.parquet")
	quarantine, err := extract.OpenQuarantine(path, true)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := read(folder, to, quarantine)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := quarantine.Close(); err != nil {
		t.Fatal(err)
	}
	r := Result{Tables: map[string]extract.Table{}, Rejects: Rows[Reject](t, path)}
	for _, table := range tables {
		r.Tables[table.Name] = table
	}
	r.check(t)
	return r
}

func (r Result) check(t testing.TB) {
	t.Helper()
	quarantined := 0
	for _, table := range r.Tables {
		quarantined += int(table.Quarantined)
		if table.RowsIn != table.RowsOut+table.Quarantined+table.Merged {
			t.Errorf("%s does not balance: %+v", table.Name, table)
		}
		if info, err := os.Stat(table.Path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", table.Name, info, err)
		}
	}
	if quarantined != len(r.Rejects) {
		t.Errorf("the tables quarantined %d rows, the quarantine holds %d", quarantined, len(r.Rejects))
	}
}

// Rules is each reject as "file:line rule".
func (r Result) Rules() (rules []string) {
	for _, reject := range r.Rejects {
		rules = append(rules, fmt.Sprintf("%s:%d %s", reject.File, reject.Line, reject.Rule))
	}
	return rules
}

// Rows reads a Parquet file.
func Rows[T any](t testing.TB, path string) []T {
	t.Helper()
	rows, err := parquet.ReadFile[T](path)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Expect compares rows, each printed with %v, with what they must be.
func Expect[T any](t testing.TB, rows []T, want ...string) {
	t.Helper()
	if len(rows) != len(want) {
		t.Errorf("%d rows, want %d", len(rows), len(want))
		return
	}
	for i, row := range rows {
		if got := fmt.Sprintf("%v", row); got != want[i] {
			t.Errorf("row %d\ngot  %s\nwant %s", i, got, want[i])
		}
	}
}
