package fhir

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"careshare/extract/fhir/view"
)

func testShape(t testing.TB) *view.Shape {
	t.Helper()
	v, err := view.Parse([]byte(`{"name":"t","resource":"Patient","select":[{"column":[
		{"name":"id","path":"id"},{"name":"born","path":"birthDate","type":"date"},{"name":"active","path":"active","type":"boolean"},
		{"name":"n","path":"multipleBirth.ofType(integer)","type":"integer"},{"name":"given","path":"name.given.join()"},{"name":"x","path":"contact.exists()","type":"boolean"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return v.Shape()
}

func TestCheck(t *testing.T) {
	shape := testShape(t)
	head := `{"resourceType":"Patient","id":"a"`
	for line, want := range map[string]fault{
		head + `}`: {},
		head + ` , "birthDate" : "2012" , "active":true,"multipleBirthInteger":-2,"name":[{"given":["A",null]}],"contact":[7]}`: {},
		head + `,"birthDate":null,"name":null,"active":null}`:                                                                   {},
		head + `,"n\u0061me":[{"given":["A"]}]}`:                                                                                {},
		head + `,"other":{"deep":[[{"x":"\ud83d\ude00\n"}]]}}`:                                                                  {},
		head + `,"active":"true"}`:                                                                                              {"active", "not a boolean"},
		head + `,"multipleBirthInteger":1.5}`:                                                                                   {"multipleBirthInteger", "not an integer"},
		head + `,"multipleBirthInteger":9999999999}`:                                                                            {"multipleBirthInteger", "not an integer"},
		head + `,"birthDate":"1/2/12"}`:                                                                                         {"birthDate", "not a date"},
		head + `,"name":{"given":["A"]}}`:                                                                                       {"name", "not an array"},
		head + `,"name":["A"]}`:                                                                                                 {"name", "not an object"},
		head + `,"name":[{"given":"A"}]}`:                                                                                       {"name.given", "not an array"},
		head + `,"n\u0061me":7}`:                                                                                                {"name", "not an array"},
		head + `,"birthDate":"2012","birthDate":"2013"}`:                                                                        {"birthDate", "given twice"},
		head + `,"contact":{}}`:                                                                                                 {"contact", "not an array"},
		head + `,}`:                                                                                                             {"", "not JSON"},
		head + `,"x":01}`:                                                                                                       {"", "not JSON"},
		head + `,"x":NaN}`:                                                                                                      {"", "not JSON"},
		head + `,"x":"` + "\x01" + `"}`:                                                                                         {"", "not JSON"},
		head + `,"x":"\udc00"}`:                                                                                                 {"", "not JSON"},
		head + `,"x":"\x"}`:                                                                                                     {"", "not JSON"},
		head + `}}`:                                                                                                             {"", "not JSON"},
		head + `,"x":` + strings.Repeat("[", 128):                                                                               {"", "nested deeper than 128 levels"},
		head + `,"name":7,"x":}`:                                                                                                {"", "not JSON"},
		`"Patient"`:                                                                                                             {"", "not an object"},
	} {
		id, got := check([]byte(line), "Patient", shape)
		if got == nil {
			got = &fault{}
		}
		if *got != want || want == (fault{}) && id != "a" {
			t.Errorf("%s: id %q, %+v, want %+v", line, id, *got, want)
		}
	}
}

// FuzzCheck holds the scanner to encoding/json: what is one is what is the other, but for depth, half surrogates and bytes that are no UTF-8.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{`{"resourceType":"Patient","id":"a","name":[{"given":["\u00e9"]}]}`, `[1e5,-0.1,true,null]`, `{"a":{}}`, `"\ud800"`, ` 7 `} {
		f.Add([]byte(seed))
	}
	shape := testShape(f)
	f.Fuzz(func(t *testing.T, line []byte) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			return
		}
		_, got := check(line, "Patient", shape)
		isJSON, taken := json.Valid(line), got == nil || !got.ends()
		if taken && !isJSON {
			t.Errorf("%q: taken for JSON", line)
		}
		if !taken && isJSON && got != tooDeep && !bytes.Contains(line, []byte(`\u`)) && bytes.ToValidUTF8(line, nil) != nil && bytes.Equal(bytes.ToValidUTF8(line, nil), line) {
			t.Errorf("%q: not taken for JSON", line)
		}
	})
}
