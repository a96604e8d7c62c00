package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A council adds a field by editing its own copy of view, models, contract and agreement; no Go is touched. These are the
// edits that the README shows.
func TestAddingAField(t *testing.T) {
	t.Parallel()
	w := demo(t).copyOf(t)
	rules := world{folder: t.TempDir()}
	if code := rules.run("init", "--to", rules.folder, "--rules"); code != exitDone {
		t.Fatalf("init ended with %d: %s", code, rules.stderr)
	}
	if err := os.Rename(filepath.Join(rules.folder, "rules"), filepath.Join(w.folder, "rules")); err != nil {
		t.Fatal(err)
	}
	for _, edit := range [][3]string{
		{"careshare.yaml", "# rules: rules ", "rules: rules # "},
		{"rules/views/allergy_intolerance.json", `"name": "criticality"`, `"name": "severity", "path": "reaction.first().severity", "type": "code"}, {"name": "criticality"`},
		{"rules/staging/stg_allergy_intolerances.sql", "criticality", "severity, criticality"},
		{"rules/share/int_allergies_rows.sql", "records.criticality", "records.severity, records.criticality"},
		{"rules/share/allergies.sql", "records.criticality", "records.severity, records.criticality"},
		{"rules/share/allergies.yaml", "  - {name: criticality", "  - {name: severity, type: VARCHAR, nullable: true, meaning: \"mild, moderate or severe, of the first reaction.\"}\n  - {name: criticality"},
		{"agreement.yaml", "criticality", "severity, criticality"},
	} {
		w.editFile(t, edit[0], edit[1], edit[2])
	}
	if code := w.run("run", "--config", w.config(), "--as-at", asAt); code != exitQuarantined {
		t.Fatalf("run ended with %d: %s", code, w.stderr)
	}
	columns := fmt.Sprint(w.query(t, fmt.Sprintf("select column_name from (describe select severity, criticality from read_parquet(%s))", w.trusted("direct-care", "allergies"))))
	if columns != "[[severity] [criticality]]" {
		t.Errorf("columns %s", columns)
	}
	if theirs, ours := w.manifest(t).Versions.Models, demo(t).manifest(t).Versions.Models; theirs == ours {
		t.Error("the manifest does not tell that the rules are others")
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
