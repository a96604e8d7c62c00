package fhir_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"careshare/extract/fhir"
)

func viewNamed(t testing.TB, name string) fhir.View {
	t.Helper()
	for _, v := range shipped(t) {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("no view %s", name)
	return fhir.View{}
}

func write(t testing.TB, folder, name, content string) {
	t.Helper()
	data := []byte(content)
	if strings.HasSuffix(name, ".gz") {
		var b bytes.Buffer
		gz := gzip.NewWriter(&b)
		gz.Write(data)
		gz.Close()
		data = b.Bytes()
	}
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

type reject struct {
	Source string `parquet:"source"`
	Table  string `parquet:"table_name"`
	File   string `parquet:"file"`
	Line   int64  `parquet:"line"`
	Key    string `parquet:"key,optional"`
	Column string `parquet:"column_name,optional"`
	Rule   string `parquet:"rule"`
}

func rejects(t testing.TB, to string) []reject {
	t.Helper()
	rows, err := parquet.ReadFile[reject](filepath.Join(to, "quarantine.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func ids(t testing.TB, path string) (all []string) {
	t.Helper()
	rows, err := parquet.ReadFile[struct {
		ID string `parquet:"id,optional"`
	}](path)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		all = append(all, r.ID)
	}
	return all
}

// condition is a sound line with that id and what else is given.
func condition(id, more string) string {
	return fmt.Sprintf(`{"resourceType":"Condition","id":%q,"meta":{"lastUpdated":"2026-01-01T00:00:00Z"},"subject":{"reference":"Patient/p"}%s}`, id, more)
}

func TestBadLinesAreIsolated(t *testing.T) {
	bad := []struct{ line, key, column, rule string }{
		{`{"resourceType":"Condition","id":"x","su`, "", "", "not JSON"},
		{`<html>502</html>`, "", "", "not JSON"},
		{`{"resourceType":"Condition","id":"x"} {"resourceType":"Condition","id":"y"}`, "", "", "not JSON"},
		{`{"resourceType":"Condition","id":"x","note":"\ud800"}`, "", "", "not JSON"},
		{"{\"resourceType\":\"Condition\",\"id\":\"x\",\"note\":\"\xff\"}", "", "", "not JSON"},
		{condition("x", `,"note":`+strings.Repeat("[", 200)+strings.Repeat("]", 200)), "", "", "nested deeper than 128 levels"},
		{condition("x", `,"note":"`+strings.Repeat("n", 17<<20)+`"`), "", "", "line longer than 16 MiB"},
		{`[1,2]`, "", "", "not an object"},
		{`17`, "", "", "not an object"},
		{`null`, "", "", "not an object"},
		{`{"resourceType":"Observation","id":"o"}`, "o", "resourceType", "another resource type"},
		{`{"id":"o"}`, "o", "resourceType", "another resource type"},
		{`{"resourceType":"Condition","subject":{}}`, "", "id", "null in a required column"},
		{`{"resourceType":"Condition","id":{"v":1}}`, "", "id", "not text"},
		{`{"resourceType":"Condition","id":"m","meta":"1"}`, "m", "meta", "not an object"},
		{condition("a", `,"code":[{"text":"a"}]`), "a", "code", "more than one value where one is allowed"},
		{condition("b", `,"category":{"text":"b"}`), "b", "category", "not an array"},
		{condition("c", `,"code":{"coding":[{"code":["1"]}]}`), "c", "code.coding.code", "more than one value where one is allowed"},
		{condition("d", `,"recordedDate":"last Tuesday"`), "d", "recordedDate", "not a date"},
		{condition("e", `,"recordedDate":20260101`), "e", "recordedDate", "not a date"},
		{condition("f", `,"recordedDate":"2026-13-41"`), "f", "recorded_at", "not a date"},
		{condition("g", `,"id":"h"`), "h", "id", "given twice"},
	}
	for _, name := range []string{"Condition.0.ndjson", "Condition.0.ndjson.gz"} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			content, want := condition("first", "")+"\r\n\n", []reject{}
			for i, b := range bad {
				content += b.line + "\n" + condition(fmt.Sprintf("good%02d", i), "") + "\n"
				want = append(want, reject{"health", "condition", name, int64(3 + 2*i), b.key, b.column, b.rule})
			}
			write(t, folder, name, content+condition("last", ""))
			write(t, folder, "Condition.1.ndjson", condition("other", "")+"\n")
			tables, _, to, err := readFolder(t, folder, viewNamed(t, "condition"))
			if err != nil {
				t.Fatal(err)
			}
			got := rejects(t, to)
			for i := range want {
				if i >= len(got) || got[i] != want[i] {
					found := reject{}
					for _, g := range got {
						if g.Line == want[i].Line {
							found = g
						}
					}
					if found != want[i] {
						t.Errorf("%.60s: got %+v, want %+v", bad[i].line, found, want[i])
					}
				}
			}
			table := tables["condition"]
			lines := int64(2*len(bad) + 3)
			if len(got) != len(bad) || table.RowsIn != lines || table.Quarantined != int64(len(bad)) || table.RowsOut != lines-int64(len(bad)) || table.Merged != 0 {
				t.Errorf("%d rejects, %+v", len(got), table)
			}
			if all := ids(t, table.Path); all[0] != "first" || all[len(all)-2] != "last" || all[len(all)-1] != "other" {
				t.Errorf("ids in the order %v", all)
			}
		})
	}
}

