package sql

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A setting of one connection would leave the pool's next one with the machine's time zone.
func TestEveryConnectionIsInUTC(t *testing.T) {
	t.Setenv("TZ", "Europe/London")
	db, err := Open(t.Context(), Options{Memory: "256MB", Threads: 2, Spill: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for range 3 {
		conn, err := db.Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close() // kept until the end, so that each is another
		var local string
		if err := conn.QueryRowContext(t.Context(), "select cast(cast(timestamptz '2026-07-01 00:00:00+00' as timestamp) as varchar)").Scan(&local); err != nil {
			t.Fatal(err)
		}
		if local != "2026-07-01 00:00:00" {
			t.Errorf("midnight in UTC is %s there", local)
		}
	}
}

// What an engine puts aside on disk are people's rows: nobody else may read them there, and they go with it.
func TestOwnSpillIsPrivateAndGoesWithTheEngine(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	db, err := Open(t.Context(), Options{Memory: "40MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "create temp table wide as select i, hash(i) as h, hash(i + 1) as k from range(4_000_000) r(i)"); err != nil {
		t.Fatal(err)
	}
	spilled, err := filepath.Glob(filepath.Join(os.TempDir(), "*", "*"))
	if err != nil || len(spilled) == 0 {
		t.Fatalf("nothing was put aside: %v", err)
	}
	if info, err := os.Stat(filepath.Dir(spilled[0])); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v, %v", info.Mode(), err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A folder's name such as status=live is a place, not a column: where a column of the file has that name, the file counts.
func TestNoColumnComesFromAPath(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "status=live", "import_year=1999")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), Options{Memory: "256MB", Threads: 1, Spill: t.TempDir(), Allow: []string{folder}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	file := filepath.Join(folder, "part-0.parquet")
	if _, err := db.ExecContext(t.Context(), "copy (select 'withheld' as status, 1 as n) to "+Quote(file)); err != nil {
		t.Fatal(err)
	}
	rows, err := db.QueryContext(t.Context(), "select * from "+ParquetFile(file))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	if len(columns) != 2 || !rows.Next() {
		t.Fatalf("columns %v", columns)
	}
	var status, n string
	if err := rows.Scan(&status, &n); err != nil || status != "withheld" {
		t.Errorf("status is %q, %v", status, err)
	}
}

// Every reader of files in the project says whether columns may come from paths.
func TestEveryFileReaderIgnoresPaths(t *testing.T) {
	reader := regexp.MustCompile(`(read_parquet|read_csv|read_ndjson|read_json|parquet_scan)(_auto)?\(.*`)
	seen := 0
	err := filepath.WalkDir("..", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, call := range reader.FindAllString(string(text), -1) {
			seen++
			if !strings.Contains(call, "hive_partitioning") && !strings.HasPrefix(call, `read_parquet([" + strings.Join(quoted`) {
				t.Errorf("%s: %s reads columns from paths; use sql.Parquet or hive_partitioning = false", path, call)
			}
		}
		return err
	})
	if err != nil || seen < 4 {
		t.Errorf("%d readers seen, %v", seen, err)
	}
}
