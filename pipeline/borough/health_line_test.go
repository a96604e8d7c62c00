package borough

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestLineIsJSON(t *testing.T) {
	var l line
	l.open("", '{')
	l.text("empty", "")
	l.text("name", "Ó Súilleabháin \"the Lodge\"\t\\ ½")
	l.open("list", '[')
	l.text("", "a")
	l.text("", "")
	l.text("", "b")
	l.close("]")
	l.concept("code", systemSNOMED, "716186003", "No known allergy")
	l.reference("subject", "Patient", "x")
	l.yes("active")
	l.close("}")
	var got map[string]any
	if err := json.Unmarshal(l.b, &got); err != nil {
		t.Fatalf("%s: %v", l.b, err)
	}
	want := map[string]any{"name": "Ó Súilleabháin \"the Lodge\"\t\\ ½", "list": []any{"a", "b"},
		"code": map[string]any{"coding": []any{map[string]any{"system": systemSNOMED, "code": "716186003", "display": "No known allergy"}},
			"text": "No known allergy"},
		"subject": map[string]any{"reference": "Patient/x"}, "active": true}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a\"b", "\\", "\x00\x1f\n", "é½中\U0001f600", "\xff\xfe", "<&>", "\u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var l line
		l.quote(s)
		var got string
		if err := json.Unmarshal(l.b, &got); err != nil || got != strings.ToValidUTF8(s, "\ufffd") && got != perByte(s) {
			t.Errorf("%q became %s, read as %q: %v", s, l.b, got, err)
		}
	})
}

// perByte replaces each byte that is not UTF-8 by itself, as encoding/json does, and not each run of them.
func perByte(s string) string { return string([]rune(s)) }

// TestCodesAreWhole checks the Verhoeff digit of every SNOMED CT and dm+d code, the last of each: a spreadsheet, a float
// or a slip of the pen damages it.
func TestCodesAreWhole(t *testing.T) {
	w := newVocabulary()
	for _, list := range [][]concept{w.medicines, w.diagnoses, w.allergies, w.vaccines, w.refusals, w.visits, w.services} {
		for _, c := range list {
			if !verhoeff(c.code) {
				t.Errorf("%s (%s) fails its check digit", c.code, c.display)
			}
		}
	}
	if verhoeff("1082661000000100") { // health.md 5: damaged as published
		t.Error("a damaged code passes")
	}
}

// verhoeff computes in the dihedral group of order ten, as the SNOMED CT technical guide, appendix on check digits, says.
func verhoeff(code string) bool {
	turn := [10]int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}
	check := 0
	for i := range len(code) {
		digit := int(code[len(code)-1-i] - '0')
		for range i % 8 {
			digit = turn[digit]
		}
		check = dihedral(check, digit)
	}
	return check == 0
}

// dihedral multiplies in D5: 0 to 4 are turns, 5 to 9 are turns after a flip.
func dihedral(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return 5 + (a+b)%5
	case b < 5:
		return 5 + (a-b+5)%5
	}
	return (a - b + 5) % 5
}