// Two patients in one appointment cannot be one patient_id.
func TestSecondValueIsQuarantined(t *testing.T) {
	folder := t.TempDir()
	appointment := func(id string, actors ...string) string {
		return fmt.Sprintf(`{"resourceType":"Appointment","id":%q,"participant":[{"actor":{"reference":"%s"}}]}`, id, strings.Join(actors, `"}},{"actor":{"reference":"`)) + "\n"
	}
	write(t, folder, "Appointment.ndjson", appointment("a", "Patient/1", "Practitioner/2")+appointment("b", "Patient/1", "Patient/2")+appointment("c", "Practitioner/2"))
	tables, db, to, err := readFolder(t, folder, viewNamed(t, "appointment"))
	if err != nil {
		t.Fatal(err)
	}
	want := []reject{{"health", "appointment", "Appointment.ndjson", 2, "b", "patient_id", "more than one value where one is allowed"}}
	if got := rejects(t, to); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	rows, err := query(db, "select sender, id, patient_id from '"+tables["appointment"].Path+"'")
	if err != nil || fmt.Sprint(rows) != "[[hospital a 1] [hospital c <nil>]]" {
		t.Errorf("%v, %v", rows, err)
	}
}

// What looks like JSON in a text makes the file be read line by line, and is kept; an object in its place is not.
func TestTextThatLooksLikeJSON(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "Condition.ndjson", condition("a", `,"code":{"text":"[1] of [2]"}`)+"\n"+condition("b", `,"code":{"text":{"x":1}}`)+"\n"+condition("c", `,"code":{"text":"{\"x\":1}"}`)+"\n"+condition("d", `,"code":{"text":"[D]Pain"}`))
	tables, db, to, err := readFolder(t, folder, viewNamed(t, "condition"))
	if err != nil {
		t.Fatal(err)
	}
	if got := rejects(t, to); len(got) != 1 || got[0].Line != 2 || got[0].Column != "code.text" || got[0].Rule != "not text" {
		t.Errorf("%+v", got)
	}
	rows, err := query(db, "select id, display from '"+tables["condition"].Path+"'")
	if err != nil || fmt.Sprint(rows) != `[[a [1] of [2]] [c {"x":1}] [d [D]Pain]]` {
		t.Errorf("%v, %v", rows, err)
	}
}

