package trace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"careshare/extract"
	"careshare/extract/inbox"
	"careshare/extract/inbox/inboxtest"
)

// standard is the header of a response as the service documents it.
const standard = "UNIQUE REFERENCE,REQ_NHS_NUMBER,FAMILY_NAME,GIVEN_NAME,OTHER_GIVEN_NAME,GENDER,DATE_OF_BIRTH,DATE_OF_DEATH," +
	"ADDRESS_LINE1,ADDRESS_LINE2,ADDRESS_LINE3,ADDRESS_LINE4,ADDRESS_LINE5,POSTCODE,GP_PRACTICE_CODE,GP_REGISTRATION_DATE," +
	"NHAIS_POSTING_ID,AS_AT_DATE,LOCAL_PATIENT_ID,INTERNAL_ID,TELEPHONE_NUMBER,MOBILE_NUMBER,EMAIL_ADDRESS,SENSITIVITY_FLAG," +
	"MPS_ID,ERROR/SUCCESS_CODE,MATCHED_NHS_NO,MATCHED_ALGORITHM_INDICATOR,MATCHED_CONFIDENCE_PERCENTAGE"

// answer is a sound line under the standard header, and the values that a test gives in place of its own.
func answer(values map[string]string) string {
	sound := map[string]string{
		"UNIQUE REFERENCE": "12-20261001", "FAMILY_NAME": "EXAMPLE", "GENDER": "2", "DATE_OF_BIRTH": "19400229", "AS_AT_DATE": "20261001",
		"LOCAL_PATIENT_ID": "12", "ERROR/SUCCESS_CODE": "00", "MATCHED_NHS_NO": "9990000018", "MATCHED_CONFIDENCE_PERCENTAGE": "100",
	}
	names := strings.Split(standard, ",")
	fields := make([]string, len(names))
	for i, name := range names {
		fields[i] = sound[name]
		if value, given := values[name]; given {
			fields[i] = value
		}
	}
	return strings.Join(fields, ",")
}

type response struct {
	File       string     `parquet:"file,optional"`
	Line       int64      `parquet:"line,optional"`
	Reference  string     `parquet:"unique_reference,optional"`
	Family     string     `parquet:"family_name,optional"`
	Code       string     `parquet:"error_success_code,optional"`
	Meaning    string     `parquet:"code_meaning,optional"`
	Number     string     `parquet:"matched_nhs_no,optional"`
	Confidence *hundredth `parquet:"matched_confidence_percentage,optional,decimal(2:5)"`
}

// hundredth is a decimal(5,2) as Parquet keeps it: big-endian, in three bytes.
type hundredth [3]byte

func (h hundredth) String() string {
	return fmt.Sprint(int(h[0])<<16 | int(h[1])<<8 | int(h[2]))
}

func (r response) String() string {
	confidence := "none"
	if r.Confidence != nil {
		confidence = fmt.Sprint(*r.Confidence)
	}
	return fmt.Sprint(r.File, ":", r.Line, " ", r.Reference, " ", r.Family, " ", r.Code, " ", r.Meaning, " ", r.Number, " ", confidence)
}

func take(t testing.TB, files inboxtest.Files) (inboxtest.Result, extract.Table) {
	t.Helper()
	r := inboxtest.Read(t, files, func(folder, to string, quarantine *extract.Quarantine) ([]extract.Table, error) {
		return Read(t.Context(), inbox.Options{Folder: folder, To: to, Quarantine: quarantine})
	})
	return r, r.Tables["responses"]
}

