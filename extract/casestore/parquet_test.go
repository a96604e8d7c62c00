package casestore

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/sql"
)

// loadParquet makes Parquet files of the CSV folder, each where place says.
func loadParquet(t testing.TB, folder string, place func(table string) string) (root string) {
	t.Helper()
	root = t.TempDir()
	db := engine(t, root, folder)
	eachFile(t, folder, func(table string, header []string, _ io.Reader) {
		typed := map[string]string{"planned_datetime": "varchar", "nhs_id": "decimal(10,0)"}
		var columns []string
		for at, column := range strings.Split(declare(t, table, header, func(c column) string { return string(c.typ) }), ", ") {
			name, typ, _ := strings.Cut(column, " ")
			if typed[name] != "" && (name != "planned_datetime" || table == "dm_visits") {
				typ = typed[name]
			}
			columns = append(columns, fmt.Sprintf("cast(%s as %s) as %[1]s", header[at], typ))
		}
		to := filepath.Join(root, place(table))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		statement := fmt.Sprintf("copy (select %s from read_csv(%s, header=true, all_varchar=true, parallel=false)) to %s (format parquet)",
			strings.Join(columns, ", "), sql.Quote(filepath.Join(folder, table+".csv")), sql.Quote(to))
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	})
	return root
}

// partition is the path of a table's file in the load of a day.
func partition(day string) func(table string) string {
	at, err := time.Parse(dateLayout, day)
	if err != nil {
		panic(err)
	}
	return func(table string) string {
		return table + at.Format("/import_year=2006/import_month=01/import_day=02/import_date=20060102/") + "part-00000.snappy.parquet"
	}
}

// One store as CSV, as Parquet files, as folders of them and as partitions gives the same bytes.
func TestParquetIsTheStoreAsCSV(t *testing.T) {
	folder := t.TempDir()
	writeStore(t, folder, few)
	want := hashes(t, read(t, options(t, "csv", folder)))
	for name, place := range map[string]func(string) string{
		"files":      func(table string) string { return strings.ToUpper(table) + ".parquet" },
		"folders":    func(table string) string { return table + "/part-0.parquet" },
		"partitions": partition("20261101"),
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, options(t, "parquet", loadParquet(t, folder, place)))
			if got.err != nil {
				t.Fatal(got.err)
			}
			for table, sum := range hashes(t, got) {
				if sum != want[table] {
					t.Errorf("%s differs", table)
				}
			}
		})
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// someTables are enough to choose the files of.
var someTables = []table{{name: "dm_persons"}, {name: "dm_visits"}, {name: "dm_workers"}}

// addLoad copies a load to another day.
func addLoad(t *testing.T, root, from, to string) {
	t.Helper()
	for _, table := range someTables {
		copyFile(t, filepath.Join(root, partition(from)(table.name)), filepath.Join(root, partition(to)(table.name)))
	}
}

