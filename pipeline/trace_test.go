package pipeline

import (
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/pipeline/exit"
	"careshare/pipeline/flow"
)

// traced is a world with a trace inbox of its own, so that answers can be planted; nothing has run in it yet.
func traced(t *testing.T) world {
	t.Helper()
	w := demo(t).copyOf(t)
	w.edit(t, "folder: sources/trace ", "folder: trace ")
	if err := os.CopyFS(filepath.Join(w.folder, "trace"), os.DirFS(filepath.Join(w.folder, "sources", "trace"))); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) runAt(t *testing.T, at string) {
	t.Helper()
	if code := w.run("run", "--config", w.config(), "--as-at", at); code != exit.Quarantined && code != exit.Done {
		t.Fatalf("run ended with %d: %s", code, w.stderr)
	}
}

// asked is the newest request file, its lines by column name.
func (w world) asked(t *testing.T) (path string, lines []map[string]string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.folder, "outbox", "trace", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no request file: %v", err)
	}
	path = files[len(files)-1]
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		line := map[string]string{}
		for i, name := range rows[0] {
			line[name] = row[i]
		}
		lines = append(lines, line)
	}
	if strings.Join(rows[0], ",") != strings.Join(flow.TraceColumns[:], ",") {
		t.Errorf("header %v", rows[0])
	}
	return path, lines
}

// answer plants a response file in the inbox.
func (w world) answer(t *testing.T, name string, answers ...map[string]string) {
	t.Helper()
	w.answerIn(t, filepath.Join(w.folder, "trace", "inbox", name), answers...)
}

