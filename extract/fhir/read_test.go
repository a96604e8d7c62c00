package fhir_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/extract"
	"careshare/extract/fhir"
	"careshare/sql"
)

// shipped are the program's own views.
func shipped(t testing.TB) []fhir.View {
	t.Helper()
	names, err := fs.Glob(sql.Files, "views/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var views []fhir.View
	for _, name := range names {
		data, err := sql.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		v, err := fhir.ParseView(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if "views/"+v.Name+".json" != name {
			t.Errorf("%s holds the view %s", name, v.Name)
		}
		views = append(views, v)
	}
	return views
}

func readFolder(t testing.TB, folder string, views ...fhir.View) (map[string]extract.Table, *sql.DB, string, error) {
	t.Helper()
	return readFolderNoting(t, folder, nil, views...)
}

func readFolderNoting(t testing.TB, folder string, note func(fhir.Unread), views ...fhir.View) (map[string]extract.Table, *sql.DB, string, error) {
	t.Helper()
	to := t.TempDir()
	db := openEngine(t, folder, to)
	q, err := extract.OpenQuarantine(filepath.Join(to, "quarantine.parquet"), true)
	if err != nil {
		t.Fatal(err)
	}
	tables, readErr := fhir.Read(context.Background(), db, fhir.Options{Sender: "hospital", Folder: folder, Views: views, To: to, Quarantine: q, Bases: []string{"https://ehr.example/fhir/"}, Note: note})
	if _, err := q.Close(); err != nil {
		t.Fatal(err)
	}
	byName := map[string]extract.Table{}
	for _, table := range tables {
		byName[table.Name] = table
	}
	return byName, db, to, readErr
}

func TestSyntheaPassesThroughTheViews(t *testing.T) {
	folder := sharedData(t, "synthea")
	if folder == "" {
		t.Skip("no synthea data")
	}
	tables, db, _, err := readFolder(t, folder, shipped(t)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range shipped(t) {
		table := tables[v.Name]
		want := countOf(t, filepath.Join(folder, v.Resource+".ndjson.gz"))
		if table.RowsIn != want || table.RowsOut != want || table.Quarantined != 0 || table.Merged != 0 {
			t.Errorf("%s: %+v; the file has %d lines", v.Name, table, want)
		}
		rows, err := query(db, fmt.Sprintf("select count(*), min(sender) from read_parquet('%s')", table.Path))
		if err != nil || rows[0][0] != want {
			t.Errorf("%s: parquet %v, %v", v.Name, rows, err)
		}
	}
}

// countOf is the number of lines of a gzip file, 0 where there is none.
func countOf(t *testing.T, path string) (lines int64) {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	gz, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(gz)
	scanner.Buffer(nil, 1<<24)
	for scanner.Scan() {
		if strings.TrimSpace(scanner.Text()) != "" {
			lines++
		}
	}
	return lines
}
