package pipeline

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"careshare/load/lake"

	"github.com/parquet-go/parquet-go"
)

// Every dataset is read through lake/current by the engine, by a reader that is not ours, and by one of another language.
func TestEveryReaderReadsEveryDataset(t *testing.T) {
	t.Parallel()
	w := demo(t)
	python := filepath.Join(pythonTools(t), "python")
	for _, d := range w.manifest(t).Datasets {
		t.Run(d.Dataset, func(t *testing.T) {
			path := filepath.Join(w.current(), filepath.FromSlash(d.Path))
			if rows := w.query(t, fmt.Sprintf("select count(*) from read_parquet('%s')", path))[0][0]; rows != fmt.Sprint(d.Rows) {
				t.Errorf("the engine reads %s rows, the manifest says %d", rows, d.Rows)
			}
			if rows := rowsByParquetGo(t, path); rows != d.Rows {
				t.Errorf("parquet-go reads %d rows, the manifest says %d", rows, d.Rows)
			}
			if rows := rowsByPyArrow(t, python, path); rows != d.Rows {
				t.Errorf("pyarrow reads %d rows, the manifest says %d", rows, d.Rows)
			}
		})
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

func rowsByPyArrow(t *testing.T, python, path string) int64 {
	t.Helper()
	script := "import sys, pyarrow.parquet as pq; t = pq.ParquetFile(sys.argv[1]).read(); t.validate(full=True); print(t.num_rows)"
	out, err := exec.Command(python, "-c", script, path).CombinedOutput()
	if err != nil {
		t.Fatalf("pyarrow: %v: %s", err, out)
	}
	rows, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	if err != nil {
		t.Fatal(err)
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
