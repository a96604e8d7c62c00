package fhir_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
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
		{"{\"resourceType\":\"Condition\",\"id\":\"x\",\"note\":\"\xff\"}", "", "", "not UTF-8"},
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
			for i, w := range want {
				if !slices.Contains(got, w) {
					t.Errorf("%.60s: want %+v of %+v", bad[i].line, w, got)
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
	rows, err := query(db, "select id, code_text from '"+tables["condition"].Path+"'")
	if err != nil || fmt.Sprint(rows) != `[[a [1] of [2]] [c {"x":1}] [d [D]Pain]]` {
		t.Errorf("%v, %v", rows, err)
	}
}

// An object in the place of any text is found although the engine's reader takes it for one.
func TestObjectInPlaceOfText(t *testing.T) {
	for element, more := range map[string]string{
		"subject.reference": `,"subject":{"reference":{"x":1}}`,
		"code.coding.code":  `,"code":{"coding":[{"code":{"x":1}}]}`, "code.coding.system": `,"code":{"coding":[{"system":[{}]}]}`, "code.coding.display": `,"code":{"coding":[{"display":{}}]}`,
		"clinicalStatus.coding.code": `,"clinicalStatus":{"coding":[{"code":["x"]}]}`, "category.coding.code": `,"category":[{"coding":[{"code":[null]}]}]`,
		"onsetString": `,"onsetString":{"x":1}`,
	} {
		folder := t.TempDir()
		bad := `{"resourceType":"Condition","id":"bad","meta":{"lastUpdated":"2026-01-01T00:00:00Z"}` + more + "}"
		write(t, folder, "Condition.ndjson", condition("good", "")+"\n"+bad+"\n")
		if _, _, to, err := readFolder(t, folder, viewNamed(t, "condition")); err != nil || len(rejects(t, to)) != 1 || rejects(t, to)[0].Column != element {
			t.Errorf("%s: %+v, %v", element, rejects(t, to), err)
		}
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

// A label that the engine's reader would pass over sends its line to the quarantine, also where every other line is sound.
func TestALabelThatWouldBeLostIsQuarantined(t *testing.T) {
	for _, c := range []struct{ view, resource, meta, rule string }{
		{"patient", "Patient", `{"security":[null]}`, "a label that cannot be read"},
		{"patient", "Patient", `{"security":[]}`, "a label that cannot be read"},
		{"patient", "Patient", `{"SECURITY":[{"code":"R"}]}`, "a name that differs from FHIR's in case"},
		{"encounter", "Encounter", `{"Security":[{"code":"R"}]}`, "a name that differs from FHIR's in case"},
	} {
		folder := t.TempDir()
		for i, meta := range []string{`{}`, c.meta} {
			write(t, folder, fmt.Sprintf("%s.%d.ndjson.gz", c.resource, i), fmt.Sprintf(`{"resourceType":%q,"id":"r%d","meta":%s}`+"\n", c.resource, i, meta))
		}
		tables, _, to, err := readFolder(t, folder, viewNamed(t, c.view))
		if err != nil {
			t.Fatal(err)
		}
		if got := rejects(t, to); len(got) != 1 || got[0].Rule != c.rule || got[0].Key != "r1" || tables[c.view].RowsOut != 1 {
			t.Errorf("%s: quarantined %+v of %+v", c.meta, got, tables[c.view])
		}
	}
}

// What unpacks to a thousandfold behind a head like that of any file stops before the engine, which counts nothing, unpacks it.
func TestABombBehindANormalHeadStops(t *testing.T) {
	var noise, head, bomb bytes.Buffer
	random := rand.New(rand.NewPCG(1, 2))
	for i := 0; noise.Len() < 26<<20; i++ {
		fmt.Fprintf(&noise, `{"resourceType":"Patient","id":"p%d","name":[{"family":"%x"}]}`+"\n", i, random.Uint64())
	}
	pack := func(to *bytes.Buffer, write func(*gzip.Writer)) {
		gz := gzip.NewWriter(to)
		write(gz)
		gz.Close()
	}
	pack(&head, func(gz *gzip.Writer) { gz.Write(noise.Bytes()) })
	pack(&bomb, func(gz *gzip.Writer) {
		for range 256 {
			gz.Write(bytes.Repeat([]byte(" "), 1<<20))
		}
	})
	folder := t.TempDir()
	bytesOf := append(head.Bytes(), bomb.Bytes()...)
	copy(bytesOf[len(bytesOf)-4:], []byte{9, 0, 0, 0})
	if err := os.WriteFile(filepath.Join(folder, "Patient.0.ndjson.gz"), bytesOf, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, _, err := readFolder(t, folder, viewNamed(t, "patient"))
	if err == nil || !strings.Contains(err.Error(), "unpacks to more than 200 times its size") {
		t.Errorf("it ends with %v", err)
	}
}
