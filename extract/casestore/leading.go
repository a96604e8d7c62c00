package casestore

import (
	"strings"

	"careshare/extract"
)

// leading are the values at the start of a record that is torn, as far as they can be trusted: the numbers and times
// in front of the first text. Where fields are missing nobody can say which, so that no value has a sure place.
func (l *landing) leading(broken *brokenRecord, fields []int, separator rune) (values []extract.Value) {
	head, _, isQuoted := strings.Cut(broken.raw, `"`)
	parts := strings.Split(head, string(separator))
	if isQuoted {
		parts = parts[:len(parts)-1] // the field that the quote is in
	}
	if broken.rule == ruleLong || broken.rule == ruleCount && len(parts) <= len(fields) {
		return nil
	}
	for at, part := range parts {
		column := -1
		for i, place := range fields {
			if place == at {
				column = i
			}
		}
		if column < 0 || l.job.columns[column].typ == varchar {
			return values
		}
		v := value{kind: text, text: []byte(part)}
		if l.job.columns[column].fit(&v) != "" {
			return values
		}
		if v.kind != null {
			values = append(values, extract.Value{Column: l.job.columns[column].name, Text: v.String()})
		}
	}
	return values
}
