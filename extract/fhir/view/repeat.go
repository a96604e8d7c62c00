package view

import (
	"fmt"
	"strings"

	"careshare/extract/fhir/fhirpath"
	"careshare/extract/fhir/r4"
)

// maxRepeat is how deep a repeat goes down; a resource that goes deeper stops the query.
const maxRepeat = 12

// repeat is every element that the paths reach from the focus and then from one another, each before what is below it.
// How deep they go is not known, so the elements are kept as JSON and read level by level.
func (c *compiler) repeat(paths []string, s scope) value {
	parsed := c.parse(paths)
	c.repeats = nil
	level := c.level(parsed, s.this)
	if c.err != nil || level.nothing() {
		return value{}
	}
	element := c.repeated(level.typ)
	raw := value{typ: level.typ, need: &need{typ: level.typ, raw: true, children: element.children}}
	tree := c.tree(parsed, level.sql, raw, 0)
	for _, n := range c.repeats {
		n.take(element)
	}
	e := c.fresh()
	typed := fmt.Sprintf("list_transform(%s, %s -> from_json(%s, '%s'))", tree, e, e, element.inner())
	return value{sql: typed, typ: level.typ, many: true, need: element}
}

// parse refuses a name that no type of FHIR has: which types a repeat comes to is not known beforehand, so a path
// that does not fit one of them is no fault, and a misspelt name would be left out in silence.
func (c *compiler) parse(paths []string) []fhirpath.Expr {
	parsed := make([]fhirpath.Expr, len(paths))
	for i, path := range paths {
		var err error
		if parsed[i], err = fhirpath.Parse(path); err != nil {
			c.fail("repeat: %w", err)
		}
		for e := parsed[i]; e != nil; {
			e = c.knownName(e, path)
		}
	}
	return parsed
}

func (c *compiler) knownName(e fhirpath.Expr, path string) fhirpath.Expr {
	switch e := e.(type) {
	case fhirpath.Member:
		if !r4.IsElement(e.Name) {
			c.fail("repeat %q: no type has an element %q", path, e.Name)
		}
		return e.On
	case fhirpath.Call:
		return e.On
	case fhirpath.Index:
		return e.On
	}
	return nil
}

// repeated is what is read of each element of this repeat, the same in both passes.
func (c *compiler) repeated(typ string) *need {
	n := &need{typ: typ, children: map[string]*need{}}
	if len(c.elements) < len(c.known) {
		n = c.known[len(c.elements)]
	}
	c.elements = append(c.elements, n)
	return n
}

// level is what the paths reach from one element, as one list of JSON.
func (c *compiler) level(paths []fhirpath.Expr, from value) value {
	c.lenient = true
	defer func() { c.lenient = false }()
	var lists []string
	all := value{many: true}
	for _, path := range paths {
		v := c.expr(path, scope{this: from, index: "0"})
		switch {
		case c.err != nil || v.nothing():
			continue
		case v.choice != nil || c.kind(v) != structure || v.need == nil || all.typ != "" && all.typ != v.typ:
			return c.fail("repeat: the paths must all come to elements of one type")
		}
		all.typ = v.typ
		v.need.raw = true
		c.repeats = append(c.repeats, v.need)
		if !v.many {
			v.sql = c.present("[" + v.sql + "]")
		}
		lists = append(lists, v.sql)
	}
	if all.sql = "[]"; len(lists) > 0 {
		all.sql = "list_concat(" + strings.Join(lists, ", ") + ")"
	}
	if len(lists) == 1 {
		all.sql = lists[0]
	}
	return all
}

func (c *compiler) tree(paths []fhirpath.Expr, list string, element value, depth int) string {
	if depth == maxRepeat {
		e := c.fresh()
		return fmt.Sprintf("list_transform(%s, %s -> cast('nested deeper than %d levels' as json))", list, e, maxRepeat)
	}
	element.sql = c.fresh()
	below := c.level(paths, element)
	if below.nothing() {
		return list
	}
	return fmt.Sprintf("flatten(list_transform(%s, %s -> list_concat([%s], %s)))", list, element.sql, element.sql, c.tree(paths, below.sql, element, depth+1))
}
