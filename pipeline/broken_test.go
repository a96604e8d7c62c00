package pipeline

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"careshare/pipeline/borough"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
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
	makeBorough(t, borough.Options{AsAt: borough.DefaultAsAt(), People: 300, Seed: 1, To: sources, CaseStore: "csv", Errors: true})
	if _, err := config.WriteTemplates(w.folder); err != nil {
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
	questions := filepath.Join(sources, "case_store", "dm_cached_form_questions.csv") // without its decision question nothing runs
	mustWrite(t, questions, append(mustRead(t, questions), "99999901,consent_decision\n"...))
	w.mustRun(t, exit.Quarantined, "run", "--as-at", asAt)
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

// half is what a connection that broke left of a file.
func half(content []byte) []byte { return content[:len(content)/2] }

// inRow cuts a table off in its middle, behind the first letters of a row.
func inRow(content []byte) []byte { return content[:bytes.LastIndexByte(half(content), '\n')+30] }

// inZip changes what a file holds under its gzip.
func inZip(change func(string) string) func([]byte) []byte {
	return func(content []byte) []byte {
		reader, err := gzip.NewReader(bytes.NewReader(content))
		if err != nil {
			panic(err)
		}
		plain, err := io.ReadAll(reader)
		if err != nil {
			panic(err)
		}
		var zipped bytes.Buffer
		writer := gzip.NewWriter(&zipped)
		_, err = io.WriteString(writer, change(string(plain)))
		if err = errors.Join(err, writer.Close()); err != nil {
			panic(err)
		}
		return zipped.Bytes()
	}
}

func replacing(old, with string, times int) func(string) string {
	return func(content string) string { return strings.Replace(content, old, with, times) }
}

// ownSources is a council that has published, with sources of its own to damage.
func ownSources(t *testing.T) world {
	t.Helper()
	w := published(t)
	sources := filepath.Join(w.folder, "sources")
	if err := os.Remove(sources); err != nil { // a link to those that all tests read
		t.Fatal(err)
	}
	if err := os.CopyFS(sources, os.DirFS(filepath.Join(demo(t).folder, "sources"))); err != nil {
		t.Fatal(err)
	}
	return w
}

// What came in parts, as another thing than its name says, or not at all stops the run, and the message says which file and why.
func TestAFeedThatIsNotWholeStopsTheRun(t *testing.T) {
	t.Parallel()
	w := ownSources(t)
	const visits, answers = "health/community/Encounter.0.ndjson.gz", "trace/inbox/trace-response-20261031-001.csv"
	for name, c := range map[string]struct {
		file   string
		damage func([]byte) []byte
		code   int
		words  string
	}{
		"gzip cut off":                {visits, half, exit.Failed, "Encounter.0.ndjson.gz: unexpected EOF"},
		"another resource type":       {visits, inZip(replacing(`"resourceType":"Encounter"`, `"resourceType":"Observation"`, -1)), exit.ChecksFailed, "in encounter.resourceType of Encounter.0.ndjson.gz (another resource type)"},
		"answers with another header": {answers, func(b []byte) []byte { return bytes.Replace(b, []byte("MATCHED_NHS_NO"), []byte("NHS_NO"), 1) }, exit.ChecksFailed, "1 in responses.matched_nhs_no of trace-response-20261031-001.csv (missing column)"},
	} {
		path := filepath.Join(w.folder, "sources", c.file)
		whole := mustRead(t, path)
		mustWrite(t, path, c.damage(whole))
		if code := w.run("run", "--config", w.config(), "--as-at", asAt); code != c.code || !strings.Contains(w.stderr, c.words) {
			t.Errorf("%s: ended with %d, want %d and %q: %s", name, code, c.code, c.words, w.stderr)
		}
		mustWrite(t, path, whole)
	}
	c := council{world: w, t: t}
	c.enter("update dm_cached_form_questions set question_user_code = 'sharing_decision' where question_user_code = 'consent_decision'")
	c.mustFail(t, exit.ChecksFailed, "consent_question_missing: 1 bad row; look up missing_question=consent_decision")
	c.enter("insert into dm_cached_form_questions (mapping_id, question_user_code) values (99999901, 'consent_decision')")
	if code := w.run("run", "--config", w.config(), "--as-at", asAt); code != exit.ChecksFailed || !strings.Contains(w.stderr, "refusals are gone since the last snapshot: audit.consent_refusals had") {
		t.Errorf("refusals that are not understood: ended with %d: %s", code, w.stderr)
	}
	c.enter("delete from dm_cached_form_answers") // as while they are loaded anew: no refusal is among them
	w.mustFail(t, exit.ChecksFailed, "casestore.dm_cached_form_answers had")
}

// A line that cannot be read costs itself and no more, and is named in the quarantine; who asked of the opt-out and got half a
// reply is told.
func TestALineThatIsNotWholeCostsItself(t *testing.T) {
	t.Parallel()
	w := ownSources(t)
	w.edit(t, "threshold_percent: 1 ", "threshold_percent: 5 ")
	for file, damage := range map[string]func([]byte) []byte{
		"health/community/Patient.0.ndjson.gz":        inZip(replacing(`"family":"`, "\"family\":\"Canary\xe9", 1)), // Latin-1
		"health/community/Encounter.0.ndjson.gz":      inZip(replacing(`"resourceType":"Encounter"`, `"resourceType":"Observation"`, 1)),
		"trace/inbox/trace-response-20261031-001.csv": inRow,
		"opt_out/8HQ50OT001-311026-0001.reply.dat":    half,
	} {
		path := filepath.Join(w.folder, "sources", file)
		mustWrite(t, path, damage(mustRead(t, path)))
	}
	mustWrite(t, filepath.Join(w.folder, "sources/trace/inbox/request.csv"), []byte("UNIQUE REFERENCE,NHS_NO\n1000001-20261101,Canary\n"))
	w.mustRun(t, exit.Quarantined, "run", "--as-at", asAt)
	if !strings.Contains(w.stdout+w.stderr, "warning: opt_out_replies_missing: 1 row") {
		t.Errorf("half a reply of the opt-out is not told: %s", w.stdout+w.stderr)
	}
	if strings.Contains(w.stdout+w.stderr+strings.Join(filesUnder(t, w.lake()), "\n"), "Canary") {
		t.Error("what stood in a damaged line is said")
	}
	for _, want := range []string{
		"health-community patient Patient.0.ndjson.gz null not UTF-8", "health-community encounter Encounter.0.ndjson.gz resourceType another resource type",
		"trace responses request.csv", "trace responses trace-response-20261031-001.csv", "optout",
	} {
		w.atLeast(t, 1, fmt.Sprintf("select count(*) from read_parquet('%s') where concat_ws(' ', source, table_name, file, coalesce(column_name, 'null'), rule) like '%s%%'",
			filepath.Join(w.current(), "quarantine", "*", "part-0.parquet"), want))
	}
	w.mustStillServe(t)
}
