package pipeline

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"careshare/reports/pagetest"
)

const examples = "../reports/examples"

// Each example of reports/README.md gives what the engine gives. lake/current is taken away as soon as it has been followed: two datasets,
// each read through the link, can be of two snapshots when one is published in between.
func TestBIExamples(t *testing.T) {
	t.Parallel()
	w := demo(t)
	tools := pythonTools(t)
	want := "kind,episodes\n"
	for _, row := range w.query(t, `select coalesce(services.kind, 'not shown'), count(*)
		from read_parquet(`+w.trusted("bi", "fact_episode")+`) as facts left join read_parquet(`+w.trusted("bi", "dim_service")+`) as services using (service_key)
		where is_open group by 1 order by 1`) {
		want += strings.Join(row, ",") + "\n"
	}
	if strings.Count(want, "\n") < 4 {
		t.Fatalf("too little to compare: %s", want)
	}
	for _, example := range []string{"with_duckdb.py", "with_polars.py", "with_pandas.py", "with_spark.py"} {
		t.Run(example, func(t *testing.T) {
			lake, _ := w.linked(t)
			command := exec.Command(filepath.Join(tools, "python"), "-c", followedOnce, filepath.Join(examples, example), lake)
			command.Env = append(os.Environ(), "SPARK_LOCAL_IP=127.0.0.1", "PYSPARK_PYTHON="+filepath.Join(tools, "python"))
			gives(t, command, want)
		})
	}
	t.Run("duckdb.sql", func(t *testing.T) {
		_, current := w.linked(t)
		command := exec.Command("sh", "-c", `rm "$1" && exec "$2" -readonly -csv reports/bi/catalog.duckdb`, "sh", current, filepath.Join(tools, "duckdb"))
		command.Dir = current
		query, err := os.Open(filepath.Join(examples, "duckdb.sql"))
		if err != nil {
			t.Fatal(err)
		}
		defer query.Close()
		command.Stdin = query
		gives(t, command, want)
	})
}

// linked is a lake of the test's own, whose link can be taken away.
func (w world) linked(t *testing.T) (lake, current string) {
	t.Helper()
	target, err := filepath.EvalSymlinks(w.current())
	if err != nil {
		t.Fatal(err)
	}
	lake = t.TempDir()
	current = filepath.Join(lake, "current")
	if err := os.Symlink(target, current); err != nil {
		t.Fatal(err)
	}
	return lake, current
}

// followedOnce runs an example and takes lake/current away once it has been followed.
const followedOnce = `
import os, runpy, sys
sys.argv = sys.argv[1:]
link, follow = sys.argv[1] + "/current", os.path.realpath
def once(path, **how):
    found = follow(path, **how)
    if path == link:
        os.remove(link)
    return found
os.path.realpath = once
runpy.run_path(sys.argv[0], run_name="__main__")
if os.path.lexists(link):
    sys.exit("the link is followed for each dataset anew")
`

func gives(t *testing.T, command *exec.Cmd, want string) {
	t.Helper()
	var said strings.Builder
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	if got := strings.ReplaceAll(string(out), "\r\n", "\n"); got != want {
		t.Errorf("gives %s, want %s", got, want)
	}
}

// Power BI runs on no machine of ours: its query is at least held to the datasets and columns that there are.
func TestPowerBIExampleNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	w := demo(t)
	query, err := os.ReadFile(filepath.Join(examples, "power_bi.pq"))
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"not shown", "episodes", "key", ".parquet"} // words of the example itself
	for _, row := range w.query(t, "select distinct unnest([dataset, column_name]) from read_parquet("+w.trusted("bi", "data_dictionary")+")") {
		known = append(known, row[0])
	}
	quoted := regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(string(query), -1)
	if len(quoted) < 10 {
		t.Errorf("only %d names found", len(quoted))
	}
	for _, name := range quoted {
		if !slices.Contains(known, name[1]) && !strings.Contains(name[1], `\`) { // not a path
			t.Errorf("it names %s, which is not there", name[1])
		}
	}
}

const keyVersion = "select distinct key_version from dim_person"

// keepCatalog copies the catalog out of its snapshot, as a BI team may.
func (w world) keepCatalog(t *testing.T) string {
	t.Helper()
	kept := filepath.Join(t.TempDir(), "catalog.duckdb")
	content, err := os.ReadFile(filepath.Join(w.current(), "reports", "bi", "catalog.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, kept, content)
	return kept
}

// askCatalog opens a catalog from a folder with DuckDB's own program.
func askCatalog(t *testing.T, catalog, folder, statements string) string {
	t.Helper()
	command := exec.Command(filepath.Join(pythonTools(t), "duckdb"), "-readonly", "-csv", "-noheader", catalog, statements)
	command.Dir = folder
	out, err := command.CombinedOutput()
	if err != nil {
		return "failed"
	}
	return strings.TrimSpace(string(out))
}

// The catalog opens from the snapshot's folder and, told where that is, from anywhere.
func TestCatalogOpensFromAnywhere(t *testing.T) {
	t.Parallel()
	w := demo(t)
	catalog := w.keepCatalog(t)
	views := askCatalog(t, catalog, w.current(), "select string_agg(view_name, ' ') from duckdb_views() where not internal")
	for _, dataset := range star {
		if !strings.Contains(views, dataset) {
			t.Errorf("no view of %s", dataset)
		}
	}
	if got := askCatalog(t, catalog, w.current(), keyVersion); got != "demo-1" {
		t.Errorf("from the snapshot: %s", got)
	}
	if got := askCatalog(t, catalog, t.TempDir(), keyVersion); got != "failed" {
		t.Errorf("from elsewhere, untold: %s", got)
	}
	if got := askCatalog(t, catalog, t.TempDir(), "set file_search_path = '"+w.current()+"'; "+keyVersion); got != "demo-1" {
		t.Errorf("from elsewhere: %s", got)
	}
}

func TestTheDictionaryIsAccessibleAndWhole(t *testing.T) {
	t.Parallel()
	w := demo(t)
	page, err := os.ReadFile(filepath.Join(w.current(), "reports", "bi", "data-dictionary.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range w.query(t, "select distinct unnest([dataset, column_name, sources[:20]]) from read_parquet("+w.trusted("bi", "data_dictionary")+") where len(string_split(sources, ', ')) < 4") {
		if !strings.Contains(string(page), row[0]) {
			t.Errorf("the page lacks %s", row[0])
		}
	}
	undescribed := w.query(t, `select dataset, column_name from read_parquet(`+w.trusted("bi", "data_dictionary")+`) where made_through = '' or sources = '' or meaning = ''`)
	report(t, "column without lineage", undescribed)
	found := pagetest.Violations(t, pagetest.Need(t, "chromium"), pagetest.Axe(t), t.TempDir(), string(page), []string{"--window-size=500,900"})
	if len(found) > 0 {
		t.Error(strings.Join(found, "\n"))
	}
}
