package transform

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"careshare/sql"
)

func open(t *testing.T, allow ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open(context.Background(), sql.Options{Memory: "256MB", Threads: 2, Spill: t.TempDir(), Allow: allow})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func files(texts map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range texts {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

const (
	stgPeople = "-- grain: person_id\n-- reads: casestore.dm_persons\n-- why: people\nselect person_id from casestore.dm_persons"
	people    = "-- grain: person_id\n-- reads: stg_people\n-- publishes to: direct-care/people\n-- why: people\nselect person_id from stg_people"
)

func TestLoadRefuses(t *testing.T) {
	header := "-- grain: a\n-- reads: x.t\n-- why: because\n"
	cases := map[string]struct {
		files map[string]string
		want  string
	}{
		"a read that is not declared":   {map[string]string{"share/m.sql": header + "select a from x.t join x.u using (a)"}, "share/m.sql: header: reads says [x.t], the query reads [x.t, x.u]"},
		"a declared read that is not":   {map[string]string{"share/m.sql": header + "select 1 as a"}, "the query reads []"},
		"a CTE hides its own table":     {map[string]string{"share/m.sql": "-- grain: a\n-- reads: nothing\n-- why: w\nwith t as (select a from t) select a from t"}, "the query reads [t]"},
		"a model that is not there":     {map[string]string{"share/m.sql": "-- grain: a\n-- reads: t\n-- why: w\nselect a from t"}, "m reads unknown model t"},
		"a circle":                      {map[string]string{"share/m.sql": "-- grain: a\n-- reads: n\n-- why: w\nselect a from n", "share/n.sql": "-- grain: a\n-- reads: m\n-- why: w\nselect a from m"}, "circle, or read one that does: m, n"},
		"one that reads itself":         {map[string]string{"share/m.sql": "-- grain: a\n-- reads: m\n-- why: w\nselect a from m"}, "circle"},
		"one name twice":                {map[string]string{"share/m.sql": header + "select a from x.t", "figures/m.sql": "-- numerator: n\n-- denominator: d\n-- source: s\n-- known limits: none\n" + header + "select a from x.t"}, "m is in share and in figures"},
		"one place twice":               {map[string]string{"share/m.sql": "-- publishes to: audit/d\n" + header + "select a from x.t", "share/n.sql": "-- publishes to: audit/d\n" + header + "select a from x.t"}, "m and n both publish to audit/d"},
		"a check read as a table":       {map[string]string{"checks/c.sql": "-- severity: warn\n-- reads: x.t\n-- why: w\nselect a from x.t", "share/m.sql": "-- grain: a\n-- reads: c\n-- why: w\nselect a from c"}, "reads unknown model c"},
		"no grain":                      {map[string]string{"share/m.sql": "-- reads: x.t\n-- why: w\nselect a from x.t"}, "grain is missing"},
		"no why":                        {map[string]string{"share/m.sql": "-- reads: x.t\n-- grain: a\nselect a from x.t"}, "why is missing"},
		"a check without severity":      {map[string]string{"checks/c.sql": "-- reads: x.t\n-- why: w\nselect a from x.t"}, "severity is missing"},
		"a model with severity":         {map[string]string{"share/m.sql": "-- severity: warn\n" + header + "select a from x.t"}, "only a check"},
		"a published check":             {map[string]string{"checks/c.sql": "-- publishes to: audit/c\n-- severity: warn\n-- reads: x.t\n-- why: w\nselect a from x.t"}, "neither published nor kept"},
		"an unknown severity":           {map[string]string{"checks/c.sql": "-- severity: error\n-- reads: x.t\n-- why: w\nselect a from x.t"}, "block or warn"},
		"an unknown materialization":    {map[string]string{"share/m.sql": "-- materialized: cloud\n" + header + "select a from x.t"}, "view or table"},
		"a place without audience":      {map[string]string{"share/m.sql": "-- publishes to: people\n" + header + "select a from x.t"}, "audience/dataset"},
		"a figure without known limits": {map[string]string{"figures/m.sql": "-- numerator: n\n-- denominator: d\n-- source: s\n" + header + "select a from x.t"}, "known limits is missing"},
		"a misspelt field":              {map[string]string{"share/m.sql": "-- read: x.t\n" + header + "select a from x.t"}, `no field is called "read"`},
		"a field twice":                 {map[string]string{"share/m.sql": "-- why: w\n" + header + "select a from x.t"}, `"why" appears twice`},
		"loose words":                   {map[string]string{"share/m.sql": "-- Loose words\n" + header + "select a from x.t"}, "line 1"},
		"no query":                      {map[string]string{"share/m.sql": "-- why: w"}, "no query"},
		"a name out of its folder":      {map[string]string{"staging/m.sql": header + "select a from x.t"}, "begins with stg_"},
		"no select":                     {map[string]string{"share/m.sql": header + "delete from x.t"}, "Only SELECT"},
		"two statements":                {map[string]string{"share/m.sql": header + "select a from x.t; select 1"}, "2 statements"},
		"bad SQL":                       {map[string]string{"share/m.sql": header + "selekt a from x.t"}, "syntax error"},
		"a file read directly":          {map[string]string{"share/m.sql": header + "select a from x.t union select a from read_csv('/etc/passwd')"}, "selects from the function read_csv"},
		"another database":              {map[string]string{"share/m.sql": header + "select a from other.x.t"}, "another database"},
		"the clock":                     {map[string]string{"share/m.sql": header + "select a, now() from x.t"}, "now answers differently"},
		"the date":                      {map[string]string{"share/m.sql": header + "select a, current_date from x.t"}, "current_date answers differently"},
		"chance":                        {map[string]string{"share/m.sql": header + "select a, random() from x.t"}, "random answers differently"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Load(files(c.files))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Load() = %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestLoadReadsHeaders(t *testing.T) {
	models, err := Load(files(map[string]string{
		"figures/count_people.sql": `-- grain: audience
-- reads: int_people
-- publishes to: bi/count_people
-- why: how many people
--   are in scope
-- materialized: view
-- numerator: people
-- denominator: everyone: all of them
-- source: the case store
-- known limits: none
with recursive steps as (select 1 as n union all select n + 1 from steps where n < 3)
select 'bi' as audience, (select count(*) from INT_people) as n from steps, unnest([1]) as u(x) limit 1;
`,
		"staging/stg_people.sql": stgPeople,
		"resolve/int_people.sql": "-- grain: person_id\n-- reads: stg_people\n-- why: w\nselect person_id from stg_people",
		"resolve/int_unused.sql": "-- grain: person_id\n-- reads: int_people\n-- why: w\nselect person_id from int_people",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got := names(models.Tables); !slices.Equal(got, []string{"stg_people", "int_people", "int_unused", "count_people"}) {
		t.Errorf("order %v", got)
	}
	if got := names(models.Needed()); !slices.Equal(got, []string{"stg_people", "int_people", "count_people"}) {
		t.Errorf("needed %v", got)
	}
	published := models.Published()
	if len(published) != 1 {
		t.Fatalf("published %v", names(published))
	}
	figure := published[0]
	if figure.Audience != "bi" || figure.Dataset != "count_people" || !figure.View || figure.Why != "how many people are in scope" ||
		figure.Measure != (Measure{"people", "everyone: all of them", "the case store", "none"}) {
		t.Errorf("figure %+v", figure)
	}
}

func names(models []Model) []string {
	var all []string
	for _, model := range models {
		all = append(all, model.Name)
	}
	return all
}

// casestore makes a source of three rows, one of them twice, with a text that must not be told.
func casestore(t *testing.T) *sql.DB {
	t.Helper()
	db := open(t)
	for _, statement := range []string{
		"create schema casestore",
		"create table casestore.dm_persons as select unnest([1, 2, 2])::bigint as person_id, 'Smith' as full_name",
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func run(t *testing.T, texts map[string]string) (Result, error) {
	t.Helper()
	models, err := Load(files(texts))
	if err != nil {
		t.Fatal(err)
	}
	return Run(context.Background(), casestore(t), models)
}

func TestRunFindsBadRows(t *testing.T) {
	result, err := run(t, map[string]string{
		"staging/stg_people.sql": stgPeople,
		"share/people.sql":       people,
		"checks/no_two.sql":      "-- severity: warn\n-- grain: person_id\n-- reads: people\n-- why: w\nselect person_id from people where person_id = 2 -- a note",
		"checks/no_name.sql":     "-- severity: block\n-- grain: full_name\n-- reads: casestore.dm_persons\n-- why: w\nselect full_name from casestore.dm_persons",
		"checks/good.sql":        "-- severity: block\n-- reads: people\n-- why: w\nselect person_id from people where person_id > 2",
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []Made{{"stg_people", 3}, {"people", 3}}; !slices.Equal(result.Models, want) {
		t.Errorf("made %v, want %v", result.Models, want)
	}
	want := []Found{
		{Check: "grain of stg_people", Severity: Block, Bad: 1, IDs: []string{"person_id=2"}},
		{Check: "grain of people", Severity: Block, Bad: 1, IDs: []string{"person_id=2"}},
		{Check: "good", Severity: Block},
		{Check: "no_name", Severity: Block, Bad: 3}, // a name is no id to show
		{Check: "no_two", Severity: Warn, Bad: 2, IDs: []string{"person_id=2"}},
	}
	same := func(a, b Found) bool {
		return a.Check == b.Check && a.Severity == b.Severity && a.Bad == b.Bad && slices.Equal(a.IDs, b.IDs)
	}
	if !slices.EqualFunc(result.Checks, want, same) {
		t.Errorf("found %+v, want %+v", result.Checks, want)
	}
	if blocked := result.Blocked(); len(blocked) != 3 {
		t.Errorf("blocked by %+v", blocked)
	}
}

// A fault names the model, the columns of its grain, and the council's own ids of the rows at fault, though they are not of the
// grain; never a name, an NHS number or a sender's id.
func TestAFaultSaysWhereToLook(t *testing.T) {
	result, err := run(t, map[string]string{
		"share/steps.sql": "-- grain: list\n-- reads: casestore.dm_persons\n-- publishes to: audit/steps\n-- why: one list, one row\n" +
			"select 4 as list, person_id as workflow_step_id, full_name, 'x' as resource_id, 9990000018 as nhs_id, '9990000018' as nhs_number from casestore.dm_persons",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "grain of steps: 1 times more than one row has the same list; look up list=4, workflow_step_id=1; list=4, workflow_step_id=2\n  rule: one list, one row"
	if got := result.Blocked()[0].Words(); got != want {
		t.Errorf("said %q, want %q", got, want)
	}
}

// A grain fault stops the run only where something is shared, returned or blocked by the model. Of figures and findings one row
// of each grain is published, and the fault is a warning.
func TestAGrainFaultOfFindingsIsAFinding(t *testing.T) {
	read := func(kind, reads, header string) string {
		return "-- grain: person_id\n-- reads: " + reads + "\n-- why: w\n" + header + "select person_id, " + kind + " as kind from " + reads
	}
	texts := map[string]string{
		"returns/int_doubtful.sql": read("'d'", "casestore.dm_persons", ""),
		"returns/findings.sql":     read("'f'", "int_doubtful", "-- publishes to: returns/findings\n-- holds: findings\n"),
		"checks/doubts.sql":        "-- severity: warn\n-- reads: int_doubtful\n-- why: w\nselect person_id from int_doubtful where person_id > 5",
	}
	result, err := run(t, texts)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Blocked()) > 0 || result.Checks[0].Bad != 1 || result.Checks[1].Bad != 1 {
		t.Errorf("found %+v", result.Checks)
	}
	if want := []Made{{"int_doubtful", 3}, {"findings", 2}}; !slices.Equal(result.Models, want) {
		t.Errorf("made %v, want %v", result.Models, want)
	}
	for name, text := range map[string]string{
		"returns/rows.sql": read("'r'", "int_doubtful", "-- publishes to: returns/rows\n"),
		"checks/stops.sql": "-- severity: block\n-- reads: int_doubtful\n-- why: w\nselect person_id from int_doubtful where person_id > 5",
	} {
		more := maps.Clone(texts)
		more[name] = text
		if result, err = run(t, more); err != nil || len(result.Blocked()) == 0 {
			t.Errorf("%s: not blocked, %v", name, err)
		}
	}
}

func TestRunErrorsTellNoValue(t *testing.T) {
	header := "-- grain: person_id\n-- reads: casestore.dm_persons\n-- publishes to: audit/m\n-- why: w\n"
	cases := map[string]struct{ query, want string }{
		"conversion": {"select full_name::integer as person_id from casestore.dm_persons", "make m: Conversion Error"},
		"no column":  {"select nobody as person_id from casestore.dm_persons", `make m: Binder Error: Referenced column "nobody" not found`},
		"said aloud": {"select error(full_name) as person_id from casestore.dm_persons", "make m: Invalid Input Error"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := run(t, map[string]string{"share/m.sql": header + c.query})
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "Smith") {
				t.Errorf("Run() = %v, want %q", err, c.want)
			}
		})
	}
}

func TestRunNamesTheCheckThatBreaks(t *testing.T) {
	cases := map[string]map[string]string{
		"grain of people": {"staging/stg_people.sql": stgPeople, "share/people.sql": strings.Replace(people, "grain: person_id", "grain: nobody", 1)},
		"check broken":    {"checks/broken.sql": "-- severity: warn\n-- reads: casestore.dm_persons\n-- why: w\nselect 1 from casestore.dm_persons where full_name::integer = 1"},
	}
	for want, texts := range cases {
		_, err := run(t, texts)
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "Smith") {
			t.Errorf("Run() = %v, want %q", err, want)
		}
	}
}

func TestRunStopsWhenTold(t *testing.T) {
	models, err := Load(files(map[string]string{"staging/stg_people.sql": stgPeople, "share/people.sql": people}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	db := casestore(t)
	cancel()
	if _, err := Run(ctx, db, models); err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("Run() = %v", err)
	}
}

// A step fills its table once, before the first model that reads it and after what that one reads besides.
func TestAStepFillsItsTableInTime(t *testing.T) {
	models := Models{Tables: []Model{
		{Name: "first", Grain: []string{"a"}, Dataset: "d", Query: "select 1 as a"},
		{Name: "second", Grain: []string{"a"}, Dataset: "e", Reads: []string{"first", "s.t"}, Query: "select a from s.t"},
		{Name: "third", Grain: []string{"a"}, Dataset: "f", Reads: []string{"s.t"}, Query: "select a from s.t"},
	}}
	db := open(t)
	if _, err := db.Exec("create schema s; create table s.t (a integer)"); err != nil {
		t.Fatal(err)
	}
	fill := Step{Fills: "s.t", Do: func(context.Context) error {
		_, err := db.Exec("insert into s.t select a + 6 from first")
		return err
	}}
	result, err := Run(t.Context(), db, models, fill)
	if err != nil || len(result.Models) != 3 || result.Models[2].Rows != 1 {
		t.Errorf("%+v, %v", result.Models, err)
	}
	unread := Step{Fills: "s.unread", Do: func(context.Context) error { return errors.New("a table that nobody reads was filled") }}
	if _, err := Run(t.Context(), open(t), Models{Tables: models.Tables[:1]}, unread); err != nil {
		t.Error(err)
	}
	fill.Do = func(context.Context) error { return errors.New("broken") }
	if _, err := Run(t.Context(), open(t), models, fill); err == nil || !strings.Contains(err.Error(), "fill s.t: broken") {
		t.Errorf("a step that fails: %v", err)
	}
}
