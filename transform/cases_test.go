package transform

import (
	dbsql "database/sql"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"careshare/sql"
)

// cases is the folder of unit cases: <model>/<case>/given_<relation>.csv for each relation that the model reads,
// and expect.csv. A given file may also lie one or two folders further up, for all the cases below it.
const cases = "../sql/tests"

// TestModelCases runs each model alone, on real DuckDB, over the rows that its cases give.
func TestModelCases(t *testing.T) {
	models, err := Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob(filepath.Join(cases, "*", "*", "expect.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := filepath.Glob(filepath.Join(cases, "*", "*", "given_*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range rows {
		if folder := filepath.Dir(file); !slices.Contains(folders, filepath.Join(folder, "expect.csv")) {
			t.Errorf("%s is no case: it expects nothing", folder)
		}
	}
	contracts := readContracts(t)
	of := map[string][]string{}
	for _, expect := range folders {
		folder := filepath.Dir(expect)
		of[filepath.Base(filepath.Dir(folder))] = append(of[filepath.Base(filepath.Dir(folder))], folder)
	}
	all := slices.Concat(models.Tables, models.Checks)
	for name, folders := range of {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := slices.IndexFunc(all, func(m Model) bool { return m.Name == name })
			if at < 0 {
				t.Fatalf("no model is called %s", name)
			}
			runCases(t, all[at], contracts[all[at].Folder+"/"+all[at].Dataset+".yaml"], folders)
		})
	}
}

// runCases gives each case of a model a transaction of its own, which is never kept.
func runCases(t *testing.T, model Model, promised contract, folders []string) {
	root, err := filepath.Abs(filepath.Dir(filepath.Dir(folders[0])))
	if err != nil {
		t.Fatal(err)
	}
	db := open(t, root)
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			tx, err := db.Begin()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback() }()
			if diff, err := runCase(tx, model, folder); err != nil {
				t.Fatal(err)
			} else if diff != "" {
				t.Errorf("rows differ (- expected, + made):\n%s", diff)
			}
			promised.holds(t, tx)
			if model.Severity == "" { // a check's rows are bad ones
				holdsGrain(t, tx, model)
			}
		})
	}
}

// runCase makes the model from the given rows and says how it differs from the expected ones.
func runCase(db *dbsql.Tx, model Model, folder string) (diff string, err error) {
	if err := strangers(model, folder); err != nil {
		return "", err
	}
	for _, read := range model.Reads {
		path, err := given(folder, read)
		if err != nil {
			return "", err
		}
		if err := fill(db, read, path); err != nil {
			return "", err
		}
	}
	if _, err := db.Exec("create table main.made_by_model as\n" + model.Query); err != nil {
		return "", err
	}
	if err := fill(db, "expected_rows", filepath.Join(folder, "expect.csv")); err != nil {
		return "", err
	}
	return differences(db)
}

// holds tells where a case made nothing of a column that the contract promises: such a row would stop a whole run.
func (c contract) holds(t *testing.T, db *dbsql.Tx) {
	t.Helper()
	for _, column := range c.Columns {
		var missing int
		if column.Nullable {
			continue
		}
		if err := db.QueryRow(fmt.Sprintf("select count(*) from main.made_by_model where %q is null", column.Name)).Scan(&missing); err != nil {
			t.Fatal(err)
		}
		if missing > 0 {
			t.Errorf("%s is null in %d rows; the contract says that it never is", column.Name, missing)
		}
	}
}

// holdsGrain tells where a case made several rows of one grain: they too would stop a whole run.
func holdsGrain(t *testing.T, db *dbsql.Tx, model Model) {
	t.Helper()
	var shared int
	if err := db.QueryRow("select count(*) from (" + grainOf("made_by_model", model.Grain) + ") as shared").Scan(&shared); err != nil {
		t.Fatal(err)
	}
	if shared > 0 {
		t.Errorf("%d grains stand on more than one row", shared)
	}
}

// strangers finds given rows that the model does not read: a case that has outlived a change.
func strangers(model Model, folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "given_*.csv"))
	if err != nil {
		return err
	}
	shared, err := filepath.Glob(filepath.Join(filepath.Dir(folder), "given_*.csv"))
	if err != nil {
		return err
	}
	for _, file := range append(files, shared...) {
		relation := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "given_"), ".csv")
		if !slices.Contains(model.Reads, relation) {
			return fmt.Errorf("%s: %s does not read %s", file, model.Name, relation)
		}
	}
	return nil
}

