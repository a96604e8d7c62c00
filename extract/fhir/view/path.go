package view

import (
	"fmt"
	"strings"

	"careshare/extract/fhir/fhirpath"
	"careshare/extract/fhir/r4"
	"careshare/sql"
)

// compiler turns the paths of one view into SQL. The first fault is kept and stops the rest.
type compiler struct {
	view       definition
	resource   value
	bind       bool // an expression of the resource may be given a name in a query below the one that uses it
	bound      []string
	lenient    bool    // an unknown element is an empty collection: a path of repeat need not fit every level
	known      []*need // what is read of the elements of each repeat, as the first pass found it
	elements   []*need // the same, as this pass finds it
	references []string
	repeats    []*need // what the paths of the repeat at hand come to
	names      int
	err        error
}

// scope is what a path is read in.
type scope struct {
	this  value  // $this, the focus
	index string // %rowIndex
}

func (c *compiler) fail(format string, args ...any) value {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
	return value{}
}

// fresh is a name for a list function's element.
func (c *compiler) fresh() string {
	c.names++
	return fmt.Sprintf("e%d", c.names)
}

// path compiles a path as it is written in the view.
func (c *compiler) path(source string, s scope) value {
	e, err := fhirpath.Parse(source)
	if err != nil {
		return c.fail("%w", err)
	}
	before := c.err
	v := c.expr(e, s)
	if before == nil && c.err != nil {
		c.err = fmt.Errorf("path %q: %w", source, c.err)
	}
	return v
}

// maxSQL bounds what one path may become: an expression is written out where it is used, so that nesting can double it at each step.
const maxSQL = 1 << 18

func (c *compiler) expr(e fhirpath.Expr, s scope) value {
	if c.err != nil {
		return value{}
	}
	v := c.node(e, s)
	if len(v.sql)+len(v.lead)+len(v.guard) > maxSQL {
		return c.fail("too intricate: it would become more than %d characters of SQL", maxSQL)
	}
	return v
}

func (c *compiler) node(e fhirpath.Expr, s scope) value {
	switch e := e.(type) {
	case fhirpath.Literal:
		return literal(string(e.Kind), e.Text)
	case fhirpath.This:
		return s.this
	case fhirpath.Variable:
		return c.variable(e.Name, s)
	case fhirpath.Member:
		return c.memberOf(e, s)
	case fhirpath.Call:
		return c.call(e, s)
	case fhirpath.Index:
		return c.at(c.expr(e.On, s), c.expr(e.At, s))
	case fhirpath.Binary:
		return c.binary(e.Op, c.expr(e.Left, s), c.expr(e.Right, s))
	case fhirpath.Unary:
		return c.unary(e.Op, c.expr(e.Of, s))
	}
	return value{} // {}
}

func literal(typ, text string) value {
	switch typ {
	case "boolean", "integer", "integer64", "positiveInt", "unsignedInt":
		return value{sql: text, typ: typ}
	}
	return value{sql: sql.Quote(text), typ: typ}
}

func (c *compiler) variable(name string, s scope) value {
	switch name {
	case "rowIndex":
		return value{sql: s.index, typ: "integer"}
	case "resource", "rootResource", "context":
		return c.resource
	}
	known := []string{"rowIndex", "resource", "context"}
	for _, constant := range c.view.Constant {
		if constant.name == name {
			return literal(constant.typ, constant.text)
		}
		known = append(known, constant.name)
	}
	return c.fail("%%%s is not a constant of this view; the nearest is %%%s", name, r4.Nearest(name, known))
}

// memberOf lets a path begin with its own type: Patient.name.
func (c *compiler) memberOf(e fhirpath.Member, s scope) value {
	if _, first := e.On.(fhirpath.This); first && e.Name == s.this.typ {
		return s.this
	}
	return c.member(c.expr(e.On, s), e.Name)
}

// at is v[index], counted from 0.
func (c *compiler) at(v, index value) value {
	if v.nothing() || index.nothing() {
		return value{}
	}
	if c.kind(index) != number || index.typ == "decimal" || index.many {
		return c.fail("an index is one integer")
	}
	if v.many {
		return v.as(fmt.Sprintf("(%s)[%s + 1]", v.sql, index.sql), false)
	}
	return v.as(fmt.Sprintf("(case when %s = 0 then %s end)", index.sql, v.sql), false)
}

func (c *compiler) unary(op string, v value) value {
	if v.nothing() || op == "+" {
		return v
	}
	if c.kind(v) != number {
		return c.fail("- of a %s", v.typ)
	}
	return value{sql: "(-" + c.number(v) + ")", typ: arithmeticType(v, v)}
}

// condition compiles to a boolean in SQL, which is null where the path is empty.
func (c *compiler) condition(e fhirpath.Expr, s scope) string { return c.boolean(c.expr(e, s)) }

func (c *compiler) boolean(v value) string {
	switch {
	case c.err != nil || v.nothing():
		return "null::boolean"
	case v.choice != nil || v.typ != "boolean":
		c.fail("a boolean is wanted, and this is a %s: end it with exists() or a comparison", strings.TrimSpace(v.typ))
		return "null::boolean"
	}
	return v.one().sql
}
