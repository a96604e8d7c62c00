package fhir

import "testing"

// A mark that cannot be read closes: the line is refused where its label is no label, and what is refused is marked.
func TestSecurityLabelsThatCannotBeRead(t *testing.T) {
	for meta, want := range map[string]struct{ refused, marked string }{
		`"meta":{"security":[{"code":"R"}]}`:                  {"", "true"},
		`"meta":{"security":[{"code":"N"}]}`:                  {"", "false"},
		`"meta":{}`:                                           {"", "false"},
		`"meta":{"security":[{}]}`:                            {"", "true"},
		`"meta":{"security":[null]}`:                          {"a label that cannot be read", "true"},
		`"meta":{"security":[{"code":7}]}`:                    {"a label that cannot be read", "true"},
		`"meta":{"security":[]}`:                              {"a label that cannot be read", "true"},
		`"meta":{"Security":[{"code":"R"}]}`:                  {"a name that differs from FHIR's in case", "true"},
		`"META":{"security" :[{"code":"R"}]}`:                 {"a name that differs from FHIR's in case", "true"},
		`"Meta":{"SECURITY":[{"code":"N"}]}`:                  {"a name that differs from FHIR's in case", "true"},
		`"meta":{"tag":[{"display":"Security"}]}`:             {"", "false"},
		`"meta":{"security":[{"code":"R"}]},"meta":{}`:        {"", "true"}, // the scanner refuses a field that is given twice
		`"meta":{"security":[{"code":"R"}],"security":[]}`:    {"a label that cannot be read", "true"},
		`"meta":{"security":[{"code":"N"},{"code":"V"}]}`:     {"", "true"},
		`"meta":{"security":[{"code":"N"}]},"meta":{"tag":1}`: {"", "true"},
	} {
		line := []byte(`{"resourceType":"Patient","id":"a",` + meta + `}`)
		rule := ""
		if f := unreadableLabel(line, "Patient"); f != nil {
			rule = f.rule
		}
		if rule != want.refused {
			t.Errorf("%s: refused as %q, want %q", meta, rule, want.refused)
		}
		if got := patientValues(line)[0]; got.Column != "is_marked" || got.Text != want.marked {
			t.Errorf("%s: %s is %s, want %s", meta, got.Column, got.Text, want.marked)
		}
	}
}