// answerIn writes a response file.
func (w world) answerIn(t testing.TB, path string, answers ...map[string]string) {
	t.Helper()
	columns := []string{"UNIQUE REFERENCE", "REQ_NHS_NUMBER", "FAMILY_NAME", "GIVEN_NAME", "OTHER_GIVEN_NAME", "GENDER", "DATE_OF_BIRTH",
		"DATE_OF_DEATH", "ADDRESS_LINE1", "ADDRESS_LINE2", "ADDRESS_LINE3", "ADDRESS_LINE4", "ADDRESS_LINE5", "POSTCODE",
		"GP_PRACTICE_CODE", "GP_REGISTRATION_DATE", "NHAIS_POSTING_ID", "AS_AT_DATE", "LOCAL_PATIENT_ID", "INTERNAL_ID",
		"TELEPHONE_NUMBER", "MOBILE_NUMBER", "EMAIL_ADDRESS", "SENSITIVITY_FLAG", "MPS_ID", "ERROR/SUCCESS_CODE", "MATCHED_NHS_NO",
		"MATCHED_ALGORITHM_INDICATOR", "MATCHED_CONFIDENCE_PERCENTAGE"}
	lines := [][]string{columns}
	for _, values := range answers {
		line := make([]string, len(columns))
		for i, column := range columns {
			line[i] = values[column]
		}
		lines = append(lines, line)
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := csv.NewWriter(file).WriteAll(lines); err != nil {
		t.Fatal(err)
	}
}

// number is what stands for a person: number, status, standing, method, reason.
func (w world) number(t *testing.T, person string) string {
	t.Helper()
	rows := w.query(t, fmt.Sprintf("select concat_ws(' ', coalesce(nhs_number, '-'), status, standing, method, reason) from read_parquet(%s) where person_id = %s",
		w.refined("int_nhs_numbers"), person))
	if len(rows) != 1 {
		t.Fatalf("%d rows of one person", len(rows))
	}
	return rows[0][0]
}

const (
	nextDay   = "2026-11-02T07:00:00Z"
	dayAfter  = "2026-11-03T07:00:00Z"
	yearAfter = "2027-12-01T07:00:00Z"
)

func TestTheTraceExchange(t *testing.T) {
	t.Parallel()
	w := traced(t)
	w.runAt(t, asAt)
	path, lines := w.asked(t)
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if len(lines) < 40 {
		t.Fatalf("only %d people asked about", len(lines))
	}
	seen := map[string]bool{}
	for _, line := range lines {
		if line["UNIQUE REFERENCE"] != line["LOCAL_PATIENT_ID"]+"-20261101" || seen[line["UNIQUE REFERENCE"]] {
			t.Error("a reference is not person and day, or stands twice")
		}
		seen[line["UNIQUE REFERENCE"]] = true
		if len(line["DATE_OF_BIRTH"]) != 8 || line["FAMILY_NAME"]+line["NHS_NO"] == "" || strings.Trim(line["GENDER"], "0129") != "" {
			t.Error("a line cannot be searched for")
		}
	}

	// six of them are answered, each in its way; a seventh person's answer was never asked for
	person := func(i int) string { return lines[i]["LOCAL_PATIENT_ID"] }
	unheld := -1
	var others []int
	for i, line := range lines {
		if line["NHS_NO"] == "" && unheld < 0 {
			unheld = i
		} else if line["NHS_NO"] == "" {
			others = append(others, i)
		}
	}
	if unheld < 0 || len(others) < 6 {
		t.Fatal("too few people without a number")
	}
	reply := func(i int, code, number string, more ...string) map[string]string {
		values := map[string]string{
			"UNIQUE REFERENCE": lines[i]["UNIQUE REFERENCE"], "LOCAL_PATIENT_ID": person(i), "AS_AT_DATE": "202611011900",
			"ERROR/SUCCESS_CODE": code, "MATCHED_NHS_NO": number,
		}
		for m := 0; m < len(more); m += 2 {
			values[more[m]] = more[m+1]
		}
		return values
	}
	const traced, wrongDigit, shared, unasked, sensitive = "9990000018", "9990000019", "9990000026", "9990000034", "9990000042"
	w.answer(t, "answers.csv",
		reply(unheld, "00", traced),
		reply(others[0], "00", wrongDigit),
		reply(others[1], "97", "9999999999"),
		reply(others[2], "98", "0000000000"),
		reply(others[3], "00", shared), reply(others[4], "00", shared),
		reply(others[5], "92", sensitive, "POSTCODE", "ZZ9 9ZZ", "ADDRESS_LINE1", "CANARY HOUSE", "SENSITIVITY_FLAG", "S"))
	w.answer(t, "the same under another name.csv",
		reply(unheld, "00", traced),
		reply(others[0], "00", wrongDigit),
		reply(others[1], "97", "9999999999"),
		reply(others[2], "98", "0000000000"),
		reply(others[3], "00", shared), reply(others[4], "00", shared),
		reply(others[5], "92", sensitive, "POSTCODE", "ZZ9 9ZZ", "ADDRESS_LINE1", "CANARY HOUSE", "SENSITIVITY_FLAG", "S"))
	w.answer(t, "unasked.csv", reply(unheld, "00", unasked, "UNIQUE REFERENCE", person(unheld)+"-20261102", "AS_AT_DATE", "202611020600"))
	w.answer(t, "stale.csv", reply(unheld, "00", unasked, "UNIQUE REFERENCE", person(unheld)+"-20260801", "AS_AT_DATE", "20260801"))
	w.runAt(t, nextDay)
	for what, c := range map[string]struct{ person, want string }{
		"traced":            {person(unheld), traced + " 01 traced traced trace_found"},
		"wrong check digit": {person(others[0]), "- 03 none none not_traced"},
		"both sentinels: 9": {person(others[1]), "- 04 none none multiple_matches"},
		"both sentinels: 0": {person(others[2]), "- 04 none none not_found"},
		"a shared number":   {person(others[3]), "- 05 conflict none number_of_two_people"},
		"and its other":     {person(others[4]), "- 05 conflict none number_of_two_people"},
		"sensitive":         {person(others[5]), sensitive + " 01 traced traced trace_found"},
	} {
		if got := w.number(t, c.person); got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
	w.refusedAndMerged(t)
	w.sensitiveIsKeptBack(t, person(others[5]), "ZZ9 9ZZ", "CANARY HOUSE")

	// the inbox is emptied: what was answered stays, nobody is asked about twice, and history only grows
	before := w.query(t, fmt.Sprintf("select * from read_parquet(%s) order by person_id, position", w.refined("nhs_number_decisions")))
	if err := os.RemoveAll(filepath.Join(w.folder, "trace", "inbox")); err != nil {
		t.Fatal(err)
	}
	w.runAt(t, dayAfter)
	if got := w.number(t, person(unheld)); got != traced+" 01 traced traced trace_found" {
		t.Errorf("after the inbox was emptied: %s", got)
	}
	after := w.query(t, fmt.Sprintf("select * from read_parquet(%s) where decided_at < timestamptz '%s' order by person_id, position", w.refined("nhs_number_decisions"), dayAfter))
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Error("history was changed")
	}
	report(t, "asked about twice", w.query(t, fmt.Sprintf("select person_id from read_parquet(%s) group by person_id having count(*) > 1", w.refined("trace_requests"))))
}

// refusedAndMerged: the answer that nobody asked for is refused and counted, the file that came twice is taken once, and
// an answer to what was asked before this lake counts but displaces nothing newer.
func (w world) refusedAndMerged(t *testing.T) {
	t.Helper()
	refused := w.query(t, fmt.Sprintf("select file, refused_as from read_parquet(%s) where file in ('unasked.csv', 'stale.csv')order by file", w.refined("trace_answers")))
	if fmt.Sprint(refused) != "[[stale.csv <nil>] [unasked.csv not_asked]]" {
		t.Errorf("refused %v", refused)
	}
	merged := w.query(t, fmt.Sprintf("select merged from read_parquet(%s) where stage = 'extract' and source = 'trace'", w.trusted("audit", "conservation")))
	if fmt.Sprint(merged) != "[[7]]" {
		t.Errorf("merged %v, want the seven lines of the copy", merged)
	}
}

// sensitiveIsKeptBack: nothing is shared about the person, and where they live stands in no file of the snapshot but the
// case store's own as pulled.
func (w world) sensitiveIsKeptBack(t *testing.T, person string, canaries ...string) {
	t.Helper()
	report(t, "shared of a sensitive person", w.query(t, fmt.Sprintf("select dataset from read_parquet(%s) where person_id = %s and decision = 'shared'", w.trusted("audit", "decisions"), person)))
	own := w.query(t, fmt.Sprintf("select distinct address from read_parquet('%s') where person_id = %s",
		filepath.Join(w.current(), "raw", "casestore", "dm_addresses", "*.parquet"), person))
	planted := canaries
	for _, address := range own {
		canaries = append(canaries, address[0])
	}
	for _, path := range filesUnder(t, w.current()+"/") {
		if !strings.HasSuffix(path, ".parquet") || strings.Contains(path, "/raw/casestore/") {
			continue
		}
		cells, looked := w.cells(t, path), canaries
		if strings.Contains(path, "/raw/") {
			looked = planted // another answer may be of the same household
		}
		for _, canary := range looked {
			for _, cell := range cells {
				if canary != "<nil>" && strings.Contains(cell, canary) {
					t.Errorf("%s says where a sensitive person lives", path)
				}
			}
		}
	}
}

func TestASensitivePersonIsTracedWithoutALocation(t *testing.T) {
	t.Parallel()
	w := traced(t)
	w.runAt(t, yearAfter) // every answer of the borough is older than a year
	_, lines := w.asked(t)
	sensitive := map[string]bool{}
	for _, row := range w.query(t, fmt.Sprintf("select person_id from read_parquet(%s) where is_sensitive", w.refined("int_nhs_numbers"))) {
		sensitive[row[0]] = true
	}
	found := 0
	for _, line := range lines {
		if sensitive[line["LOCAL_PATIENT_ID"]] {
			found++
			if line["POSTCODE"] != "" {
				t.Error("the trace service is told where a sensitive person lives")
			}
		}
	}
	if found == 0 {
		t.Error("no sensitive person was traced again: the test looked for nothing")
	}
}

// What a crash kept from the outbox is put there by the next start, once.
func TestARequestIsWrittenOnceWhateverHappens(t *testing.T) {
	t.Parallel()
	w := traced(t)
	outbox := filepath.Join(w.folder, "outbox", "trace")
	if err := os.Mkdir(filepath.Dir(outbox), 0o700); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, outbox, nil) // a file where the folder must be
	w.runAt(t, asAt)
	if !strings.Contains(w.stderr, "write trace request") {
		t.Errorf("no word of the request that could not be written: %s", w.stderr)
	}
	if err := os.Remove(outbox); err != nil {
		t.Fatal(err)
	}
	w.runAt(t, asAt)
	path, lines := w.asked(t)
	first := sum(t, path)
	w.runAt(t, asAt)
	files, _ := filepath.Glob(filepath.Join(outbox, "*"))
	if len(files) != 1 || sum(t, files[0]) != first || len(lines) < 40 {
		t.Errorf("%d request files, %d lines", len(files), len(lines))
	}
}

func sum(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(content))
}
