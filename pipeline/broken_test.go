package pipeline

import (
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"careshare/extract/borough"
)

// misplaced are values that no column expects, each with a canary in it.
var misplaced = [...]string{"Canary", `=cmd|"/c calc"!Canary`, "<b>Canary</b>", "\u202eCanary\u202c", "Canary\x00y", "9999-99-99 Canary", `"Canary`, "Canary\nCanary", "\xffCanary"}

// writtenTwice are the tables whose rows have no id of their own, so that nothing keeps one from standing there twice.
var writtenTwice = []string{"dm_cla_summaries", "dm_former_looked_after", "dm_placement_carer_addresses", "dm_registration_categories", "dm_service_user_groups",
	"dm_step_source_details", "dm_subgroup_subjects", "dm_workflow_forwards"}

// Whatever stands in the wrong place of the case store, in every column but the keys, is in no word, log, manifest or file's name;
// and neither that nor a row that stands there twice stops a run.
func TestBrokenSourcesSayNothing(t *testing.T) {
	t.Parallel()
	w := world{folder: t.TempDir()}
	sources := filepath.Join(w.folder, "sources")
	if err := borough.Make(t.Context(), borough.Options{AsAt: borough.DefaultAsAt(), People: 300, Seed: 1, To: sources, CaseStore: "csv", Errors: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := writeTemplates(w.folder); err != nil {
		t.Fatal(err)
	}
	for old, replacement := range map[string]string{"kind: duckdb": "kind: csv", "case_store.duckdb": "case_store", "threshold_percent: 1 ": "threshold_percent: 80 "} {
		w.editFile(t, "careshare.yaml", old, replacement)
	}
	tables, err := filepath.Glob(filepath.Join(sources, "case_store", "*.csv"))
	if err != nil || len(tables) < 30 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	for _, table := range tables {
		misplace(t, table)
	}
	for _, name := range writtenTwice {
		path := filepath.Join(sources, "case_store", name+".csv")
		lines := strings.SplitAfter(string(mustRead(t, path)), "\n")
		mustWrite(t, path, []byte(strings.Join(lines, "")+lines[1]))
	}
	w.mustRun(t, exitQuarantined, "run", "--as-at", asAt)
	if !strings.Contains(w.stdout+w.stderr, "case_store_rows_written_twice: 5 rows") {
		t.Errorf("rows that stand twice are not told: %s", w.stderr)
	}
	said := w.stdout + w.stderr + string(mustRead(t, filepath.Join(w.lake(), "audit", "log.ndjson"))) +
		string(mustRead(t, filepath.Join(w.current(), "manifest.json"))) + strings.Join(filesUnder(t, w.lake()), "\n")
	if at := strings.Index(said, "Canary"); at >= 0 {
		t.Errorf("said: %.200q", said[max(0, at-100):])
	}
	w.atLeast(t, 40, fmt.Sprintf("select count(*) from read_parquet('%s') where raw like '%%Canary%%'",
		filepath.Join(w.current(), "quarantine", "casestore", "part-0.parquet")))
}

// misplace puts one of the values into each column of a CSV file but those that hold keys, each in a row of its own.
func misplace(t *testing.T, path string) {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(string(mustRead(t, path)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for j, column := range lines[0] {
		if isKey := j == 0 || strings.HasSuffix(column, "_id") || column == "answer_num" || column == "subgroup_instance"; isKey || len(lines) < 3*len(lines[0]) {
			continue
		}
		row := slices.Clone(lines[1+3*j])
		row[j] = misplaced[j%len(misplaced)]
		lines[1+3*j] = row
	}
	var written strings.Builder
	if err := csv.NewWriter(&written).WriteAll(lines); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, path, []byte(written.String()))
}
