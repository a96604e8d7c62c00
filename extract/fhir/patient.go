package fhir

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"careshare/extract"
)

// freeCodes are the confidentiality codes (HL7 v3 Confidentiality) that restrict nothing beyond what all of a health record is.
var freeCodes = []string{"U", "L", "M", "N"}

var (
	tenDigits   = regexp.MustCompile(`\b[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}\b`)
	patientSign = regexp.MustCompile(`Patient|nhs-number|"security"|"identifier"`)
)

// patientValues are what can still be read of a Patient line that was not taken: whom it is about, and whether it may carry
// the sender's mark of a restricted record. A line that cannot be read whole may carry it, if it may be a patient at all.
func patientValues(raw []byte) []extract.Value {
	text := strings.ToValidUTF8(string(raw), "\uFFFD")
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &fields) != nil {
		return append(marked(patientSign.MatchString(text) || tenDigits.MatchString(text)), numbersIn(text)...)
	}
	// of a field that is given twice the decoder keeps the last
	const label = `"security"`
	isHidden := strings.Count(strings.ToLower(text), label) > min(1, strings.Count(strings.ToLower(string(fields["meta"])), label))
	values := append(marked(isHidden || mayBeRestricted(fields["meta"])), numbersIn(string(fields["identifier"]))...)
	var names []struct {
		Family string
		Given  []string
	}
	if json.Unmarshal(fields["name"], &names) == nil && len(names) > 0 && len(names[0].Given) > 0 {
		values = append(values, extract.Value{Column: "family", Text: names[0].Family}, extract.Value{Column: "given", Text: names[0].Given[0]})
	}
	var birth string
	if json.Unmarshal(fields["birthDate"], &birth) == nil {
		values = append(values, extract.Value{Column: "birth_date", Text: birth})
	}
	return values
}

func marked(is bool) []extract.Value {
	return []extract.Value{{Column: "is_marked", Text: fmt.Sprint(is)}}
}

func numbersIn(text string) (values []extract.Value) {
	for _, number := range tenDigits.FindAllString(text, -1) {
		number = strings.NewReplacer(" ", "", "-", "").Replace(number)
		values = append(values, extract.Value{Column: "nhs_number", Text: number})
	}
	return values
}

// mayBeRestricted says whether a meta element holds a label that restricts, or one that cannot be read.
func mayBeRestricted(meta json.RawMessage) bool {
	if len(meta) == 0 || string(meta) == "null" {
		return false
	}
	var read struct{ Security []struct{ Code *string } }
	if json.Unmarshal(meta, &read) != nil || read.Security != nil && len(read.Security) == 0 {
		return true
	}
	for _, label := range read.Security {
		if label.Code == nil || !slices.Contains(freeCodes, strings.ToUpper(strings.TrimSpace(*label.Code))) {
			return true
		}
	}
	return false
}
