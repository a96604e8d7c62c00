package cases

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"careshare/sql"
	"careshare/transform"
)

// TestModelCases runs each model alone, on real DuckDB, over the rows that its cases give.
func TestModelCases(t *testing.T) {
	documents := shipped(t)
	suite := openSuite(t)
	for _, document := range documents {
		t.Run(document.Model, func(t *testing.T) {
			t.Parallel()
			for _, c := range document.Cases {
				t.Run(c.Name, func(t *testing.T) {
					if wrong, err := suite.Run(t.Context(), document, c); err != nil {
						t.Fatal(err)
					} else if wrong != "" {
						t.Errorf("rows differ (- expected, + made):\n%s", wrong)
					}
				})
			}
		})
	}
}

// Cases were CSV folders once: none of the 602 was lost on the way, and none may be lost by a slip of the pen.
func TestNoCaseIsLost(t *testing.T) {
	t.Parallel()
	count := 0
	for _, document := range shipped(t) {
		if len(document.Cases) == 0 {
			t.Errorf("%s has no case", document.Model)
		}
		count += len(document.Cases)
	}
	if count < 602 {
		t.Errorf("%d cases, expected at least 602", count)
	}
	folders, err := fs.Glob(sql.Cases, "tests/*/*")
	if err != nil || len(folders) > 0 {
		t.Errorf("cases that nothing reads: %v, %v", folders, err)
	}
}

// Every model and every check has a unit case.
func TestEveryModelHasACase(t *testing.T) {
	t.Parallel()
	models, err := transform.Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	with := map[string]bool{}
	for _, document := range shipped(t) {
		with[document.Model] = len(document.Cases) > 0
	}
	for _, model := range append(models.Tables, models.Checks...) {
		if file := model.Folder + "/" + model.Name + ".sql"; !with[model.Name] && isFile(file) {
			t.Errorf("%s has no unit case: add sql/tests/%s.txtar", file, model.Name)
		}
	}
}

// isFile reports whether a model is written in a file: what the program generates from contracts has tests of its own.
func isFile(file string) bool {
	_, err := fs.Stat(sql.Files, file)
	return err == nil
}

func shipped(t *testing.T) []Document {
	t.Helper()
	documents, err := Read(sql.Cases, "tests")
	if err != nil {
		t.Fatal(err)
	}
	return documents
}

func openSuite(t *testing.T) *Suite {
	t.Helper()
	models, err := transform.Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	contract, err := os.Open("../../extract/casestore/contract.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer contract.Close()
	sources, err := sql.EmptySources(sql.Files, contract)
	if err != nil {
		t.Fatal(err)
	}
	suite, err := NewSuite(t.Context(), Options{Models: models, Sources: sources, Required: required(t, models)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := suite.Close(); err != nil {
			t.Error(err)
		}
	})
	return suite
}

// required are the columns of each published model that its contract says are never null.
func required(t *testing.T, models transform.Models) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, model := range models.Published() {
		text, err := sql.Files.ReadFile(model.Folder + "/" + model.Dataset + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var contract struct {
			Columns []struct {
				Name     string
				Nullable bool
			}
		}
		if err := yaml.Unmarshal(text, &contract); err != nil {
			t.Fatal(err)
		}
		for _, column := range contract.Columns {
			if !column.Nullable {
				all[model.Name] = append(all[model.Name], column.Name)
			}
		}
	}
	return all
}

// A case that cannot fail proves nothing: each fault is found.
func TestCaseFaults(t *testing.T) {
	models := transform.Models{Tables: []transform.Model{
		{Name: "m", Grain: []string{"a"}, Reads: []string{"x.t"}, Query: "select a, b from x.t"},
	}}
	suite, err := NewSuite(t.Context(), Options{
		Models: models, Required: map[string][]string{"m": {"a"}},
		Sources: "create schema x; create table x.t (a bigint, b varchar); create table x.s as select 7::bigint as a",
	})
	if err != nil {
		t.Fatal(err)
	}
	defer suite.Close()
	for name, fault := range map[string]struct{ document, want string }{
		"good":              {"-- c/x.t --\na,b\n1,y\n-- c/expect --\na:BIGINT,b\n1,y\n", ""},
		"empty text":        {"-- c/x.t --\na,b\n1,''\n-- c/expect --\na,b\n1,''\n", ""},
		"null":              {"-- c/x.t --\na\n1\n-- c/expect --\na,b\n1,\n", ""},
		"for every case":    {"-- x.t --\na\n1\n-- c/expect --\na\n1\n", ""},
		"no row":            {"-- x.t --\na\n1\n-- c/x.t --\na\n-- c/expect --\n", ""},
		"text for null":     {"-- c/x.t --\na,b\n1,''\n-- c/expect --\na,b\n1,\n", "- a: 1 | b: null"},
		"a wrong value":     {"-- c/x.t --\na\n1\n-- c/expect --\na\n2\n", "- a: 2\n+ a: 1"},
		"a wrong type":      {"-- c/x.t --\na\n1\n-- c/expect --\na:INTEGER\n1\n", "a is BIGINT, expected INTEGER"},
		"a row too few":     {"-- c/x.t --\na,b\n1,x\n2,x\n-- c/expect --\nb\nx\n", "+ b: x"},
		"some rows":         {"-- c/x.t --\na\n1\n2\n-- c/expect some --\na\n2\n", ""},
		"not among some":    {"-- c/x.t --\na\n1\n2\n-- c/expect some --\na\n3\n", "- a: 3"},
		"rows for none":     {"-- c/x.t --\na\n1\n-- c/expect --\n", "+ a: 1 | b: null"},
		"one grain twice":   {"-- c/x.t --\na,b\n1,x\n1,y\n-- c/expect --\na\n1\n1\n", "1 grains (a) have more than one row"},
		"a promise":         {"-- c/x.t --\nb\nx\n-- c/expect --\nb\nx\n", "a is null in 1 rows; the contract says that it never is"},
		"nothing expected":  {"-- c/x.t --\na\n1\n", "add a section c/expect"},
		"a section twice":   {"-- c/expect --\n-- c/expect --\n", "section c/expect: is there twice"},
		"a table unread":    {"-- c/x.s --\na\n1\n-- c/expect --\n", "m does not read x.s; it reads x.t"},
		"an unknown column": {"-- c/x.t --\nd\n1\n-- c/expect --\n", "x.t: unknown column d"},
		"one of expect":     {"-- c/expect --\nd\n1\n", "expect: unknown column d"},
		"quoted nothing":    {"-- c/x.t --\na,b\n1,\"\"\n-- c/expect --\n", "write '' for empty text"},
		"a value of a type": {"-- c/x.t --\na\nx\n-- c/expect --\n", "Conversion Error"},
		"a line too short":  {"-- c/x.t --\na,b\n1\n-- c/expect --\n", "wrong number of fields"},
	} {
		t.Run(name, func(t *testing.T) {
			document, err := parse("m", []byte(fault.document))
			said := ""
			if err == nil {
				said, err = suite.Run(t.Context(), document, document.Cases[0])
			}
			if err != nil {
				said = err.Error()
			}
			if !strings.Contains(said, fault.want) || (fault.want == "" && said != "") {
				t.Errorf("the case says %q, want %q", said, fault.want)
			}
		})
	}
	if _, err := suite.Run(t.Context(), Document{Model: "n"}, Case{}); err == nil || !strings.Contains(err.Error(), "unknown model n") {
		t.Errorf("cases of no model: %v", err)
	}
}
