package fhir_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// at goes down a resource by names and places; nil where there is nothing.
func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = object[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

func list(v any) []any { l, _ := v.([]any); return l }

// either is the first that is there.
func either(values ...any) any {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}

func instant(v any) any {
	text, ok := v.(string)
	if !ok {
		return nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return "not a moment"
}

func joined(values []any, separator string) any {
	var words []string
	for _, v := range values {
		if text, ok := v.(string); ok {
			words = append(words, text)
		}
	}
	if words == nil {
		return nil
	}
	return strings.Join(words, separator)
}

func key(v any) any {
	reference, ok := v.(string)
	if id, is := strings.CutPrefix(reference, "Patient/"); ok && is {
		return id
	}
	return nil
}

// chosen is code, system and display of the coding that is wanted most.
func chosen(concept any, wanted ...string) []any {
	coding := at(concept, "coding", 0)
	for _, c := range list(at(concept, "coding")) {
		system, _ := at(c, "system").(string)
		if strings.Contains(strings.Join(wanted, " "), system) && system != "" {
			coding = c
			break
		}
	}
	return []any{at(coding, "code"), at(coding, "system"), either(at(coding, "display"), at(concept, "text"))}
}

func ofSystem(concept any, system string) any {
	for _, c := range list(at(concept, "coding")) {
		if at(c, "system") == system {
			return at(c, "code")
		}
	}
	return nil
}

func called(names any) any {
	for _, use := range []string{"official", "usual"} {
		for _, n := range list(names) {
			if at(n, "use") == use {
				return n
			}
		}
	}
	return at(names, 0)
}

const (
	snomed = "http://snomed.info/sct"
	dmd    = "https://dmd.nhs.uk"
	hl7    = "http://terminology.hl7.org/CodeSystem/"
)

// independent says what each view's columns are to hold, after sender, id and last_updated, by a plain reading of the resource.
var independent = map[string]func(r any) []any{
	"patient": func(r any) []any {
		name := called(at(r, "name"))
		var postcode any
		for _, a := range list(at(r, "address")) {
			if at(a, "use") != "old" {
				postcode = either(postcode, at(a, "postalCode"))
			}
		}
		var security []any
		for _, s := range list(at(r, "meta", "security")) {
			security = append(security, at(s, "code"))
		}
		return []any{nil, nil, at(name, "family"), joined(list(at(name, "given")), " "), instant(at(r, "birthDate")), at(r, "gender"), postcode, at(r, "deceasedDateTime"), joined(security, ",")}
	},
	"condition": func(r any) []any {
		row := []any{key(at(r, "subject", "reference")), ofSystem(at(r, "verificationStatus"), hl7+"condition-ver-status"), at(r, "clinicalStatus", "coding", 0, "code"), at(r, "category", 0, "coding", 0, "code")}
		row = append(row, chosen(at(r, "code"), snomed)...)
		return append(row, instant(at(r, "onsetDateTime")), at(r, "onsetDateTime"), instant(at(r, "recordedDate")))
	},
	"allergy_intolerance": func(r any) []any {
		row := []any{key(at(r, "patient", "reference")), ofSystem(at(r, "verificationStatus"), hl7+"allergyintolerance-verification"), at(r, "clinicalStatus", "coding", 0, "code"), at(r, "criticality")}
		return append(append(row, chosen(at(r, "code"), snomed)...), instant(at(r, "recordedDate")))
	},
	"immunization": func(r any) []any {
		row := append([]any{key(at(r, "patient", "reference")), at(r, "status"), at(r, "statusReason", "text")}, chosen(at(r, "vaccineCode"), snomed, dmd)...)
		return append(row, instant(at(r, "occurrenceDateTime")))
	},
	"medication_request": func(r any) []any {
		row := append([]any{key(at(r, "subject", "reference")), at(r, "status"), at(r, "intent")}, chosen(at(r, "medicationCodeableConcept"), snomed, dmd)...)
		var dosages []any
		for _, d := range list(at(r, "dosageInstruction")) {
			dosages = append(dosages, at(d, "text"))
		}
		return append(row, joined(dosages, "; "), instant(at(r, "authoredOn")))
	},
	"encounter": func(r any) []any {
		return []any{key(at(r, "subject", "reference")), at(r, "status"), at(r, "class", "code"), at(r, "type", 0, "coding", 0, "display"), instant(at(r, "period", "start")), instant(at(r, "period", "end")),
			either(at(r, "serviceProvider", "display"), at(r, "serviceProvider", "reference"))}
	},
}

// TestIndependentReading compares every value of every Synthea row with what encoding/json gives.
func TestIndependentReading(t *testing.T) {
	synthea := sharedData(t, "synthea")
	if synthea == "" {
		t.Skip("no synthea data")
	}
	for name, read := range independent {
		t.Run(name, func(t *testing.T) {
			v := viewNamed(t, name)
			tables, db, _, err := readFolder(t, synthea, v)
			if err != nil {
				t.Fatal(err)
			}
			got, err := query(db, "select * from '"+tables[name].Path+"'")
			if err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(strings.NewReader(gunzip(t, filepath.Join(synthea, v.Resource+".ndjson.gz"))))
			lines.Buffer(nil, 1<<24)
			columns := v.Columns()
			filled := map[string]int{}
			for i := 0; lines.Scan(); i++ {
				var r any
				if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
					t.Fatal(err)
				}
				want := append([]any{"hospital", at(r, "id"), instant(at(r, "meta", "lastUpdated"))}, read(r)...)
				for c := range want {
					if fmt.Sprint(got[i][c]) != fmt.Sprint(want[c]) {
						t.Fatalf("row %d, column %d: got %v, want %v", i, c, got[i][c], want[c])
					}
					if c > 0 && want[c] != nil {
						filled[columns[c-1].Name]++
					}
				}
			}
			t.Logf("%d rows; filled: %v", len(got), filled)
		})
	}
}