func TestLoads(t *testing.T) {
	at := func(table, day string) string { return partition(day)(table) }
	for name, c := range map[string]struct {
		change func(t *testing.T, root string)
		with   func(*Options)
		want   string // the error; empty: none
		note   string
	}{
		"the newest": {func(t *testing.T, root string) { addLoad(t, root, "20261101", "20261102") }, nil, "", "load of 20261102"},
		"the newest, of a year before by name of its month": {func(t *testing.T, root string) { addLoad(t, root, "20261101", "20251231") }, nil, "", "load of 20261101"},
		"a table that is missing": {func(t *testing.T, root string) {
			addLoad(t, root, "20261101", "20261102")
			os.RemoveAll(filepath.Join(root, "dm_visits/import_year=2026/import_month=11/import_day=02"))
		}, nil, "the load of 20261102 is incomplete: no dm_visits; wait for it", ""},
		"the one before, where the council says so": {func(t *testing.T, root string) {
			addLoad(t, root, "20261101", "20261102")
			os.RemoveAll(filepath.Join(root, "dm_visits/import_year=2026/import_month=11/import_day=02"))
		}, func(o *Options) { o.IncompleteLoad = incompletePrevious }, "", "load of 20261101; WARNING the load of 20261102 is incomplete: no dm_visits"},
		"a table that is being written": {func(t *testing.T, root string) {
			addLoad(t, root, "20261101", "20261102")
			path := filepath.Join(root, at("dm_visits", "20261102"))
			copyFile(t, path, filepath.Join(filepath.Dir(path), "_temporary/0/part-1.parquet"))
		}, nil, "dm_visits is still being written", ""},
		"a table without its mark": {func(t *testing.T, root string) {
			addLoad(t, root, "20261101", "20261102")
			copyFile(t, os.DevNull, filepath.Join(root, filepath.Dir(at("dm_visits", "20261101")), "_SUCCESS"))
		}, nil, "dm_visits lacks the _SUCCESS of its other loads", ""},
		"a table without partitions": {func(t *testing.T, root string) {
			copyFile(t, filepath.Join(root, at("dm_visits", "20261101")), filepath.Join(root, "dm_visits.parquet"))
			os.RemoveAll(filepath.Join(root, "dm_visits"))
		}, nil, "dm_visits has files without a partition", ""},
		"another key": {func(t *testing.T, root string) {
			copyFile(t, filepath.Join(root, at("dm_visits", "20261101")), filepath.Join(root, "dm_visits/restricted="+canary+"/x.parquet"))
		}, nil, "dm_visits: is partitioned by a key other than", ""},
		"dates that contradict": {func(t *testing.T, root string) {
			copyFile(t, filepath.Join(root, at("dm_visits", "20261101")), filepath.Join(root, "dm_visits/import_year=2025/import_month=11/import_day=01/import_date=20261101/x.parquet"))
		}, nil, "import_year contradicts its import_date 20261101", ""},
		"a folder": {func(t *testing.T, root string) {
			copyFile(t, filepath.Join(root, at("dm_visits", "20261101")), filepath.Join(root, "dm_visits/old/x.parquet"))
		}, nil, "dm_visits: holds a folder that is no import_date partition", ""},
		"an old load": {func(*testing.T, string) {}, func(o *Options) {
			o.OldestLoad, o.Now = 7*24*time.Hour, time.Date(2026, 11, 12, 7, 0, 0, 0, time.UTC)
		}, "newest complete load is of 20261101, 11 days ago", ""},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir() // which files are chosen; nothing reads them
			for _, table := range someTables {
				copyFile(t, os.DevNull, filepath.Join(root, at(table.name, "20261101")))
			}
			c.change(t, root)
			o, notes := options(t, "parquet", root), ""
			o.Note = func(text string) { notes += text }
			if c.with != nil {
				c.with(&o)
			}
			files, err := o.newest(root, someTables)
			if c.want == "" && (err != nil || notes != c.note) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("newest: %v, noted %q; want %q, %q", err, notes, c.want, c.note)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("%v shows a value", err)
			}
			for table, of := range files {
				if len(of) != 1 || !strings.Contains(of[0].path, "import_date="+notes[len("load of "):][:8]) {
					t.Errorf("%s: %v, noted %q", table, of, notes)
				}
			}
		})
	}
}

func TestPartsOfATable(t *testing.T) {
	folder := t.TempDir()
	writeStore(t, folder, func(string) int { return 3 })
	root := loadParquet(t, folder, func(table string) string { return table + "/part-0.parquet" })
	copyFile(t, filepath.Join(root, "dm_cin_assess_factors/part-0.parquet"), filepath.Join(root, "dm_cin_assess_factors/part-1.parquet"))
	if got := read(t, options(t, "parquet", root)); got.err != nil || got.tables["dm_cin_assess_factors"].RowsIn != 6 {
		t.Errorf("%v: %d rows of two parts of 3", got.err, got.tables["dm_cin_assess_factors"].RowsIn)
	}
	copyFile(t, filepath.Join(root, "dm_workers/part-0.parquet"), filepath.Join(root, "dm_visits/part-1.parquet"))
	if err := Check(t.Context(), options(t, "parquet", root)); err == nil || !strings.Contains(err.Error(), "has other columns or types than") {
		t.Errorf("check of parts of other columns: %v", err)
	}
}

