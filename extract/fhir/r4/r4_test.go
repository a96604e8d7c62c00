package r4

import (
	"slices"
	"testing"
)

func TestFind(t *testing.T) {
	for _, c := range []struct {
		typ, element, first string
		many, choice        bool
	}{
		{"Patient", "birthDate", "date", false, false},
		{"Patient", "name", "HumanName", true, false},
		{"Patient", "id", "id", false, false},
		{"Patient", "extension", "Extension", true, false},
		{"Patient", "deceased", "boolean", false, true},
		{"Encounter", "class", "Coding", false, false}, // R5 made it a list of CodeableConcept
		{"Encounter", "period", "Period", false, false},
		{"MedicationRequest", "medication", "CodeableConcept", false, true},
		{"Age", "value", "decimal", false, false},
		{"QuestionnaireResponseItem", "item", "QuestionnaireResponseItem", true, false},
		{"Bundle", "type", "code", false, false},
	} {
		e, ok := Find(c.typ, c.element)
		if !ok || e.Types[0] != c.first || e.Many != c.many || e.Choice != c.choice {
			t.Errorf("Find(%s, %s) = %+v, %v", c.typ, c.element, e, ok)
		}
	}
	if _, ok := Find("Patient", "nam"); ok {
		t.Error("found an element that is not there")
	}
	if got := NearestElement("Patient", "nam"); got != "name" {
		t.Errorf("nearest to nam is %q", got)
	}
	if got := NearestResource("Patent"); got != "Patient" {
		t.Errorf("nearest to Patent is %q", got)
	}
	if !IsResource("Bundle") || IsResource("HumanName") || IsResource("DomainResource") || !IsComplex("HumanName") || IsComplex("string") {
		t.Error("kinds of type are wrong")
	}
}

// Every type that an element names is either described here or primitive, and every parent is described.
func TestEveryTypeIsKnown(t *testing.T) {
	primitives := []string{"base64Binary", "boolean", "canonical", "code", "date", "dateTime", "decimal", "id", "instant",
		"integer", "markdown", "oid", "positiveInt", "string", "time", "unsignedInt", "uri", "url", "uuid", "xhtml"}
	for name, typ := range load() {
		if _, ok := load()[typ.parent]; !ok && typ.parent != "-" {
			t.Errorf("%s: unknown parent %s", name, typ.parent)
		}
		for _, e := range typ.elements {
			for _, of := range e.Types {
				if !IsComplex(of) && !slices.Contains(primitives, of) {
					t.Errorf("%s.%s: unknown type %s", name, e.Name, of)
				}
			}
		}
	}
}