func given(folder, relation string) (string, error) {
	for _, place := range []string{folder, filepath.Dir(folder), filepath.Dir(filepath.Dir(folder))} {
		path := filepath.Join(place, "given_"+relation+".csv")
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: no given_%s.csv here or above", folder, relation)
}

// fill makes a table from a CSV file whose header cells are column:TYPE. An empty cell is null, "" is empty text.
func fill(db *dbsql.Tx, relation, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	header, err := csv.NewReader(file).Read()
	if err != nil {
		return fmt.Errorf("%s: header: %w", path, err)
	}
	columns := make([]string, len(header))
	for i, cell := range header {
		name, kind, found := strings.Cut(cell, ":")
		if !found {
			return fmt.Errorf("%s: header: %s is no column:TYPE", path, cell)
		}
		columns[i] = sql.Quote(name) + ": " + sql.Quote(kind)
	}
	if schema, _, found := strings.Cut(relation, "."); found {
		if _, err := db.Exec("create schema if not exists " + schema); err != nil {
			return err
		}
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	_, err = db.Exec(fmt.Sprintf(`create table %s as select * from read_csv(%s, columns = {%s}, header = true, auto_detect = false,
		delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false)`,
		relation, sql.Quote(absolute), strings.Join(columns, ", ")))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// differences compares the columns that are expected, as text with their types, as multisets of rows.
func differences(db *dbsql.Tx) (string, error) {
	var columns string
	err := db.QueryRow(`select string_agg('''' || column_name || ': '' || coalesce(' || column_name || '::varchar, ''null'') || '' '' || typeof(' || column_name || ')', ', ')
		from (from information_schema.columns where table_name = 'expected_rows' order by ordinal_position)`).Scan(&columns)
	if err != nil {
		return "", err
	}
	rows, err := db.Query(fmt.Sprintf(`with expected as (select concat_ws(' | ', %[1]s) as line from expected_rows),
		made as (select concat_ws(' | ', %[1]s) as line from made_by_model)
		select '- ' || line from (select line from expected except all select line from made)
		union all select '+ ' || line from (select line from made except all select line from expected)
		order by 1 desc`, columns))
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var diff strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return "", err
		}
		diff.WriteString(line + "\n")
	}
	return diff.String(), rows.Err()
}

// TestCaseFaults sees the harness fail: a case that cannot fail proves nothing.
func TestCaseFaults(t *testing.T) {
	model := Model{Name: "m", Reads: []string{"x.t"}, Query: "select a from x.t"}
	faults := map[string]struct {
		files map[string]string
		want  string
	}{
		"good":           {map[string]string{"given_x.t.csv": "a:BIGINT\n1\n", "expect.csv": "a:BIGINT\n1\n"}, ""},
		"a wrong value":  {map[string]string{"given_x.t.csv": "a:BIGINT\n1\n", "expect.csv": "a:BIGINT\n2\n"}, "- a: 2 BIGINT\n+ a: 1 BIGINT"},
		"a wrong type":   {map[string]string{"given_x.t.csv": "a:BIGINT\n1\n", "expect.csv": "a:INTEGER\n1\n"}, "- a: 1 INTEGER"},
		"a row too few":  {map[string]string{"given_x.t.csv": "a:BIGINT\n1\n1\n", "expect.csv": "a:BIGINT\n1\n"}, "+ a: 1 BIGINT"},
		"no given":       {map[string]string{"expect.csv": "a:BIGINT\n1\n"}, "no given_x.t.csv"},
		"a given unread": {map[string]string{"given_x.t.csv": "a:BIGINT\n1\n", "given_x.u.csv": "a:BIGINT\n1\n", "expect.csv": "a:BIGINT\n1\n"}, "m does not read x.u"},
		"no type":        {map[string]string{"given_x.t.csv": "a\n1\n", "expect.csv": "a:BIGINT\n1\n"}, "a is no column:TYPE"},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "m", "case")
			if err := os.MkdirAll(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			for file, text := range fault.files {
				if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			tx, err := open(t, folder).Begin()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback() }()
			diff, err := runCase(tx, model, folder)
			said := diff
			if err != nil {
				said = err.Error()
			}
			if !strings.Contains(said, fault.want) || (fault.want == "" && said != "") {
				t.Errorf("the case says %q, want %q", said, fault.want)
			}
		})
	}
}