// What a path says becomes no column: the rows of status=live keep their own words.
func TestNoColumnComesFromThePathOfAStore(t *testing.T) {
	folder := t.TempDir()
	writeStore(t, folder, func(string) int { return 3 })
	root := loadParquet(t, folder, func(table string) string { return table + ".parquet" })
	odd := filepath.Join(t.TempDir(), "restricted=N", "gender=x")
	if err := os.MkdirAll(filepath.Dir(odd), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(root, odd); err != nil {
		t.Fatal(err)
	}
	got := read(t, options(t, "parquet", odd))
	if got.err != nil {
		t.Fatal(got.err)
	}
	want := hashes(t, read(t, options(t, "csv", folder)))
	if hashes(t, got)["dm_persons"] != want["dm_persons"] {
		t.Error("dm_persons has other values under a folder named as a column")
	}
}

// Instants become London's wall clock, once: in summer an hour later.
func TestInstantsBecomeLondons(t *testing.T) {
	folder := t.TempDir()
	writeStore(t, folder, func(string) int { return 3 })
	for _, zone := range []string{"Europe/London", "UTC"} {
		path := loadDuckDB(t, folder)
		alter(t, path, `drop table dm_worker_roles; create table dm_worker_roles as select 1 as worker_role_id, 1 as worker_id, 1 as organisation_id,
			timestamptz '2026-07-01 23:30:00+00' as start_date, timestamptz '9999-12-31 00:00:00+00' as end_date`)
		council := Mosaic()
		council.TimeZone = zone
		o := options(t, "duckdb", path)
		o.Conventions = &council
		got := read(t, o)
		if got.err != nil {
			t.Fatal(got.err)
		}
		var start, end any
		row := engine(t, got.to).QueryRow("select start_date, end_date from " + sql.ParquetFile(filepath.Join(got.to, "dm_worker_roles", "part-0.parquet")))
		if err := row.Scan(&start, &end); err != nil {
			t.Fatal(err)
		}
		if want := time.Date(2026, 7, 2, 0, 30, 0, 0, time.UTC); !start.(time.Time).Equal(want) || end != nil {
			t.Errorf("%s: from %v to %v, want %v", zone, start, end, want)
		}
	}
}

func TestFilesOfAStoreThatNoRuleTakes(t *testing.T) {
	named := Mosaic()
	named.Tables = map[string]string{"dm_persons": "dbo.dm_persons_20261101.txt"}
	for kind, paths := range map[string]map[string]bool{
		"csv": {"dm_visits.csv": true, "dbo.dm_persons_20261101.txt": true, "dm_persons.csv": false, "dm_visits.csv.bak": false, "old/dm_visits.csv": false},
		"parquet": {"dm_visits.parquet": true, "dm_visits/part-0.parquet": true, "dm_visits/import_date=20261101/_success": true, "_success": true,
			"dm_visits/part-0.csv": false, "dm_visits.csv": false, "dm_other/part-0.parquet": false},
	} {
		takes := Options{Kind: kind, Conventions: &named}.Takes()
		for path, want := range paths {
			if takes(path) != want {
				t.Errorf("%s %s: taken is %v", kind, path, !want)
			}
		}
	}
}

func TestCheckSaysTheLoad(t *testing.T) {
	folder := t.TempDir()
	writeStore(t, folder, func(string) int { return 3 })
	o := options(t, "parquet", loadParquet(t, folder, partition("20261101")))
	said := ""
	o.Note = func(text string) { said = text }
	if err := Check(context.Background(), o); err != nil || said != "load of 20261101" {
		t.Errorf("check: %v, said %q", err, said)
	}
}
