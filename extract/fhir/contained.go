package fhir

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"careshare/extract/fhir/r4"
)

// inline puts what a resource contains where it refers to it: of a contained Patient the identifiers, of a contained Medication the
// code. Security labels and modifiers of the contained resource become the resource's own, as they hold for what is taken from it.
// A line that cannot be read, or that contains nothing, is returned as it is.
func inline(line []byte) []byte {
	if !bytes.Contains(line, []byte(`"contained"`)) {
		return line
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	var resource map[string]any
	if decoder.Decode(&resource) != nil || decoder.More() {
		return line
	}
	contained, is := resource["contained"].([]any)
	if !is {
		return line
	}
	delete(resource, "contained")
	for _, c := range contained {
		inner, _ := c.(map[string]any)
		id, _ := inner["id"].(string)
		used := false
		switch inner["resourceType"] {
		case "Patient":
			used = inlinePatient(resource, "#"+id, inner)
		case "Medication":
			used = inlineMedication(resource, "#"+id, inner)
		}
		if used {
			adopt(resource, inner)
		}
	}
	text, err := json.Marshal(resource)
	if err != nil {
		return line
	}
	return text
}

// inlinePatient refers to the patient by identifier, the NHS number before others.
func inlinePatient(resource map[string]any, name string, patient map[string]any) (used bool) {
	identifiers, _ := patient["identifier"].([]any)
	if len(identifiers) == 0 {
		return false
	}
	chosen := identifiers[0]
	for _, identifier := range identifiers {
		if fields, is := identifier.(map[string]any); is && strings.Contains(fmt.Sprint(fields["system"]), "nhs-number") {
			chosen = identifier
		}
	}
	refer := func(holder map[string]any, field string) {
		if reference, is := holder[field].(map[string]any); is && reference["reference"] == name {
			holder[field], used = map[string]any{"identifier": chosen}, true
		}
	}
	refer(resource, "subject")
	refer(resource, "patient")
	participants, _ := resource["participant"].([]any)
	for _, p := range participants {
		if holder, is := p.(map[string]any); is {
			refer(holder, "actor")
		}
	}
	return used
}

func inlineMedication(resource map[string]any, name string, medication map[string]any) bool {
	reference, is := resource["medicationReference"].(map[string]any)
	if !is || reference["reference"] != name || medication["status"] == "entered-in-error" || medication["code"] == nil {
		return false
	}
	delete(resource, "medicationReference")
	resource["medicationCodeableConcept"] = medication["code"]
	return true
}

// adopt takes over what restricts or changes the contained resource.
func adopt(resource, inner map[string]any) {
	if modifiers, is := inner["modifierExtension"].([]any); is {
		own, _ := resource["modifierExtension"].([]any)
		resource["modifierExtension"] = append(own, modifiers...)
	}
	meta, _ := inner["meta"].(map[string]any)
	labels, _ := meta["security"].([]any)
	if len(labels) == 0 {
		return
	}
	outer, _ := resource["meta"].(map[string]any)
	if outer == nil {
		outer = map[string]any{}
		resource["meta"] = outer
	}
	own, _ := outer["security"].([]any)
	outer["security"] = append(own, labels...)
}

// otherVersionOf finds an element that only another version of FHIR has.
func otherVersionOf(line []byte, resource string) *fault {
	elsewhere := r4.Elsewhere(resource)
	var fields map[string]json.RawMessage
	for element, version := range elsewhere {
		if !bytes.Contains(line, []byte(`"`+element+`"`)) {
			continue
		}
		if fields == nil && json.Unmarshal(line, &fields) != nil {
			return nil
		}
		if value := fields[element]; len(value) > 0 && !slices.Contains([]string{"null"}, string(value)) {
			return &fault{element: element, rule: "an element of FHIR " + version + ", where R4 is read"}
		}
	}
	return nil
}
