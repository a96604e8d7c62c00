package cpis

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"careshare/extract/inbox"
)

// fields takes typed values out of an element and keeps the first fault that it meets; what follows a fault is empty.
type fields struct {
	london *time.Location
	fault  *inbox.Fault
}

func (f *fields) fail(line int64, column, rule string) {
	if f.fault == nil {
		f.fault = &inbox.Fault{Line: line, Column: column, Rule: rule}
	}
}

// all is the parent's children of one name.
func all(parent element, name string) (found []element) {
	for _, child := range parent.children {
		if child.name == name {
			found = append(found, child)
		}
	}
	return found
}

// maybe is the parent's only child of the name, empty if there is none.
func (f *fields) maybe(parent element, name string) element {
	found := all(parent, name)
	switch {
	case len(found) > 1:
		f.fail(parent.line, name, "element given twice")
	case len(found) == 1:
		return found[0]
	}
	return element{name: name, line: parent.line}
}

// one is the parent's only child of the name.
func (f *fields) one(parent element, name string) element {
	if len(all(parent, name)) == 0 {
		f.fail(parent.line, name, "missing element")
	}
	return f.maybe(parent, name)
}

// optional is an attribute's value, empty if there is none.
func optional(e element, name string) string {
	for _, attribute := range e.attributes {
		if attribute.Name == (xml.Name{Local: name}) {
			return strings.TrimSpace(attribute.Value)
		}
	}
	return ""
}

// required is an attribute's value.
func (f *fields) required(e element, name string) string {
	value := optional(e, name)
	if value == "" {
		f.fail(e.line, e.name, "missing "+name)
	}
	return value
}

// integer is an attribute's whole number. -1 is a number here: CP-IS writes it for what it could not read.
func (f *fields) integer(e element, name string) int64 {
	value := f.required(e, name)
	number, err := strconv.ParseInt(value, 10, 64)
	if err != nil && value != "" {
		f.fail(e.line, e.name, "not a whole number")
	}
	return number
}

// coded is a code of the list, with its meaning.
func (f *fields) coded(e element, list codeList) (value, meaning string) {
	value = f.required(e, "code")
	if f.required(e, "codeSystem") != list.oid {
		f.fail(e.line, e.name, "another code system")
	}
	meaning, known := list.meaning(value)
	if !known {
		f.fail(e.line, e.name, "unknown code")
	}
	return value, meaning
}

// identifier is the extension of the parent's id with the root; empty if there is none.
func (f *fields) identifier(parent element, root string) (id element) {
	id = element{name: "id", line: parent.line}
	for _, found := range all(parent, "id") {
		if optional(found, "root") != root {
			continue
		}
		if optional(id, "root") != "" {
			f.fail(found.line, "id", "element given twice")
		}
		id = found
	}
	return id
}

// nhsNumber is the parent's NHS number: ten digits, whatever their check digit says.
func (f *fields) nhsNumber(parent element) string {
	number := optional(f.identifier(parent, rootNHSNumber), "extension")
	if !inbox.IsTenDigits(number) {
		f.fail(parent.line, parent.name+"/id", "not ten digits")
	}
	return number
}

// layout is how an HL7 V3 TS is written: right-hand parts may be dropped, but from the hours on the zone's offset must
// be there. It is empty for what is no TS.
func layout(value string) string {
	digits, zone := len(value), strings.IndexAny(value, "+-")
	switch {
	case zone >= 10 && zone <= 14 && zone%2 == 0:
		return "20060102150405"[:zone] + "-0700"
	case zone < 0 && (digits == 4 || digits == 6 || digits == 8):
		return "20060102"[:digits]
	}
	return ""
}

// instant is an attribute's moment; of a year, month or day it is the first moment, in London.
func (f *fields) instant(e element) time.Time {
	value := f.required(e, "value")
	layout := layout(value)
	at, err := time.ParseInLocation(layout, value, f.london)
	if layout == "" || err != nil || at.Year() < 1900 {
		f.fail(e.line, e.name, "not a point in time")
		return time.Time{}
	}
	return at
}
