package pipeline

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"careshare/load"
)

// Every dataset is read through lake/current by the engine, by a reader that is not ours, and by one of another language.
func TestEveryReaderReadsEveryDataset(t *testing.T) {
	w := demo(t)
	python := pythonWith(t, "pyarrow==21.0.0")
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

func (w world) manifest(t *testing.T) load.Manifest {
	t.Helper()
	target, err := filepath.EvalSymlinks(w.current())
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := load.Snapshot{ID: filepath.Base(target), Path: target}.Manifest()
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

// pythonWith is a Python with a package and what else it wants, in a virtual environment of the tests' own. Where the package
// is not imported by its own name, the last requirement begins with "import ".
func pythonWith(t *testing.T, requirement string, more ...string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "careshare-tests", requirement)
	python := filepath.Join(folder, "bin", "python")
	module := strings.Split(requirement, "=")[0]
	if last := len(more) - 1; last >= 0 && strings.HasPrefix(more[last], "import ") {
		module, more = strings.TrimPrefix(more[last], "import "), more[:last]
	}
	if exec.Command(python, "-c", "import "+module).Run() == nil {
		return python
	}
	install := append([]string{python, "-m", "pip", "install", "-q", requirement}, more...)
	for _, command := range [][]string{{"python3", "-m", "venv", folder}, install} {
		out, err := exec.Command(command[0], command[1:]...).CombinedOutput()
		if err != nil && os.Getenv("CI") == "" {
			t.Skipf("SKIPPED: cannot install %s: %v: %s", requirement, err, out)
		}
		if err != nil {
			t.Fatalf("install %s: %v: %s", requirement, err, out)
		}
	}
	return python
}
