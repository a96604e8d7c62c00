package pipeline

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"careshare/load/lake"
	"careshare/sql"

	"github.com/parquet-go/parquet-go"
)

// Every Parquet file of the snapshot is read by the engine, by pyarrow, Polars, another version of DuckDB and Spark, and by a reader in Go
// that is not ours: each finds the manifest's rows, and in each column the same values.
func TestEveryReaderReadsEveryFile(t *testing.T) {
	t.Parallel()
	w := demo(t)
	arguments := []string{"testdata/read_everywhere.py"}
	rows := map[string]int64{}
	for _, file := range w.manifest(t).Outputs {
		if file.Rows == nil {
			continue
		}
		path := filepath.Join(w.current(), filepath.FromSlash(file.Path))
		arguments = append(arguments, path)
		rows[path] = *file.Rows
		if found := w.query(t, "select count(*) from "+sql.ParquetFile(path))[0][0]; found != fmt.Sprint(*file.Rows) {
			t.Errorf("%s: the engine reads %s rows, the manifest says %d", file.Path, found, *file.Rows)
		}
		if found := rowsByParquetGo(t, path); found != *file.Rows {
			t.Errorf("%s: parquet-go reads %d rows, the manifest says %d", file.Path, found, *file.Rows)
		}
	}
	var said strings.Builder
	reading := exec.Command(filepath.Join(pythonTools(t), "python"), arguments...)
	reading.Stderr = &said
	out, err := reading.Output()
	if err != nil {
		t.Fatal(err, said.String())
	}
	type read struct {
		Rows    int64
		Columns map[string][2]int64 // values and their checksum
	}
	var found map[string]map[string]read // by file and engine
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	if len(found) != len(rows) || len(rows) < 100 {
		t.Errorf("%d files were read, of %d", len(found), len(rows))
	}
	for path, engines := range found {
		for _, engine := range []string{"pyarrow", "polars", "duckdb", "spark"} {
			by, ok := engines[engine]
			if !ok || by.Rows != rows[path] {
				t.Errorf("%s: %s reads %d rows, the manifest says %d", path, engine, by.Rows, rows[path])
			}
			if !maps.Equal(by.Columns, engines["pyarrow"].Columns) {
				t.Errorf("%s: %s reads other values than pyarrow: %v, %v", path, engine, by.Columns, engines["pyarrow"].Columns)
			}
		}
	}
}

func (w world) manifest(t *testing.T) lake.Manifest {
	t.Helper()
	target, err := filepath.EvalSymlinks(w.current())
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := lake.Snapshot{ID: filepath.Base(target), Path: target}.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	return manifest
}

// rowsByParquetGo reads every row, not only the footer.
func rowsByParquetGo(t *testing.T, path string) (rows int64) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	opened, err := parquet.OpenFile(file, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	buffer := make([]parquet.Row, 1024)
	for _, group := range opened.RowGroups() {
		reader := group.Rows()
		for {
			n, err := reader.ReadRows(buffer)
			rows += int64(n)
			if err != nil {
				break
			}
		}
		reader.Close()
	}
	return rows
}

// pythonTools are the programs that BI teams use, those of the examples.
func pythonTools(t *testing.T) string {
	t.Helper()
	return pythonWith(t, "duckdb==2.0.0", "duckdb-cli==1.5.6", "pandas==3.1.1", "polars==2.1.0", "pyarrow==26.0.1", "pyspark==3.5.8")
}

// pythonWith is the folder of the programs, python among them, of a virtual environment of the tests' own with those packages.
func pythonWith(t *testing.T, requirements ...string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("python-%.12x", sha256.Sum256([]byte(strings.Join(requirements, "\n"))))
	folder := filepath.Join(cache, "careshare-tests", name)
	programs, done := filepath.Join(folder, "bin"), filepath.Join(folder, "installed")
	if _, err := os.Stat(done); err == nil {
		return programs
	}
	install := append([]string{filepath.Join(programs, "python"), "-m", "pip", "install", "-q"}, requirements...)
	for _, command := range [][]string{{"python3", "-m", "venv", folder}, install} {
		out, err := exec.Command(command[0], command[1:]...).CombinedOutput()
		if err != nil && os.Getenv("CI") == "" {
			t.Skipf("SKIPPED: cannot install %v: %v: %s", requirements, err, out)
		}
		if err != nil {
			t.Fatalf("install %v: %v: %s", requirements, err, out)
		}
	}
	if err := os.WriteFile(done, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return programs
}
