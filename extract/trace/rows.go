package trace

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"careshare/extract"
	"careshare/extract/inbox"
	"careshare/sql/shown"
)

// header binds columns to their places in a line.
type header struct {
	names   []string       // as the file writes them
	at      map[string]int // place by name
	columns []column
}

// row is one line under a header. With a rule it cannot be taken.
type row struct {
	*header
	line         int64
	text         string
	fields       []string
	column, rule string
}

// value is a column's text; empty where the line could not be split or the file is without the column.
func (r row) value(column string) string {
	if at, ok := r.at[column]; ok && r.fields != nil {
		return r.fields[at]
	}
	return ""
}

// eachRow binds the header and hands on each line under it. A Fault is one of the whole file.
func eachRow(text io.Reader, extra func(string), each func(row) error) error {
	var bound *header
	rows := 0
	for line, err := range inbox.Lines(text, maxLine) {
		switch {
		case err != nil:
			return err
		case line.Text == "" && line.Rule == "":
			continue
		case bound == nil:
			if bound, err = bind(line, extra); err != nil {
				return err
			}
			continue
		}
		rows++
		if err := each(bound.row(line)); err != nil {
			return err
		}
	}
	if rows == 0 {
		return inbox.Fault{Rule: "no line of data"}
	}
	return nil
}

// bind finds the columns by their names. A column that is not known is reported and left unread.
func bind(line inbox.Line, extra func(string)) (*header, error) {
	fault := inbox.Fault{Line: line.Number, Rule: line.Rule, Raw: line.Text}
	names, ok := split(line.Text)
	if line.Rule == "" && !ok {
		fault.Rule = "quotes do not match"
	}
	if fault.Rule != "" {
		return nil, fault
	}
	h := &header{names: names, at: map[string]int{}, columns: columns()}
	var known []string
	for _, c := range h.columns {
		known = append(known, c.name)
	}
	for i, name := range names {
		name = strings.NewReplacer(" ", "_", "/", "_").Replace(strings.ToLower(strings.TrimSpace(name)))
		if _, twice := h.at[name]; twice {
			fault.Rule = "column named twice"
			return nil, fault
		}
		h.at[name] = i
		if !slices.ContainsFunc(h.columns, func(c column) bool { return c.name == name }) {
			extra(shown.Column(name, i+1, known))
		}
	}
	for _, c := range h.columns {
		if _, ok := h.at[c.name]; !ok && !c.optional {
			fault.Column, fault.Rule = c.name, "missing column"
			return nil, fault
		}
	}
	return h, nil
}

// split is the fields of one line. Without quotes, which few lines have, that is a plain cut at the commas.
func split(line string) ([]string, bool) {
	if !strings.Contains(line, `"`) {
		return strings.Split(line, ","), true
	}
	fields, err := csv.NewReader(strings.NewReader(line)).Read()
	return fields, err == nil
}

// row splits a line and tests it against the rules, of which it names the first that is broken.
func (h *header) row(line inbox.Line) row {
	r := row{header: h, line: line.Number, text: line.Text, rule: line.Rule}
	if r.rule != "" {
		return r
	}
	fields, ok := split(line.Text)
	switch {
	case !ok:
		r.rule = "quotes do not match"
	case slices.Equal(fields, h.names):
		r.rule = "header repeated"
	case len(fields) != len(h.names):
		r.rule = fmt.Sprintf("%d fields, not %d", len(fields), len(h.names))
	default:
		for i, field := range fields {
			fields[i] = strings.TrimSpace(field)
		}
		r.fields = fields
		r.column, r.rule = r.broken()
	}
	return r
}

// broken is the first rule that the row's values break, with its column.
func (r row) broken() (column, rule string) {
	for _, c := range r.columns {
		value := r.value(c.name)
		switch {
		case value == "" && c.required:
			return c.name, "null in a required column"
		case value != "" && c.isSound != nil && !c.isSound(value):
			return c.name, c.rule
		}
	}
	code, _ := known(r.value(codeColumn))
	matched := r.value(matchedColumn)
	switch {
	case code.level == oneRow:
		return codeColumn, "row refused by the trace service: " + code.meaning
	case code.isMatch && (matched == "" || matched == noMatch || matched == manyMatches):
		return matchedColumn, "a match without a number"
	}
	return "", ""
}

// isSensitive tells a record that the service protects. A line that could not be split may be one.
func (r row) isSensitive() bool {
	if r.fields == nil || r.value(codeColumn) == sensitiveCode {
		return true
	}
	switch r.value(flagColumn) {
	case "", "0", "N", "U":
		return false
	}
	return true
}

// addTo holds the row, or its reject. Where a sensitive person lives, and how to reach them, goes no further than here.
func (r row) addTo(table *inbox.Table, file answers) {
	sensitive := r.isSensitive()
	if r.rule != "" {
		table.Reject(file.name, inbox.Fault{
			Line: r.line, Key: r.value(referenceColumn), Column: r.column, Rule: r.rule, Raw: r.text, Private: sensitive,
			Values: r.readable(sensitive),
		})
		return
	}
	values := []any{file.name, r.line}
	var percentages []any
	for _, c := range r.columns {
		value := r.value(c.name)
		switch score, ok := hundredths(value); {
		case c.isPercentage() && ok:
			percentages = append(percentages, score)
		case c.isPercentage():
			percentages = append(percentages, nil)
		case sensitive && c.isLocation:
			values = append(values, "")
		default:
			values = append(values, value)
		}
	}
	code, _ := known(r.value(codeColumn))
	table.Add(append(append(values, percentages...), code.meaning, file.sha256)...)
}

// readable is what says whom a rejected answer is about, and whether it may say that the service protects them.
func (r row) readable(sensitive bool) []extract.Value {
	values := []extract.Value{{Column: "is_marked", Text: fmt.Sprint(sensitive)}}
	for _, column := range []string{referenceColumn, matchedColumn} {
		if value := r.value(column); value != "" {
			values = append(values, extract.Value{Column: column, Text: value})
		}
	}
	if r.fields == nil { // the reference is in front, and the torn part is torn behind it
		if reference, _, found := strings.Cut(r.text, ","); found && r.at[referenceColumn] == 0 {
			values = append(values, extract.Value{Column: referenceColumn, Text: strings.Trim(reference, `" `)})
		}
	}
	return values
}
