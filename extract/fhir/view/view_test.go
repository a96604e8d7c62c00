package view

import (
	"fmt"
	"strings"
	"testing"
)

// TestParseSaysWhatIsWrong and, where there is one, what is nearest.
func TestParseSaysWhatIsWrong(t *testing.T) {
	column := func(path string) string {
		return fmt.Sprintf(`{"name":"v","resource":"Patient","select":[{"column":[{"name":"x","path":%q}]}]}`, path)
	}
	for definition, want := range map[string]string{
		`{`:                      "unexpected end",
		`{}`:                     "resource is missing",
		`{"resource":"Patent"}`:  "the nearest is Patient",
		`{"resource":"Patient"}`: "select is missing",
		`{"resource":"Patient","select":[{"forEech":"name"}]}`:                                                                `the nearest is forEach`,
		`{"resource":"Patient","select":[{"column":[{"nmae":"x","path":"id"}]}]}`:                                             `unknown key nmae; the nearest is name`,
		`{"resource":"Patient","select":[{"forEach":1}]}`:                                                                     "forEach",
		`{"resource":"Patient","select":[{"forEach":"name","forEachOrNull":"name","column":[{"name":"x","path":"family"}]}]}`: "goes over one thing",
		`{"resource":"Patient","select":[{"column":[]}]}`:                                                                     "no column",
		`{"resource":"Patient","select":[{"column":[{"name":"1x","path":"id"}]}]}`:                                            "a name is wanted",
		`{"resource":"Patient","constant":[{"name":"c"}],"select":[{"column":[{"name":"x","path":"id"}]}]}`:                   "a value[x] is wanted",
		`{"resource":"Patient","constant":[{"name":"c","valueString":"a","valueCode":"b"}],"select":[]}`:                      "one value[x] is wanted",
		`{"resource":"Patient","constant":[{"name":"c","valueInteger":"1; drop table t"}],"select":[]}`:                       "not a valid integer",
		`{"resource":"Patient","constant":[{"name":"c","valueBoolean":"yes"}],"select":[]}`:                                   "not a valid boolean",
		`{"resource":"Patient","constant":[{"name":"c","valueQuantity":{}}],"select":[]}`:                                     "quantity is not a type that a constant may have",
		`{"resource":"Patient","where":[{"path":"name"}],"select":[{"column":[{"name":"x","path":"id"}]}]}`:                   "a boolean is wanted",
		column("nam.family"):                                       `Patient has no element "nam"; the nearest is name`,
		column("name.famly"):                                       `HumanName has no element "famly"; the nearest is family`,
		column("birthDate.year"):                                   `a date has no element "year"`,
		column("deceased"):                                         "say which, as in ofType(boolean)",
		column("deceased.ofType(string)"):                          "deceased is never a string",
		column("name"):                                             "a HumanName is not one value",
		column("name.frist()"):                                     "the nearest is first()",
		column("name.first(1)"):                                    "first() takes 0 to 0 arguments",
		column("%ressource.id"):                                    "the nearest is %resource",
		column("id = 1"):                                           "a id cannot be compared (=) with a integer",
		column("gender and active"):                                "a boolean is wanted",
		column("managingOrganization.getReferenceKey(Org)"):        "not a resource",
		column("id.getReferenceKey()"):                             "asked of a Reference",
		column("name['a'].family"):                                 "an index is one integer",
		column("-gender"):                                          "- of a code",
		column("active + 1"):                                       "+ of a boolean and a integer",
		column("name | telecom"):                                   "cannot be united",
		column("gender.lowBoundary()"):                             "a code has no boundary",
		column("birthDate" + strings.Repeat(".lowBoundary()", 30)): "too intricate",
		column("managingOrganization" + strings.Repeat(".where(reference = 'x')", 60) + ".display"): "too intricate",
		column("id ="): "ends too soon",
	} {
		if _, err := Parse([]byte(definition)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", definition, err, want)
		}
	}
}

func TestColumnTypes(t *testing.T) {
	v, err := Parse([]byte(`{"name":"v","resource":"Observation","select":[{"column":[
		{"name":"a","path":"id"},{"name":"b","path":"issued"},{"name":"c","path":"value.ofType(Quantity).value"},{"name":"d","path":"effective.ofType(dateTime)","type":"date"},
		{"name":"e","path":"category.coding.code","collection":true},{"name":"f","path":"value.ofType(integer)"},{"name":"g","path":"status.exists()"},
		{"name":"h","path":"value.ofType(Quantity).value","tag":[{"name":"ansi/type","value":"decimal(10, 2)"}]},{"name":"i","path":"value.ofType(time)"},{"name":"j","path":"issued","type":"string"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range v.Columns() {
		got = append(got, c.Type)
	}
	if want := "VARCHAR TIMESTAMPTZ DECIMAL(38,18) DATE VARCHAR[] INTEGER BOOLEAN DECIMAL(10,2) TIME VARCHAR"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if v.ID() != "a" || v.Updated() != "" || !v.OneRow() {
		t.Errorf("id %q, updated %q, one row %v", v.ID(), v.Updated(), v.OneRow())
	}
}

// FuzzParse looks for a definition on which the compiler panics or does not end.
func FuzzParse(f *testing.F) {
	for _, path := range []string{"name.where(use = %c).given.first()", "(a | b).first()", "repeat", "contact.telecom[0].value.join(',')", "extension('x').value.ofType(Coding).code", "birthDate < @2012-01"} {
		f.Add(path, "name", "item")
	}
	f.Fuzz(func(t *testing.T, path, over, repeat string) {
		if len(path)+len(over)+len(repeat) > 200 {
			return
		}
		definition := fmt.Sprintf(`{"name":"v","resource":"Patient","constant":[{"name":"c","valueString":"c"}],"select":[{"forEachOrNull":%q,"column":[{"name":"x","path":%q}]},{"repeat":[%q],"column":[{"name":"y","path":"id"}]}]}`, over, path, repeat)
		if v, err := Parse([]byte(definition)); err == nil && len(v.Columns()) != 2 {
			t.Errorf("%s: %v", definition, v.Columns())
		}
	})
}
