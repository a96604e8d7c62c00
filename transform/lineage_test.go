package transform

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"careshare/sql"
)

func TestWayAndSources(t *testing.T) {
	models := Models{Tables: []Model{
		{Name: "stg_a", Reads: []string{"raw.a"}}, {Name: "stg_b", Reads: []string{"raw.b"}},
		{Name: "int_ab", Reads: []string{"stg_a", "stg_b"}}, {Name: "end", Reads: []string{"int_ab", "stg_a"}},
	}}
	for _, test := range []struct{ from, to, want string }{
		{"raw.b", "end", "raw.b stg_b int_ab end"}, {"stg_a", "end", "stg_a end"}, {"end", "end", "end"}, {"end", "stg_a", ""}, {"raw.c", "end", ""},
	} {
		if got := strings.Join(models.Way(test.from, test.to), " "); got != test.want {
			t.Errorf("from %s to %s: %s, want %s", test.from, test.to, got, test.want)
		}
	}
	if got := models.Sources("end"); !slices.Equal(got, []string{"raw.a", "raw.b"}) {
		t.Errorf("end rests on %v", got)
	}
	if got := models.Sources("raw.a"); !slices.Equal(got, []string{"raw.a"}) {
		t.Errorf("a source rests on %v", got)
	}
}

// originFault says what is wrong with model.column as the origin of a column of a dataset, or nothing.
func originFault(db *sql.DB, models Models, origin, dataset string) string {
	model, column, _ := strings.Cut(origin, ".")
	if model == "config" {
		model, column = origin, ""
	}
	if models.Way(model, dataset) == nil {
		return fmt.Sprintf("%s does not come into %s", origin, dataset)
	}
	if column == "" {
		return ""
	}
	if _, err := db.Exec("select " + column + " from " + model + " limit 0"); err != nil {
		return fmt.Sprintf("%s has no column %s", model, column)
	}
	return ""
}

// TestColumnsComeFromWhereTheirContractsSay holds each origin that a contract names to the models' proven reads and columns.
func TestColumnsComeFromWhereTheirContractsSay(t *testing.T) {
	models, err := Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	db := emptySources(t)
	if _, err := Run(t.Context(), db, models); err != nil {
		t.Fatal(err)
	}
	named := 0
	files, err := fs.Glob(sql.Files, "*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := sql.Files.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			Name    string
			Columns []struct{ Name, From string }
		}
		if err := yaml.Unmarshal(text, &c); err != nil {
			t.Fatal(err)
		}
		for _, column := range c.Columns {
			if column.From == "" {
				continue
			}
			named++
			if fault := originFault(db, models, column.From, c.Name); fault != "" {
				t.Errorf("%s.%s: %s", c.Name, column.Name, fault)
			}
		}
	}
	if named < 50 {
		t.Errorf("only %d columns name their origin", named)
	}
	for _, wrong := range []string{"int_people.no_such", "no_such.column", "fact_episode.kind"} {
		if originFault(db, models, wrong, "dim_person") == "" {
			t.Errorf("%s is taken for an origin", wrong)
		}
	}
}