func TestReadBindsByName(t *testing.T) {
	names := strings.Split(standard, ",")
	slices.Reverse(names)
	fields := strings.Split(answer(map[string]string{"ERROR/SUCCESS_CODE": "97", "MATCHED_NHS_NO": "9999999999", "MATCHED_CONFIDENCE_PERCENTAGE": ""}), ",")
	slices.Reverse(fields)
	extra := ",OTHER POSTCODE,ALGORITHMIC_TRACE_DOB_SCORE_PERC"
	r, table := take(t, inboxtest.Files{
		"inbox/a.csv": "\ufeff" + standard + "\r\n" + answer(nil) + "\r\n\r\n" + answer(map[string]string{"FAMILY_NAME": `"DE ""LA"", X"`, "MATCHED_CONFIDENCE_PERCENTAGE": "98.5"}),
		"inbox/b.CSV": strings.Join(names, ",") + extra + "\n" + strings.Join(fields, ",") + ",what,66.67\n",
		"readme.csv":  "not in the inbox",
	})
	if len(r.Rejects) != 0 || !slices.Equal(table.Extra, []string{"other_postcode"}) {
		t.Fatalf("rejects %+v, extra columns %q", r.Rejects, table.Extra)
	}
	inboxtest.Expect(t, inboxtest.Rows[response](t, table.Path),
		"a.csv:2 12-20261001 EXAMPLE 00 success 9990000018 10000",
		`a.csv:4 12-20261001 DE "LA", X 00 success 9990000018 9850`,
		"b.CSV:2 12-20261001 EXAMPLE 97 multiple close matches 9999999999 none")
	type scored struct {
		Score *hundredth `parquet:"algorithmic_trace_dob_score_perc,optional,decimal(2:5)"`
	}
	if scores := inboxtest.Rows[scored](t, table.Path); scores[0].Score != nil || scores[2].Score.String() != "6667" {
		t.Errorf("scores %v", scores)
	}
}

func TestAFileIsTakenOnceUnderWhateverName(t *testing.T) {
	text := standard + "\n" + answer(nil) + "\n" + answer(map[string]string{"UNIQUE REFERENCE": "13-20261001", "LOCAL_PATIENT_ID": "13"})
	r, table := take(t, inboxtest.Files{"inbox/a.csv": text, "inbox/copy of a.csv": "\ufeff" + text, "inbox/c.csv": text + "\n" + answer(nil)})
	if table.RowsIn != 7 || table.RowsOut != 5 || table.Merged != 2 || len(r.Rejects) != 0 {
		t.Errorf("%+v", table)
	}
	type hashed struct {
		SHA256 string `parquet:"file_sha256,optional"`
	}
	rows := inboxtest.Rows[hashed](t, table.Path)
	if len(rows[0].SHA256) != 64 || rows[0] != rows[1] || rows[0] == rows[2] {
		t.Errorf("hashes %v", rows)
	}
}

// Where a sensitive person lives goes no further than the file: not into the table, and not into the quarantine.
func TestASensitiveRecordLosesItsLocation(t *testing.T) {
	const canary = "CANARY"
	located := func(values map[string]string) string {
		for _, name := range []string{"ADDRESS_LINE1", "ADDRESS_LINE5", "POSTCODE", "GP_PRACTICE_CODE", "TELEPHONE_NUMBER", "MOBILE_NUMBER", "EMAIL_ADDRESS"} {
			values[name] = canary
		}
		return answer(values)
	}
	r, table := take(t, inboxtest.Files{"inbox/a.csv": strings.Join([]string{
		standard,
		located(map[string]string{"ERROR/SUCCESS_CODE": "92"}),
		located(map[string]string{"SENSITIVITY_FLAG": "S"}),
		located(map[string]string{"SENSITIVITY_FLAG": "0"}),
		located(map[string]string{"ERROR/SUCCESS_CODE": "92", "MATCHED_NHS_NO": ""}),
		located(map[string]string{"ERROR/SUCCESS_CODE": "92"}) + ",torn",
	}, "\n")})
	type place struct {
		Line1    string `parquet:"address_line1,optional"`
		Postcode string `parquet:"postcode,optional"`
		Mobile   string `parquet:"mobile_number,optional"`
	}
	rows := inboxtest.Rows[place](t, table.Path)
	if want := []place{{}, {}, {canary, canary, canary}}; !slices.Equal(rows, want) {
		t.Errorf("kept %v, want %v", rows, want)
	}
	for _, reject := range r.Rejects {
		if reject.Raw != "" {
			t.Errorf("the quarantine keeps the text of line %d", reject.Line)
		}
	}
	if len(r.Rejects) != 2 {
		t.Errorf("%d rejects", len(r.Rejects))
	}
}

func TestReadOfNothing(t *testing.T) {
	if r, table := take(t, nil); table.RowsIn != 0 || len(r.Rejects) != 0 {
		t.Errorf("%+v", table)
	}
}