// The fast reading and the one line by line give the same rows.
func TestBothReadingsAgree(t *testing.T) {
	synthea := sharedData(t, "synthea")
	if synthea == "" {
		t.Skip("no synthea data")
	}
	for _, v := range shipped(t) {
		if _, err := os.Stat(filepath.Join(synthea, v.Resource+".ndjson.gz")); err != nil {
			continue
		}
		all := gunzip(t, filepath.Join(synthea, v.Resource+".ndjson.gz"))
		sound, broken := t.TempDir(), t.TempDir()
		write(t, sound, v.Resource+".ndjson", all)
		write(t, broken, v.Resource+".ndjson", all+"\n{\n")
		fast, _, _, err := readFolder(t, sound, v)
		if err != nil {
			t.Fatal(err)
		}
		slow, _, _, err := readFolder(t, broken, v)
		if err != nil {
			t.Fatal(err)
		}
		a, b := fast[v.Name], slow[v.Name]
		if b.RowsIn != a.RowsIn+1 || b.Quarantined != 1 || b.RowsOut != a.RowsOut {
			t.Errorf("%s: fast %+v, slow %+v", v.Name, a, b)
		}
		db := openEngine(t, filepath.Dir(a.Path), filepath.Dir(b.Path))
		rows, err := query(db, fmt.Sprintf("(select * from '%[1]s' except select * from '%[2]s') union all (select * from '%[2]s' except select * from '%[1]s')", a.Path, b.Path))
		if err != nil || len(rows) != 0 {
			t.Errorf("%s: %d rows differ, %v", v.Name, len(rows), err)
		}
	}
}

// A byte changed anywhere in a line costs at most that line.
func TestChangedBytes(t *testing.T) {
	synthea := sharedData(t, "synthea")
	if synthea == "" {
		t.Skip("no synthea data")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"patient", "medication_request", "encounter"} {
		v := viewNamed(t, name)
		lines := strings.SplitAfter(gunzip(t, filepath.Join(synthea, v.Resource+".ndjson.gz")), "\n")[:400]
		for i := range lines {
			line := []byte(lines[i])
			for range 1 + i%3 {
				line[rng.IntN(len(line)-1)] = `{}[]",:0e\tfn u1`[rng.IntN(16)]
			}
			lines[i] = string(line)
		}
		folder := t.TempDir()
		write(t, folder, v.Resource+".ndjson", strings.Join(lines, ""))
		tables, _, to, err := readFolder(t, folder, v)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		table := tables[name]
		if table.RowsIn != 400 || table.RowsIn != table.RowsOut+table.Quarantined+table.Merged || table.Quarantined != int64(len(rejects(t, to))) {
			t.Errorf("%s: %+v", name, table)
		}
	}
}

func TestNewestWinsAndDeletedGo(t *testing.T) {
	version := func(id, at, code string) string {
		return fmt.Sprintf(`{"resourceType":"Condition","id":%q,"meta":{"lastUpdated":%s},"code":{"text":%q}}`+"\n", id, at, code)
	}
	folder := t.TempDir()
	write(t, folder, "a.ndjson", version("1", `"2026-01-02T00:00:00Z"`, "new")+version("2", `"2026-01-01T00:00:00Z"`, "old")+version("3", `"2026-01-01T00:00:00Z"`, "first")+version("4", "null", "none")+version("5", `"2026-01-01T00:00:00Z"`, "gone"))
	write(t, folder, "b.ndjson.gz", version("1", `"2026-01-01T23:00:00-02:00"`, "newest, by its offset")+version("2", `"2026-01-03T00:00:00Z"`, "new")+version("3", `"2026-01-01T00:00:00Z"`, "last of equals")+version("4", `"2020-01-01T00:00:00Z"`, "some")+version("6", `"2026-01-01T00:00:00Z"`, "once"))
	write(t, folder, "gone.ndjson", `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Condition/5"}},{"request":{"method":"DELETE","url":"Patient/6"}},{"request":{"method":"DELETE","url":"Condition/never"}}]}`+"\n")
	write(t, folder, "unlisted.ndjson", "not read")
	write(t, folder, "manifest.json", `{"output":[{"type":"Condition","url":"https://example.org/out/a.ndjson?sig=x","count":5},{"type":"Condition","url":"b.ndjson.gz","count":5}],"deleted":[{"type":"Bundle","url":"gone.ndjson","count":1}],"error":[]}`)
	tables, db, _, err := readFolder(t, folder, viewNamed(t, "condition"))
	if err != nil {
		t.Fatal(err)
	}
	table := tables["condition"]
	if table.RowsIn != 10 || table.RowsOut != 5 || table.Merged != 5 || table.Quarantined != 0 {
		t.Errorf("%+v", table)
	}
	rows, err := query(db, "select id, display from '"+table.Path+"'")
	if want := "[[1 newest, by its offset] [2 new] [3 last of equals] [4 some] [6 once]]"; err != nil || fmt.Sprint(rows) != want {
		t.Errorf("%v, %v; want %s", rows, err, want)
	}
}

