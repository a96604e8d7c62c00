package fhir_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/extract"
	"careshare/extract/fhir"
)

func flatten(t testing.TB, v fhir.View, in, out string) (fhir.Flattened, []reject, error) {
	t.Helper()
	to := t.TempDir()
	q, err := extract.OpenQuarantine(filepath.Join(to, "quarantine.parquet"), false)
	if err != nil {
		t.Fatal(err)
	}
	db := openEngine(t, in, filepath.Dir(in), filepath.Dir(out))
	got, flattenErr := fhir.Flatten(context.Background(), db, fhir.Flattening{View: v, In: in, Out: out, Quarantine: q})
	if _, err := q.Close(); err != nil {
		t.Fatal(err)
	}
	return got, rejects(t, to), flattenErr
}

func csvOf(t testing.TB, v fhir.View, in string) (string, fhir.Flattened, []reject) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "rows.csv")
	got, bad, err := flatten(t, v, in, out)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(string(text), "\n")
	return rows, got, bad
}

func parsed(t testing.TB, definition string) fhir.View {
	t.Helper()
	v, err := fhir.ParseView([]byte(definition))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// names gives a row for each coding of a condition that is written, so it is no table of resources.
const names = `{"name":"names","resource":"Condition","where":[{"path":"code.exists()"}],"select":[{"column":[{"name":"id","path":"id"}]},{"forEach":"code.coding","column":[{"name":"code","path":"code"}]}]}`

func TestATextIsNoFormulaInCSV(t *testing.T) {
	folder, out := t.TempDir(), t.TempDir()
	v := parsed(t, `{"name":"ages","resource":"Condition","select":[{"column":[{"name":"id","path":"id"},{"name":"who","path":"recorder.display"},{"name":"age","path":"onset.ofType(Age).value","type":"decimal"}]}]}`)
	write(t, folder, "Condition.ndjson", condition("1", `,"recorder":{"display":"=cmd|'/c calc'!A1"},"onsetAge":{"value":-1}`)+"\n")
	for name, want := range map[string]string{"c.csv": "1,'=cmd|'/c calc'!A1,-1", "c.ndjson": `"who":"=cmd|'/c calc'!A1","age":`} {
		_, _, err := flatten(t, v, folder, filepath.Join(out, name))
		data, _ := os.ReadFile(filepath.Join(out, name))
		if err != nil || !strings.Contains(string(data), want) {
			t.Errorf("%s: %v, %s", name, err, data)
		}
	}
}

func TestFlatten(t *testing.T) {
	folder, out := t.TempDir(), t.TempDir()
	write(t, folder, "Condition.0.ndjson", condition("1", "")+"\n")
	write(t, folder, "Condition.1.ndjson.gz", condition("2", `,"onsetDateTime":"2012"`)+"\n")
	for name, want := range map[string]string{"c.csv": "2,2026-01-01 00:00:00+00,p,,,false,,,,,,,2012-01-01 00:00:00+00,2012,", "c.ndjson": `"onset_at":"2012","onset_written":"2012"`, "c.parquet": "PAR1"} {
		got, _, err := flatten(t, viewNamed(t, "condition"), folder, filepath.Join(out, name))
		data, _ := os.ReadFile(filepath.Join(out, name))
		if err != nil || got.Rows != 2 || !strings.Contains(string(data), want) {
			t.Errorf("%s: %+v, %v, %.400s", name, got, err, data)
		}
	}
	for _, v := range []fhir.View{viewNamed(t, "patient"), parsed(t, strings.Replace(names, "Condition", "Procedure", 1))} {
		if got, _, err := flatten(t, v, folder, filepath.Join(out, "p.parquet")); err != nil || got.Rows != 0 {
			t.Errorf("no file of the type: %+v, %v", got, err)
		}
	}
	if _, _, err := flatten(t, viewNamed(t, "patient"), folder, filepath.Join(out, "p.xlsx")); err == nil {
		t.Error("an unknown form is taken")
	}
	if left, _ := filepath.Glob(filepath.Join(out, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What cannot be taken is set apart, and the rest goes on; no word of it is told.
func TestFlattenIsolatesBadLines(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "Condition.ndjson", condition("a", `,"code":{"coding":[{"code":"1"},{"code":"2"}]}`)+"\n{canary\n"+condition("b", `,"code":{"coding":{"code":"canary"}}`)+"\n"+condition("c", `,"code":{"coding":[{"code":"3"}]}`)+"\n")
	rows, got, bad := csvOf(t, parsed(t, names), folder)
	if rows != "a,1\na,2\nc,3\n" || got != (fhir.Flattened{Rows: 3, Quarantined: 2}) {
		t.Errorf("%q, %+v", rows, got)
	}
	if want := "[{health names Condition.ndjson 2   not JSON} {health names Condition.ndjson 3 b code.coding not an array}]"; fmt.Sprint(bad) != want {
		t.Errorf("%+v", bad)
	}
	if _, got, bad = csvOf(t, viewNamed(t, "condition"), folder); got.Rows != 2 || len(bad) != 2 {
		t.Errorf("%+v, %+v", got, bad)
	}
	two := parsed(t, `{"name":"two","resource":"Condition","select":[{"forEach":"code","column":[{"name":"code","path":"coding.code"}]}]}`)
	if _, got, bad = csvOf(t, two, folder); got.Rows != 1 || len(bad) != 3 {
		t.Errorf("%+v, %+v", got, bad)
	}
}

// One file may hold resources of several types; those of others are no fault.
func TestFlattenOneMixedFile(t *testing.T) {
	folder := t.TempDir()
	mixed := condition("a", `,"code":{"coding":[{"code":"1"}]}`) + "\n" + `{"resourceType":"Patient","id":"p"}` + "\n"
	write(t, folder, "all.ndjson", mixed)
	write(t, folder, "bad.ndjson.gz", mixed+"{\n")
	for _, definition := range []fhir.View{viewNamed(t, "condition"), parsed(t, names)} {
		if _, got, _ := csvOf(t, definition, filepath.Join(folder, "all.ndjson")); got != (fhir.Flattened{Rows: 1}) {
			t.Errorf("%s: %+v", definition.Name, got)
		}
		if _, got, _ := csvOf(t, definition, filepath.Join(folder, "bad.ndjson.gz")); got != (fhir.Flattened{Rows: 1, Quarantined: 1}) {
			t.Errorf("%s: %+v", definition.Name, got)
		}
	}
}

// Several exports give the newest of each resource, by views of one row a resource and by others; a bad line changes nothing in that.
func TestFlattenMergesExports(t *testing.T) {
	version := func(id, at string, codes ...string) string {
		return fmt.Sprintf(`{"resourceType":"Condition","id":%q,"meta":{"lastUpdated":"2026-01-0%sT00:00:00Z"},"code":{"coding":[{"code":"%s"}]}}`+"\n", id, at, strings.Join(codes, `"},{"code":"`))
	}
	folder := t.TempDir()
	for day, lines := range map[string]string{
		"1": version("old", "1", "x", "y") + version("same", "1", "s") + version("gone", "1", "g") + version("back", "1", "z") + strings.Replace(version("unsaid", "1", "u"), `"code"`, `"note"`, 1),
		"2": version("old", "2", "new", "newer") + version("same", "1", "s"),
		"3": version("back", "3", "again"),
	} {
		export := filepath.Join(folder, day)
		if err := os.Mkdir(export, 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, export, "c.ndjson", lines)
		write(t, export, "d.ndjson", `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Condition/gone"}},{"request":{"method":"DELETE","url":"Condition/back"}}]}`+"\n")
		deleted := map[string]string{"2": `{"type":"Bundle","url":"d.ndjson","count":1}`}[day]
		write(t, export, "manifest.json", fmt.Sprintf(`{"transactionTime":"2026-01-0%sT12:00:00Z","output":[{"type":"Condition","url":"c.ndjson"}],"deleted":[%s]}`, day, deleted))
	}
	for _, c := range []struct {
		bad  string
		want fhir.Flattened
	}{{"", fhir.Flattened{Rows: 4}}, {"{", fhir.Flattened{Rows: 4, Quarantined: 1}}} {
		path := filepath.Join(folder, "1", "c.ndjson")
		data, _ := os.ReadFile(path)
		write(t, filepath.Dir(path), "c.ndjson", string(data)+c.bad)
		rows, got, _ := csvOf(t, parsed(t, names), folder)
		if rows != "old,new\nold,newer\nsame,s\nback,again\n" || got != c.want {
			t.Errorf("%q, %+v", rows, got)
		}
		if _, got, _ := csvOf(t, viewNamed(t, "condition"), folder); got != (fhir.Flattened{Rows: 4, Merged: 4, Quarantined: c.want.Quarantined}) {
			t.Errorf("%+v", got)
		}
	}
}

// NDJSON has dates and moments as FHIR writes them, and what is no date is still set apart.
func TestFlattenWritesFHIRsForms(t *testing.T) {
	in, out := filepath.Join(t.TempDir(), "all.json"), filepath.Join(t.TempDir(), "rows.ndjson")
	lines := `{"resourceType":"Condition","id":"1","meta":{"lastUpdated":"2026-01-01T00:00:00.120+01:00"},"recordedDate":"2026-03-29T02:30:00+01:00"}` + "\n" +
		`{"resourceType":"Patient","id":"p"}` + "\n" + `{"resourceType":"Condition","id":"2","recordedDate":"2026-02"}` + "\n" + `{"resourceType":"Condition","id":"3","recordedDate":"2026-02-31"}` + "\n"
	write(t, filepath.Dir(in), "all.json", lines)
	v := parsed(t, `{"name":"c","resource":"Condition","select":[{"column":[{"name":"id","path":"getResourceKey()"},{"name":"updated","path":"meta.lastUpdated"},{"name":"at","path":"recordedDate"}]}]}`)
	got, bad, err := flatten(t, v, in, out)
	data, _ := os.ReadFile(out)
	want := `{"id":"1","updated":"2025-12-31T23:00:00.12Z","at":"2026-03-29T02:30:00+01:00"}` + "\n" + `{"id":"2","updated":null,"at":"2026-02"}` + "\n"
	if err != nil || string(data) != want || got.Quarantined != 1 || len(bad) != 1 || bad[0].Key != "3" || bad[0].Rule != "not a date" {
		t.Errorf("%+v, %+v, %v, got\n%s", got, bad, err, data)
	}
}

// Where the standard requires an error, --strict gives one, and no file.
func TestFlattenStrictly(t *testing.T) {
	in, to := t.TempDir(), t.TempDir()
	write(t, in, "Patient.ndjson", `{"resourceType":"Patient","id":"1","name":[{"family":"a"},{"family":"b"}]}`)
	v := parsed(t, `{"name":"p","resource":"Patient","select":[{"column":[{"name":"id","path":"getResourceKey()"},{"name":"family","path":"name.family"}]}]}`)
	for strict, want := range map[bool]string{false: "", true: "1 of the lines do not fit the view: 1 in p.family of Patient.ndjson (more than one value where one is allowed)"} {
		q, err := extract.OpenQuarantine(filepath.Join(to, "quarantine.parquet"), false)
		if err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), "rows.csv")
		db := openEngine(t, in, filepath.Dir(out))
		_, err = fhir.Flatten(context.Background(), db, fhir.Flattening{View: v, In: in, Out: out, Quarantine: q, Strict: strict})
		q.Close()
		_, missing := os.Stat(out)
		if (err != nil) != strict || strict && !strings.Contains(err.Error(), want) || os.IsNotExist(missing) != strict {
			t.Errorf("strict %v: %v, %v", strict, err, missing)
		}
	}
}
