package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"careshare/extract/casestore"
	"careshare/pipeline/exit"
	"careshare/pipeline/ruletest"
	"careshare/sql"
	"careshare/transform/rules"
)

// A council adds a field by editing its own copy of view, models, contract and agreement; no Go is touched. These are the
// edits that transform/README.md shows.
func TestAddingAField(t *testing.T) {
	t.Parallel()
	w := demo(t).copyOf(t)
	if code := w.run("rules", "copy", "--config", w.config(), "macros.sql", "views/allergy_intolerance.json", "staging/stg_allergy_intolerances.sql",
		"share/allergies_candidates.sql", "share/allergies.yaml", "tests/int_scope.txtar"); code != exit.Done {
		t.Fatalf("rules copy ended with %d: %s", code, w.stderr)
	}
	for _, edit := range [][3]string{
		{"careshare.yaml", "# rules: rules ", "rules: rules # "},
		{"rules/views/allergy_intolerance.json", `"name": "criticality"`, `"name": "severity", "path": "reaction.first().severity", "type": "code"}, {"name": "criticality"`},
		{"rules/staging/stg_allergy_intolerances.sql", "criticality", "severity, criticality"},
		{"rules/share/allergies_candidates.sql", "records.criticality", "records.severity, records.criticality"},
		{"rules/share/allergies.yaml", "  - {name: criticality", "  - {name: severity, type: VARCHAR, kind: sensitive, nullable: true, meaning: \"mild, moderate or severe, of the first reaction.\"}\n  - {name: criticality"},
		{"agreement.yaml", "criticality", "severity, criticality"},
		{"rules/macros.sql", "create macro is_snomed_code(code) as", "create macro is_snomed_code(code) as false and"},
		{"rules/tests/int_scope.txtar", "1,false,died,1,", "1,false,died,2,"},
	} {
		w.editFile(t, edit[0], edit[1], edit[2])
	}
	if code := w.run("run", "--config", w.config(), "--as-at", asAt); code != exit.Quarantined {
		t.Fatalf("run ended with %d: %s", code, w.stderr)
	}
	informed := fmt.Sprint(w.query(t, fmt.Sprintf("select count(*) from read_parquet(%s)", w.trusted("direct-care", "accessible_information"))))
	if informed != "[[0]]" {
		t.Errorf("%s rows with a code that the council's macro refuses: macros.sql has no effect", informed)
	}
	columns := fmt.Sprint(w.query(t, fmt.Sprintf("select column_name from (describe select severity, criticality from read_parquet(%s))", w.trusted("direct-care", "allergies"))))
	if columns != "[[severity] [criticality]]" {
		t.Errorf("columns %s", columns)
	}
	if theirs, ours := w.manifest(t).Versions.Models, demo(t).manifest(t).Versions.Models; theirs == ours {
		t.Error("the manifest does not tell that the rules are others")
	}
}

// The council's unit cases run beside the shipped ones, with the council's macros, and without a lake or a source.
func TestCasesOfACouncil(t *testing.T) {
	t.Parallel()
	w := demo(t).copyOf(t)
	if err := os.RemoveAll(filepath.Join(w.folder, "sources")); err != nil {
		t.Fatal(err)
	}
	if code := w.run("rules", "copy", "--config", w.config(), "macros.sql", "tests/int_scope.txtar"); code != exit.Done {
		t.Fatalf("rules copy ended with %d: %s", code, w.stderr)
	}
	w.editFile(t, "careshare.yaml", "# rules: rules ", "rules: rules # ")
	models := []string{"test", "--config", w.config(), "int_scope", "accessible_information_candidates"}
	if code := w.run(models...); code != exit.Done || !strings.Contains(w.stdout, "of 2 models: 0 failed") {
		t.Errorf("equal copies: ended with %d: %s%s", code, w.stdout, w.stderr)
	}
	w.editFile(t, "rules/macros.sql", "create macro is_snomed_code(code) as", "create macro is_snomed_code(code) as false and")
	w.editFile(t, "rules/tests/int_scope.txtar", "1,false,died,1,", "1,false,died,2,")
	code := w.run(models...)
	if code != exit.ChecksFailed || !strings.Contains(w.stdout, "FAIL int_scope/died") || !strings.Contains(w.stdout, "FAIL accessible_information_candidates/") {
		t.Errorf("changed: ended with %d: %s%s", code, w.stdout, w.stderr)
	}
	if code := w.run("rules", "diff", "--config", w.config()); code != exit.Done || !strings.Contains(w.stdout, "+1,false,died,2,") || strings.Contains(w.stdout, "WARNING") {
		t.Errorf("diff ended with %d: %s%s", code, w.stdout, w.stderr)
	}
	mustWrite(t, filepath.Join(w.folder, "rules", "copied.csv"), []byte("path,shipped_sha256\nmacros.sql,0\ntests/int_scope.txtar,0\n"))
	w.run("rules", "diff", "--config", w.config())
	if !strings.Contains(w.stdout, "WARNING macros.sql: the shipped file has changed since it was copied") {
		t.Errorf("no warning of a shipped change: %s", w.stdout)
	}
}

// The tables that unit cases start from are those that the views make.
func TestSourcesOfCasesAreTheViews(t *testing.T) {
	t.Parallel()
	shipped, err := rules.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	views, err := ruletest.EmptySources(shipped)
	if err != nil {
		t.Fatal(err)
	}
	declared, err := sql.EmptySources(sql.Files, strings.NewReader(casestore.Contract()))
	if err != nil {
		t.Fatal(err)
	}
	var described []string
	for _, statements := range []string{declared, views} {
		db, err := sql.Open(t.Context(), sql.Options{Memory: "100MB", Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(statements); err != nil {
			t.Fatal(err)
		}
		var columns string
		if err := db.QueryRow(`select string_agg(table_name || '.' || column_name || ' ' || data_type, chr(10) order by table_name, ordinal_position)
			from information_schema.columns where table_schema = 'health'`).Scan(&columns); err != nil {
			t.Fatal(err)
		}
		described = append(described, columns)
	}
	made := strings.Split(described[1], "\n")
	for line := range strings.SplitSeq(described[0], "\n") { // some views serve no model
		if !slices.Contains(made, line) {
			t.Errorf("sql/tests/sources.sql declares %s; no view makes it", line)
		}
	}
}

// editFile changes every occurrence of a place in one of the world's files.
func (w world) editFile(t *testing.T, name, old, replacement string) {
	t.Helper()
	path := filepath.Join(w.folder, name)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), old) {
		t.Fatalf("%s has no %q", name, old)
	}
	mustWrite(t, path, []byte(strings.ReplaceAll(string(content), old, replacement)))
}
