package view

import (
	"fmt"

	"careshare/extract/fhir/r4"
)

// kind is a group of types that can be compared with one another.
type kind int

const (
	words kind = iota
	truth
	number
	day // date, dateTime and instant
	clock
	structure
)

func (c *compiler) kind(v value) kind {
	switch v.typ {
	case "boolean":
		return truth
	case "integer", "integer64", "positiveInt", "unsignedInt", "decimal", "number":
		return number
	case "date", "dateTime", "instant":
		return day
	case "time":
		return clock
	}
	if v.choice != nil || r4.IsComplex(v.typ) {
		return structure
	}
	return words
}

func (c *compiler) binary(op string, l, r value) value {
	switch op {
	case "and", "or":
		return value{sql: "(" + c.boolean(l) + " " + op + " " + c.boolean(r) + ")", typ: "boolean"}
	case "xor":
		return value{sql: "(" + c.boolean(l) + " <> " + c.boolean(r) + ")", typ: "boolean"}
	case "implies":
		return value{sql: "(not " + c.boolean(l) + " or " + c.boolean(r) + ")", typ: "boolean"}
	}
	if c.err != nil || l.nothing() || r.nothing() {
		return c.ofNothing(op, l, r)
	}
	switch op {
	case "|":
		return c.union(l, r)
	case "=", "!=":
		return c.equal(op, l, r)
	case "<", ">", "<=", ">=":
		return c.compare(op, l.one(), r.one())
	}
	return c.arithmetic(op, l.one(), r.one())
}

// ofNothing is an operator on an empty collection: empty, but for & and |, which give the other side.
func (c *compiler) ofNothing(op string, l, r value) value {
	switch op {
	case "=", "!=", "<", ">", "<=", ">=":
		return value{sql: "null::boolean", typ: "boolean"}
	case "&", "|":
		if l.nothing() {
			return r
		}
		return l
	}
	return value{}
}

// equal compares collections as FHIRPath does: empty where one is empty, false where their lengths differ.
func (c *compiler) equal(op string, l, r value) value {
	switch {
	case !l.many && !r.many:
		return c.compare(op, l, r)
	case !l.many:
		l, r = r, l
	}
	differ := map[string]string{"=": "false", "!=": "true"}[op]
	first := l.as(c.first(l), false)
	if !r.many {
		same := c.compare(op, first, r)
		same.sql = fmt.Sprintf("(case coalesce(len(%s), 0) when 0 then null when 1 then %s else case when %s is not null then %s end end)", l.sql, same.sql, r.sql, differ)
		return same
	}
	if c.kind(l) != c.kind(r) || c.kind(l) == structure || c.kind(l) == day {
		return c.fail("a collection of %s cannot be compared with one of %s", l.typ, r.typ)
	}
	return value{typ: "boolean", sql: fmt.Sprintf("(case when len(%s) > 0 and len(%s) > 0 then %s %s %s end)", l.sql, r.sql, l.sql, op, r.sql)}
}

// compare is one value with another.
func (c *compiler) compare(op string, l, r value) value {
	k := c.kind(l)
	if k != c.kind(r) || k == structure || k == truth && op != "=" && op != "!=" {
		return c.fail("a %s cannot be compared (%s) with a %s", l.typ, op, r.typ)
	}
	form := "(%[1]s %[2]s %[3]s)"
	switch {
	case k == number:
		l.sql, r.sql = c.number(l), c.number(r)
	case k == clock:
		form = "(cast(%[1]s as time) %[2]s cast(%[3]s as time))"
	case k == day && !(l.whole && r.whole): // what is written to the day compares as it is written
		form = dayForm
	}
	return value{sql: fmt.Sprintf(form, l.sql, op, r.sql), typ: "boolean"}
}

// Two moments are compared as instants; with a date in it the comparison is of the digits that both have written,
// and where those are the same and one says more, the answer is empty (FHIRPath N1 section 6.1.1).
const dayForm = `(case when length(%[1]s) > 10 and length(%[3]s) > 10 then cast(%[1]s as timestamptz) %[2]s cast(%[3]s as timestamptz)
 when left(%[1]s, least(length(%[3]s), 10)) <> left(%[3]s, least(length(%[1]s), 10)) then left(%[1]s, least(length(%[3]s), 10)) %[2]s left(%[3]s, least(length(%[1]s), 10))
 when length(%[1]s) = length(%[3]s) then %[1]s %[2]s %[3]s end)`

// union is what is in either, each once, in order. Its first is the first of the left side or, where that is empty, of the right:
// so a view says what to fall back on.
func (c *compiler) union(l, r value) value {
	a, b := c.kind(l), c.kind(r)
	isText := (a == words || a == day) && (b == words || b == day)
	if l.choice != nil || r.choice != nil || !isText && l.typ != r.typ || a == structure && l.need != r.need {
		return c.fail("a %s cannot be united with a %s", l.typ, r.typ)
	}
	all := fmt.Sprintf("list_concat(%s, %s)", c.list(l), c.list(r))
	e, i := c.fresh(), c.fresh()
	v := l.as(fmt.Sprintf("list_filter(%s, (%s, %s) -> list_position(%s, %s) = %s)", all, e, i, all, e, i), true)
	v.either, v.parent = []value{l, r}, nil
	switch {
	case l.typ == r.typ:
	case a == day && b == day:
		v.typ = "dateTime"
	default:
		v.typ = "string"
	}
	return v
}

func (c *compiler) list(v value) string {
	if v.many {
		return v.sql
	}
	return c.present("[" + v.sql + "]")
}

// number is the value as a number of SQL: a decimal, kept as text until now, becomes decimal(38,18).
func (c *compiler) number(v value) string {
	if v.typ == "decimal" {
		return "cast(" + v.sql + " as decimal(38,18))"
	}
	return v.sql
}

func arithmeticType(l, r value) string {
	if l.typ == "decimal" || r.typ == "decimal" || l.typ == "number" || r.typ == "number" {
		return "number"
	}
	return "integer"
}

func (c *compiler) arithmetic(op string, l, r value) value {
	if op == "&" || op == "+" && c.kind(l) == words {
		return c.concat(op, l, r)
	}
	if c.kind(l) != number || c.kind(r) != number {
		return c.fail("%s of a %s and a %s", op, l.typ, r.typ)
	}
	a, b, typ := c.number(l), c.number(r), arithmeticType(l, r)
	switch op {
	case "*":
		if typ == "number" { // of two decimal(19,9) the product fits in decimal(38,18)
			a, b = "cast("+a+" as decimal(19,9))", "cast("+b+" as decimal(19,9))"
		}
	case "/":
		return value{sql: fmt.Sprintf("cast(cast(%s as double) / nullif(cast(%s as double), 0) as decimal(38,9))", a, b), typ: "number"}
	case "div":
		return value{sql: fmt.Sprintf("cast(trunc(%s / nullif(%s, 0)) as integer)", a, b), typ: "integer"}
	case "mod":
		op, b = "%", "nullif("+b+", 0)"
	}
	return value{sql: fmt.Sprintf("(%s %s %s)", a, op, b), typ: typ}
}

func (c *compiler) concat(op string, l, r value) value {
	if c.kind(l) != words || c.kind(r) != words {
		return c.fail("%s of a %s and a %s", op, l.typ, r.typ)
	}
	if op == "&" {
		l.sql, r.sql = "coalesce("+l.sql+", '')", "coalesce("+r.sql+", '')"
	}
	return value{sql: "(" + l.sql + " || " + r.sql + ")", typ: "string"}
}