func TestReadRefuses(t *testing.T) {
	one := condition("1", "") + "\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a listed file that is missing":  {map[string]string{"manifest.json": `{"output":[{"type":"Condition","url":"x/lost.ndjson"}]}`}, "lists lost.ndjson, which is not in the folder"},
		"a way out of the folder":        {map[string]string{"manifest.json": `{"output":[{"type":"Condition","url":"../../etc/passwd"}]}`}, "lists passwd, which is not in the folder"},
		"a manifest that is no JSON":     {map[string]string{"manifest.json": `{"output":`}, "manifest.json"},
		"fewer lines than are counted":   {map[string]string{"a.ndjson": one, "b.ndjson": one + one, "manifest.json": `{"output":[{"type":"Condition","url":"a.ndjson","count":1},{"type":"Condition","url":"b.ndjson","count":3}]}`}, "b.ndjson holds 3 resources, and it has 2 lines"},
		"more lines than are counted":    {map[string]string{"a.ndjson": one + one, "manifest.json": `{"output":[{"type":"Condition","url":"a.ndjson","count":1}]}`}, "a.ndjson holds 1 resources, and it has 2 lines"},
		"fewer, with a broken line":      {map[string]string{"a.ndjson": one + "{", "manifest.json": `{"output":[{"type":"Condition","url":"a.ndjson","count":3}]}`}, "a.ndjson holds 3 resources, and it has 2 lines"},
		"a deletion that cannot be read": {map[string]string{"a.ndjson": one, "d.ndjson": `{"resourceType":"Bundle","type":"batch"}`, "manifest.json": `{"output":[],"deleted":[{"type":"Bundle","url":"d.ndjson"}]}`}, "d.ndjson: line 1: not a Bundle of type transaction"},
		"a deleted entry of no resource": {map[string]string{"d.ndjson": `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PUT","url":"Condition/1"}}]}`, "manifest.json": `{"deleted":[{"url":"d.ndjson"}]}`}, "d.ndjson: line 1: an entry that is not DELETE Type/id"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for name, content := range c.files {
				write(t, folder, name, content)
			}
			_, _, to, err := readFolder(t, folder, viewNamed(t, "condition"))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "hospital") {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if left, _ := filepath.Glob(filepath.Join(to, "*condition*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestTruncatedGzipIsRefused(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "Condition.ndjson.gz", strings.Repeat(condition("1", "")+"\n", 5000))
	path := filepath.Join(folder, "Condition.ndjson.gz")
	data, _ := os.ReadFile(path)
	for _, cut := range []int{1, 8, 20, len(data) / 2, len(data) - 4, len(data)} {
		if err := os.WriteFile(path, data[:len(data)-cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := readFolder(t, folder, viewNamed(t, "condition")); err == nil || !strings.Contains(err.Error(), "Condition.ndjson.gz") {
			t.Errorf("%d bytes cut off: error %v", cut, err)
		}
	}
}

// An absent type gives an empty table with the same columns, and neither the number of threads nor the time changes a byte.
func TestSameBytes(t *testing.T) {
	synthea := sharedData(t, "synthea")
	if synthea == "" {
		t.Skip("no synthea data")
	}
	var want map[string][]byte
	for range 2 {
		tables, _, _, err := readFolder(t, synthea, shipped(t)...)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]byte{}
		for name, table := range tables {
			got[name], _ = os.ReadFile(table.Path)
		}
		if want == nil {
			want = got
		}
		for name := range want {
			if !bytes.Equal(got[name], want[name]) {
				t.Errorf("%s: other bytes", name)
			}
		}
	}
}

func TestErrorsHoldNoValues(t *testing.T) {
	folder, out := t.TempDir(), t.TempDir()
	write(t, folder, "Condition.ndjson", condition("canary-id", `,"recordedDate":"canary-date"`)+"\n")
	db := openEngine(t, folder, out)
	_, err := fhir.Flatten(context.Background(), db, viewNamed(t, "condition"), folder, filepath.Join(out, "c.parquet"))
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("error %v", err)
	}
	if left, _ := os.ReadDir(out); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFlatten(t *testing.T) {
	folder, out := t.TempDir(), t.TempDir()
	write(t, folder, "Condition.0.ndjson", condition("1", "")+"\n")
	write(t, folder, "Condition.1.ndjson.gz", condition("2", `,"onsetDateTime":"2012"`)+"\n")
	db := openEngine(t, folder, out)
	for name, want := range map[string]string{"c.csv": "2,2026-01-01 00:00:00+00,p,,,,,,,2012-01-01 00:00:00+00,2012,", "c.ndjson": `"onset_written":"2012"`, "c.parquet": "PAR1"} {
		rows, err := fhir.Flatten(context.Background(), db, viewNamed(t, "condition"), folder, filepath.Join(out, name))
		data, _ := os.ReadFile(filepath.Join(out, name))
		if err != nil || rows != 2 || !strings.Contains(string(data), want) {
			t.Errorf("%s: %d rows, %v, %.400s", name, rows, err, data)
		}
	}
	if rows, err := fhir.Flatten(context.Background(), db, viewNamed(t, "patient"), folder, filepath.Join(out, "p.parquet")); err != nil || rows != 0 {
		t.Errorf("no file of the type: %d rows, %v", rows, err)
	}
	if _, err := fhir.Flatten(context.Background(), db, viewNamed(t, "patient"), folder, filepath.Join(out, "p.xlsx")); err == nil {
		t.Error("an unknown form is taken")
	}
}

// TestShippedColumns holds the views to the data contract that the models read.
func TestShippedColumns(t *testing.T) {
	for name, want := range map[string]string{
		"patient":              "id VARCHAR, last_updated TIMESTAMPTZ, nhs_number VARCHAR, nhs_number_status VARCHAR, family VARCHAR, given VARCHAR, birth_date DATE, gender VARCHAR, postcode VARCHAR, deceased_at VARCHAR, security VARCHAR",
		"medication_statement": "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, status VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, dosage_text VARCHAR, effective_start TIMESTAMPTZ, asserted_at TIMESTAMPTZ",
		"medication_request":   "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, status VARCHAR, intent VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, dosage_text VARCHAR, authored_at TIMESTAMPTZ",
		"condition":            "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, verification_status VARCHAR, clinical_status VARCHAR, category VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, onset_at TIMESTAMPTZ, onset_written VARCHAR, recorded_at TIMESTAMPTZ",
		"allergy_intolerance":  "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, verification_status VARCHAR, clinical_status VARCHAR, criticality VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, recorded_at TIMESTAMPTZ",
		"immunization":         "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, status VARCHAR, status_reason VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, occurred_at TIMESTAMPTZ",
		"encounter":            "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, status VARCHAR, class VARCHAR, type_display VARCHAR, period_start TIMESTAMPTZ, period_end TIMESTAMPTZ, provider VARCHAR",
		"appointment":          "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, status VARCHAR, service_display VARCHAR, starts_at TIMESTAMPTZ, ends_at TIMESTAMPTZ",
		"related_person":       "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, relationship VARCHAR, family VARCHAR, given VARCHAR, telephone VARCHAR",
	} {
		v := viewNamed(t, name)
		var columns []string
		for _, c := range v.Columns() {
			columns = append(columns, c.Name+" "+c.Type)
		}
		if got := strings.Join(columns, ", "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
		tables, db, _, err := readFolder(t, t.TempDir(), v) // an absent type: an empty table
		if err != nil {
			t.Fatal(err)
		}
		rows, err := query(db, "select column_name, column_type from (describe select * from '"+tables[name].Path+"')")
		if err != nil || len(rows) != len(columns)+1 || rows[0][0] != "sender" {
			t.Fatalf("%s: %v, %v", name, rows, err)
		}
		for i, column := range columns {
			if got := fmt.Sprint(rows[i+1][0], " ", rows[i+1][1]); strings.Replace(got, "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", 1) != column {
				t.Errorf("%s: parquet has %s, want %s", name, got, column)
			}
		}
	}
}
