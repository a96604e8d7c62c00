package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"careshare/extract/fhir/r4"
)

// need is one element that a view reads, and below it the elements that it reads of that. The engine's reader builds these and no others.
type need struct {
	typ      string // FHIR type
	many     bool   // an array in JSON
	raw      bool   // kept as JSON, for its depth is not known: what a repeat goes down into
	moment   bool   // a column makes a date or an instant of it
	children map[string]*need
}

// child returns the need of a field, by its JSON name, and notes it where it is new.
func (n *need) child(field, typ string, many bool) *need {
	if c, ok := n.children[field]; ok {
		return c
	}
	if n.children == nil {
		n.children = map[string]*need{}
	}
	c := &need{typ: typ, many: many}
	n.children[field] = c
	return c
}

// take notes on what is kept as JSON what is read of each of its elements, which may hold more of the same: needs go round from there.
func (n *need) take(element *need) {
	for field, child := range element.children {
		if _, has := n.children[field]; !has {
			if n.children == nil {
				n.children = map[string]*need{}
			}
			n.children[field] = child
		}
	}
}

func (n *need) fields() []string { return slices.Sorted(maps.Keys(n.children)) }

// duck is the type that the engine's reader gives the element. A decimal is read as text, so that none of its digits
// is lost on the way, and a date as text, so that its precision is kept.
func (n *need) duck() string {
	if n.many {
		return n.one() + "[]"
	}
	return n.one()
}

func (n *need) one() string {
	switch {
	case n.raw:
		return "JSON"
	case len(n.children) > 0:
		return n.object()
	case r4.IsComplex(n.typ):
		return "JSON" // only whether it is there is asked
	}
	switch n.typ {
	case "boolean":
		return "BOOLEAN"
	case "integer", "positiveInt", "unsignedInt":
		return "INTEGER"
	}
	return "VARCHAR"
}

func (n *need) object() string { return "STRUCT(" + n.listed("%q %s", (*need).duck) + ")" }

// columns is the argument of read_ndjson for a file of these objects.
func (n *need) columns() string { return "{" + n.listed("%q: '%s'", (*need).duck) + "}" }

// inner is the structure, for from_json, of an element that is kept as JSON.
func (n *need) inner() string { return "{" + n.listed("%q: %s", (*need).structure) + "}" }

// listed writes each element's name and what it is.
func (n *need) listed(form string, what func(*need) string) string {
	parts := make([]string, 0, len(n.children))
	for _, field := range n.fields() {
		parts = append(parts, fmt.Sprintf(form, field, what(n.children[field])))
	}
	return strings.Join(parts, ", ")
}

func (n *need) structure() string {
	form := fmt.Sprintf("%q", n.one())
	if len(n.children) > 0 && !n.raw {
		form = n.inner()
	}
	if n.many {
		return "[" + form + "]"
	}
	return form
}
