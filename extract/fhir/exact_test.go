package fhir_test

import (
	"fmt"
	"strings"
	"testing"

	"careshare/extract/fhir"
)

// No digit of a decimal is lost: neither those beyond a double's 17 nor the zeros at its end, which say how precise it is.
func TestDecimalsKeepEveryDigit(t *testing.T) {
	v, err := fhir.ParseView([]byte(`{"name":"observation","resource":"Observation","select":[{"column":[{"name":"id","path":"getResourceKey()"},{"name":"last_updated","path":"meta.lastUpdated"},
		{"name":"value","path":"value.ofType(Quantity).value"},{"name":"written","path":"value.ofType(Quantity).value","type":"string"},{"name":"low","path":"value.ofType(Quantity).value.lowBoundary()"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	var lines strings.Builder
	for i, value := range []string{"12345678901234567890.12345678901234567", "0.010", "-150", "7", `"x"`} {
		fmt.Fprintf(&lines, `{"resourceType":"Observation","id":"%d","valueQuantity": { "value" : %s , "unit":"mg"}}`+"\n", i, value)
	}
	write(t, folder, "Observation.ndjson", lines.String())
	tables, db, to, err := readFolder(t, folder, v)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := query(db, "select id, value::varchar, written, low::varchar from '"+tables["observation"].Path+"'")
	want := "[[0 12345678901234567890.123456789012345670 12345678901234567890.12345678901234567 12345678901234567890.123456789012345665]" +
		" [1 0.010000000000000000 0.010 0.009500000000000000] [2 -150.000000000000000000 -150 -150.500000000000000000] [3 7.000000000000000000 7 6.500000000000000000]]"
	if err != nil || fmt.Sprint(rows) != want {
		t.Errorf("%v, %v\nwant %s", rows, err, want)
	}
	if got := rejects(t, to); len(got) != 1 || got[0].Key != "4" || got[0].Rule != "not a DECIMAL(38,18)" {
		t.Errorf("%+v", got)
	}
}

// However deep a repeat finds it.
func TestDecimalsInARepeatKeepEveryDigit(t *testing.T) {
	v := parsed(t, `{"name":"answers","resource":"QuestionnaireResponse","select":[{"repeat":["item","answer.item"],"column":[{"name":"link","path":"linkId"},
		{"name":"value","path":"answer.value.ofType(decimal)","collection":true},{"name":"written","path":"answer.value.ofType(decimal).first()","type":"string"}]}]}`)
	folder := t.TempDir()
	write(t, folder, "QuestionnaireResponse.ndjson", `{"resourceType":"QuestionnaireResponse","id":"q","item":[{"linkId":"1","answer":[{"valueDecimal":0.0100}],"item":[{"linkId":"1.1","answer":[{"valueDecimal":12345678901234567890.123456789,"item":[{"linkId":"1.1.1","item":[{"linkId":"1.1.1.1","answer":[{"valueDecimal":-1.50}]}]}]}]}]}]}`)
	rows, _, bad := csvOf(t, v, folder)
	want := "1,[0.010000000000000000],0.0100\n1.1,[12345678901234567890.123456789000000000],12345678901234567890.123456789\n1.1.1,[],\n1.1.1.1,[-1.500000000000000000],-1.50\n"
	if rows != want || len(bad) != 0 {
		t.Errorf("%+v, got\n%swant\n%s", bad, rows, want)
	}
}

// A line longer than the usual, and not too long, is read with the others.
func TestLongLineIsRead(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "Condition.ndjson", condition("short", "")+"\n"+condition("long", `,"note":"`+strings.Repeat("n", 3<<20)+`"`)+"\n"+condition("deep", `,"note":`+strings.Repeat("[", 100)+strings.Repeat("]", 100))+"\n")
	tables, _, to, err := readFolder(t, folder, viewNamed(t, "condition"))
	if err != nil || len(rejects(t, to)) != 0 || fmt.Sprint(ids(t, tables["condition"].Path)) != "[short long deep]" {
		t.Errorf("%+v, %v", tables, err)
	}
}