func TestPlantedFaultsOfALine(t *testing.T) {
	with := func(name, value string) string { return answer(map[string]string{name: value}) }
	for name, c := range map[string]struct{ line, column, rule string }{
		"truncated":            {answer(nil)[:43], "", "17 fields, not 29"},
		"a field too many":     {answer(nil) + ",", "", "30 fields, not 29"},
		"open quote":           {with("FAMILY_NAME", `"EXAMPLE`), "", "quotes do not match"},
		"header repeated":      {standard, "", "header repeated"},
		"long line":            {with("FAMILY_NAME", strings.Repeat("X", maxLine)), "", "line over 16384 bytes"},
		"mis-encoded":          {with("FAMILY_NAME", "ZO\xcb"), "", "not UTF-8"},
		"NUL":                  {with("FAMILY_NAME", "\x00"), "", "NUL character"},
		"no reference":         {with("UNIQUE REFERENCE", " "), referenceColumn, "null in a required column"},
		"no code":              {with("ERROR/SUCCESS_CODE", ""), codeColumn, "null in a required column"},
		"unknown code":         {with("ERROR/SUCCESS_CODE", "99"), codeColumn, "unknown code"},
		"unknown gender":       {with("GENDER", "F"), "gender", "unknown code"},
		"bad date":             {with("DATE_OF_BIRTH", "19400230"), "date_of_birth", "not a date"},
		"written date":         {with("AS_AT_DATE", "2026-10-01"), "as_at_date", "not a date"},
		"bad number":           {with("MATCHED_NHS_NO", "999000001"), matchedColumn, "not ten digits"},
		"bad percentage":       {with("MATCHED_CONFIDENCE_PERCENTAGE", "high"), firstPercentage, "not a percentage"},
		"percentage over 100":  {with("MATCHED_CONFIDENCE_PERCENTAGE", "100.01"), firstPercentage, "not a percentage"},
		"percentage too fine":  {with("MATCHED_CONFIDENCE_PERCENTAGE", "1.234"), firstPercentage, "not a percentage"},
		"percentage cut off":   {with("MATCHED_CONFIDENCE_PERCENTAGE", "1."), firstPercentage, "not a percentage"},
		"refused row":          {with("ERROR/SUCCESS_CODE", "13"), codeColumn, "row refused by the trace service: invalid field format"},
		"match with no number": {with("MATCHED_NHS_NO", ""), matchedColumn, "a match without a number"},
		"match with none":      {with("MATCHED_NHS_NO", noMatch), matchedColumn, "a match without a number"},
		"match with many":      {with("MATCHED_NHS_NO", manyMatches), matchedColumn, "a match without a number"},
	} {
		t.Run(name, func(t *testing.T) {
			r, table := take(t, inboxtest.Files{"inbox/a.csv": strings.Join([]string{standard, answer(nil), c.line, answer(nil)}, "\n")})
			if len(r.Rejects) != 1 || table.RowsOut != 2 {
				t.Fatalf("%d rows taken, rejects %q", table.RowsOut, r.Rules())
			}
			got, raw := r.Rejects[0], c.line
			if c.column == "" {
				raw = "" // what cannot be split may hold where a protected person lives
			}
			if got.Line != 3 || got.Rule != c.rule || got.Column != c.column || got.Raw != raw {
				t.Errorf("got %+.200v, want line 3, %s, %s", got, c.column, c.rule)
			}
		})
	}
}

func TestPlantedFaultsOfAFile(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		rule string
	}{
		"empty":             {"", "a.csv:0 empty file"},
		"no data":           {standard + "\n", "a.csv:0 no line of data"},
		"missing column":    {strings.Replace(standard, "MATCHED_NHS_NO", "OTHER", 1) + "\n" + answer(nil), "a.csv:1 missing column"},
		"doubled header":    {standard + ",gender\n" + answer(nil) + ",", "a.csv:1 column named twice"},
		"broken header":     {`"` + standard + "\n" + answer(nil), "a.csv:1 quotes do not match"},
		"UTF-16":            {"\xfe\xff\x00U\x00N", "a.csv:0 not UTF-8"},
		"UTF-16, no mark":   {"U\x00N\x00I\x00", "a.csv:1 NUL character"},
		"header not UTF-8":  {standard + ",\xff\n" + answer(nil), "a.csv:1 not UTF-8"},
		"no header, a line": {answer(nil) + "\n" + answer(nil), "a.csv:1 column named twice"},
	} {
		t.Run(name, func(t *testing.T) {
			r, table := take(t, inboxtest.Files{"inbox/a.csv": c.text, "inbox/b.csv": standard + "\n" + answer(nil)})
			if got := strings.Join(r.Rules(), "; "); got != c.rule || table.RowsOut != 1 {
				t.Errorf("got %q and %d rows, want %q and the file beside it", got, table.RowsOut, c.rule)
			}
		})
	}
}

