package transform

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	fieldLine = regexp.MustCompile(`^-- ([a-z]+(?: [a-z]+)?): *(.*)$`)
	moreLine  = regexp.MustCompile(`^-- {2,}(.+)$`)
)

// prefixes are what a model's name begins with, by folder (style, SQL); published names stand bare.
var prefixes = map[string]string{"staging": "stg_", "resolve": "int_", "scope": "int_", "consent": "int_"}

// parseModel reads a file's header: the comment lines before the query, `-- field: text`, carried on by lines
// that are indented further. A field that is not known is refused, so that a misspelt one cannot go unread.
func parseModel(folder, name, text string) (Model, error) {
	m := Model{Name: name, Folder: folder, View: folder == "staging"}
	if !strings.HasPrefix(name, prefixes[folder]) {
		return m, fmt.Errorf("a name in %s begins with %s", folder, prefixes[folder])
	}
	fields, query, err := splitHeader(text)
	if err != nil {
		return m, err
	}
	m.Query = strings.TrimRight(query, "; \t\n")
	if folder == "figures" {
		m.Holds = "figures"
	}
	for field, value := range fields {
		if err := m.set(field, value); err != nil {
			return m, err
		}
	}
	return m, m.complete(fields)
}

func splitHeader(text string) (fields map[string]string, query string, err error) {
	fields = map[string]string{}
	last := ""
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if match := fieldLine.FindStringSubmatch(line); match != nil {
			last = match[1]
			if _, twice := fields[last]; twice {
				return nil, "", fmt.Errorf("header: %q appears twice", last)
			}
			fields[last] = strings.TrimSpace(match[2])
			continue
		}
		if match := moreLine.FindStringSubmatch(line); match != nil && last != "" {
			fields[last] = strings.TrimSpace(fields[last] + " " + match[1])
			continue
		}
		if strings.HasPrefix(line, "--") {
			return nil, "", fmt.Errorf("header: line %d is no `-- field: text`", i+1)
		}
		return fields, strings.Join(lines[i:], "\n"), nil
	}
	return nil, "", errors.New("no query after the header")
}

func (m *Model) set(field, value string) error {
	switch field {
	case "why":
		m.Why = value
	case "grain":
		m.Grain = list(value)
	case "reads":
		m.Reads = list(value)
		slices.Sort(m.Reads)
	case "publishes to":
		var found bool
		if m.Audience, m.Dataset, found = strings.Cut(value, "/"); !found || m.Audience == "" || m.Dataset == "" {
			return errors.New("header: publishes to is audience/dataset")
		}
	case "materialized":
		if value != "view" && value != "table" {
			return errors.New("header: materialized is view or table")
		}
		m.View = value == "view"
	case "severity":
		if value != Block && value != Warn {
			return errors.New("header: severity is block or warn")
		}
		m.Severity = value
	case "holds":
		if value != "figures" && value != "findings" {
			return errors.New("header: holds is figures or findings")
		}
		m.Holds = value
	case "numerator":
		m.Measure.Numerator = value
	case "denominator":
		m.Measure.Denominator = value
	case "source":
		m.Measure.Source = value
	case "known limits":
		m.Measure.KnownLimits = value
	default:
		return fmt.Errorf("header: no field is called %q", field)
	}
	return nil
}

// complete asks for the fields that the folder demands, and for none that belong to another.
func (m *Model) complete(fields map[string]string) error {
	demanded := []string{"why", "reads", "grain"}
	switch m.Folder {
	case "checks":
		demanded = []string{"why", "reads", "severity"}
	case "figures":
		demanded = append(demanded, "numerator", "denominator", "source", "known limits")
	}
	for _, field := range demanded {
		if fields[field] == "" {
			return fmt.Errorf("header: %s is missing", field)
		}
	}
	if m.Folder != "checks" && m.Severity != "" {
		return errors.New("header: only a check has a severity")
	}
	if m.Folder == "checks" && (m.Dataset != "" || fields["materialized"] != "") {
		return errors.New("header: a check is neither published nor kept")
	}
	return nil
}

func list(value string) []string {
	if value == "nothing" {
		return nil
	}
	var names []string
	for name := range strings.SplitSeq(value, ",") {
		names = append(names, strings.TrimSpace(name))
	}
	return names
}