func TestAFileThatTheServiceRefused(t *testing.T) {
	r, table := take(t, inboxtest.Files{
		"inbox/a.csv": standard + "\n" + answer(nil) + "\n" + answer(map[string]string{"ERROR/SUCCESS_CODE": "04"}) + "\nshort\n",
		"inbox/b.csv": standard + "\n" + answer(nil),
	})
	want := []string{
		"a.csv:2 file refused by the trace service: record count mismatch",
		"a.csv:3 file refused by the trace service: record count mismatch", "a.csv:4 1 fields, not 29",
	}
	if !slices.Equal(r.Rules(), want) || table.RowsOut != 1 || r.Rejects[0].Key != "12-20261001" {
		t.Errorf("%d rows taken, rejects %q", table.RowsOut, r.Rules())
	}
}

func TestEveryCodeIsKnownByName(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range codes() {
		if seen[c.value] || c.meaning == "" {
			t.Errorf("code %s: twice, or without a meaning", c.value)
		}
		seen[c.value] = true
		matched := map[bool]string{true: "9990000018", false: noMatch}[c.isMatch]
		r, table := take(t, inboxtest.Files{"inbox/a.csv": standard + "\n" + answer(map[string]string{"ERROR/SUCCESS_CODE": c.value, "MATCHED_NHS_NO": matched})})
		isRow := slices.Contains([]string{"00", "15", "90", "91", "92", "96", "97", "98"}, c.value)
		if isRow != (table.RowsOut == 1) || isRow == (len(r.Rejects) == 1) {
			t.Errorf("code %s: %d rows, rejects %q", c.value, table.RowsOut, r.Rules())
		}
	}
	for _, code := range []string{"00", "90", "92"} {
		r, _ := take(t, inboxtest.Files{"inbox/a.csv": standard + "\n" + answer(map[string]string{"ERROR/SUCCESS_CODE": code, "MATCHED_NHS_NO": noMatch})})
		if !slices.Equal(r.Rules(), []string{"a.csv:2 a match without a number"}) {
			t.Errorf("code %s without a number: rejects %q", code, r.Rules())
		}
	}
	if len(seen) != 24 {
		t.Errorf("%d codes, want 24", len(seen))
	}
}

func TestDates(t *testing.T) {
	for value, want := range map[string]bool{
		"194002291230": true, "19400229": true, "194002": true, "1940": true,
		"194013": false, "19410229": false, "0000": false, "194": false, "194002292460": false, "1940-02": false,
	} {
		if isDate(value) != want {
			t.Errorf("isDate(%q) = %v", value, !want)
		}
	}
}

func TestReadStops(t *testing.T) {
	if _, err := Read(t.Context(), inbox.Options{}); err == nil {
		t.Error("options without a folder were taken")
	}
	folder, to := t.TempDir(), t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "inbox"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "inbox", "a.csv"), []byte(standard+"\n"+answer(nil)), 0o600); err != nil {
		t.Fatal(err)
	}
	quarantine, err := extract.OpenQuarantine(filepath.Join(to, "q.parquet"), true)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, inbox.Options{Folder: folder, To: to, Quarantine: quarantine}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled read returned %v", err)
	}
}

// FuzzRead sees that no file brings the reader down, and that every line is either a row or a reject.
func FuzzRead(f *testing.F) {
	f.Add([]byte(standard + "\n" + answer(nil) + "\n" + answer(map[string]string{"FAMILY_NAME": `"A,""B"`})))
	f.Add([]byte(standard + "\n" + answer(map[string]string{"ERROR/SUCCESS_CODE": "04"}) + "\n\xff,\n"))
	quarantine, err := extract.OpenQuarantine(filepath.Join(f.TempDir(), "q.parquet"), true)
	if err != nil {
		f.Fatal(err)
	}
	table, err := inbox.Create(f.TempDir(), "trace", "responses", quarantine, tableColumns()...)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		open := func() *io.SectionReader { return io.NewSectionReader(bytes.NewReader(text), 0, int64(len(text))) }
		var fault inbox.Fault
		if err := read(t.Context(), answers{name: "f.csv"}, open, table); err != nil && !errors.As(err, &fault) {
			t.Errorf("an error that is no fault: %v", err)
		}
		table.Drop()
	})
}
