package view

import (
	"fmt"
	"slices"
	"strings"

	"careshare/extract/fhir/r4"
)

// value is an expression in SQL and what is known of it. One value is a scalar or a struct, null when there is none;
// many are a list, null or empty when there are none, never holding a null.
type value struct {
	sql    string
	typ    string // FHIR type; "" for the empty collection, "number" for the result of arithmetic
	many   bool
	need   *need       // where what is read of it is noted; nil for what was computed
	choice *r4.Element // value[x] whose type has not been said yet: sql and need are then its parent's
	parent *value      // what it is an element of
	either []value     // of a union: the collections that it was made of
	lead   string      // of many: the first element of each list on their way; the first of them where guard holds
	guard  string      // "" where it always does
	longer []string    // when there may be others: conditions, that one of those lists has more than one element
	from   *mapping    // of many: the list that they come from, and how
	loose  string      // of many: the same list, nulls among it, for those who pass over nulls
	of     *value      // of what is filtered: what it is filtered from
	whole  bool        // a date that is written to the day
	field  string      // its JSON name there
	key    bool        // what a reference ends in
}

// mapping is a list and what becomes of each of its elements, null for those that are left out. What is next taken of the values is
// taken in the same pass, rather than of a list made in between.
type mapping struct {
	list  string
	apply func(element string) string
}

// mapped is how many values come about, at the least as themselves.
func (v value) mapped() mapping {
	if v.from != nil {
		return *v.from
	}
	return mapping{v.sql, func(element string) string { return element }}
}

// as is the same value by another expression, without what was known of how it came about.
func (v value) as(sql string, many bool) value {
	return value{sql: sql, typ: v.typ, many: many, need: v.need, choice: v.choice, parent: v.parent, field: v.field}
}

func (v value) nothing() bool { return v.typ == "" }

func (v value) primitive() bool { return v.choice == nil && !r4.IsComplex(v.typ) }

// first is the first of many, or the one.
func (c *compiler) first(v value) string {
	if len(v.either) > 0 {
		return c.firstOfEither(v)
	}
	switch {
	case !v.many:
		return v.sql
	case v.lead != "":
		return fmt.Sprintf("coalesce(%s, case when %s then %s end)", v.quick(), v.isLonger(), v.firstInList())
	}
	return "(" + v.sql + ")[1]"
}

// firstInList is the first of many, read from the list.
func (v value) firstInList() string {
	if v.loose != "" { // one pass, where to leave the nulls out would take another
		return "list_aggregate(" + v.loose + ", 'any_value')"
	}
	return "(" + v.sql + ")[1]"
}

// firstOfEither prefers the left. Where all are filtered from the last, a last of one element gives that, whatever the filters say.
func (c *compiler) firstOfEither(v value) string {
	all := v.alternatives()
	first, last := all[0], all[len(all)-1]
	firsts := make([]string, len(all))
	if v.either[0].origin() == last.origin() && len(last.longer) > 0 && last.of == nil {
		for i, one := range all {
			firsts[i] = one.firstInList()
		}
		quick := ""
		if first.guard != "" { // of the first filter's own list, and not of what is taken from its elements
			quick = "when " + first.guard + " then " + c.leader(last)
		}
		return fmt.Sprintf("(case %s when %s then coalesce(%s) else %s end)", quick, last.isLonger(), strings.Join(firsts, ", "), c.leader(last))
	}
	for i, one := range all {
		firsts[i] = c.first(one)
	}
	return "coalesce(" + strings.Join(firsts, ", ") + ")"
}

// alternatives are the collections that a union was made of, in order.
func (v value) alternatives() (all []value) {
	if len(v.either) == 0 {
		return []value{v}
	}
	return append(v.either[0].alternatives(), v.either[1].alternatives()...)
}

// origin is the list that a value was filtered from, or that both sides of a union were.
func (v value) origin() string {
	switch {
	case len(v.either) > 0:
		if left := v.either[0].origin(); left == v.either[1].origin() {
			return left
		}
	case v.of != nil:
		return v.of.origin()
	}
	return v.sql
}

// isLonger is a condition: that quick does not tell.
func (v value) isLonger() string { return strings.Join(v.longer, " or ") }

// leader is the first element of each list on the way to many, whether a filter leaves it or not; for one, itself.
func (c *compiler) leader(v value) string {
	switch {
	case !v.many:
		return v.sql
	case v.lead != "":
		return v.lead
	}
	return c.name("(" + v.sql + ")[1]")
}

// quick is the first of many, read without going over lists; null where that does not tell.
func (v value) quick() string {
	if v.guard == "" {
		return v.lead
	}
	return fmt.Sprintf("(case when %s then %s end)", v.guard, v.lead)
}

// one is the only value; the engine stops on a second one, for to take the first in silence would be a guess.
func (v value) one() value {
	switch {
	case !v.many:
		return v
	case v.lead != "":
		return v.as(fmt.Sprintf("(case when %s then %s else %s end)", v.isLonger(), only(v.sql), v.quick()), false)
	}
	return v.as(only(v.sql), false)
}

// severalValues is the rule that a second value breaks.
const severalValues = "more than one value where one is allowed"

func only(list string) string {
	return fmt.Sprintf("(%[1]s)[case when len(%[1]s) > 1 then cast('%[2]s: ' || len(%[1]s) as integer) else 1 end]", list, severalValues)
}

// exists is a condition that is never null.
func (v value) exists() string {
	switch {
	case v.nothing():
		return "false"
	case v.many:
		return fmt.Sprintf("coalesce(len(%s) > 0, false)", v.sql)
	}
	return fmt.Sprintf("(%s is not null)", v.sql)
}

// each applies a function, which may return null for nothing, to the one value or to every one of many.
func (c *compiler) each(v value, typ string, apply func(sql string) string) value {
	if !v.many {
		return value{typ: typ, sql: apply(v.sql)}
	}
	m := v.mapped()
	out := c.pass(value{typ: typ}, mapping{m.list, func(e string) string { return apply(m.apply(e)) }})
	if len(v.longer) > 0 {
		out.lead, out.guard, out.longer = apply(c.leader(v)), v.guard, v.longer
	}
	return out
}

// pass is what a mapping gives, without what it leaves out.
func (c *compiler) pass(v value, m mapping) value {
	e := c.fresh()
	v.loose, v.many, v.from = fmt.Sprintf("list_transform(%s, %s -> %s)", m.list, e, m.apply(e)), true, &m
	v.sql = c.present(v.loose)
	return v
}

func (c *compiler) present(list string) string {
	e := c.fresh()
	return fmt.Sprintf("list_filter(%s, %s -> %s is not null)", list, e, e)
}

// member is v.name.
func (c *compiler) member(v value, name string) value {
	switch {
	case v.nothing():
		return value{}
	case v.choice != nil:
		return c.fail("%s may have several types: say which, as in %s.ofType(%s)", v.choice.Name, v.choice.Name, v.choice.Types[0])
	case v.primitive():
		return c.sibling(v, name)
	}
	e, ok := r4.Find(v.typ, name)
	switch {
	case !ok && c.lenient:
		return value{}
	case !ok:
		return c.fail("%s has no element %q; the nearest is %s", v.typ, name, r4.NearestElement(v.typ, name))
	case e.Choice:
		v.choice = &e
		return v
	}
	return c.element(v, e.Name, e.Types[0], e.Many)
}

// sibling is the id or an extension of a primitive, which JSON holds beside it: birthDate has _birthDate.
func (c *compiler) sibling(v value, name string) value {
	if v.parent == nil || name != "id" && name != "extension" {
		return c.fail("a %s has no element %q", v.typ, name)
	}
	return c.member(c.element(*v.parent, "_"+v.field, "Element", v.need.many), name)
}

// element is the field of v by its JSON name.
func (c *compiler) element(v value, field, typ string, many bool) value {
	child := v.need.child(field, typ, many)
	out := value{typ: typ, many: v.many || many, need: child, parent: &v, field: field}
	step := func(on string) string {
		if v.need.raw {
			on = fmt.Sprintf("from_json(%s, '%s')", on, v.need.inner())
		}
		return fmt.Sprintf("%s.%q", on, field)
	}
	m := v.mapped()
	switch inner := (mapping{m.list, func(e string) string { return step(m.apply(e)) }}); {
	case v.many && many:
		e := c.fresh()
		out.sql = fmt.Sprintf("flatten(list_transform(%s, %s -> %s))", inner.list, e, inner.apply(e))
	case v.many:
		out = c.pass(out, inner)
	default:
		out.sql = step(v.sql)
	}
	if many && !r4.IsComplex(typ) { // JSON writes a missing primitive among others as null
		out.loose, out.sql = out.sql, c.present(out.sql)
	}
	leader := step(c.leader(v))
	out.longer = slices.Clone(v.longer)
	if many {
		out.longer = append(out.longer, "len("+leader+") > 1")
		leader = c.name("(" + leader + ")[1]")
	}
	if v.many || many && !r4.IsComplex(typ) {
		out.lead, out.guard = leader, v.guard
	}
	return out
}

// ofType is v.ofType(typ).
func (c *compiler) ofType(v value, typ string) value {
	switch {
	case v.nothing():
		return value{}
	case v.choice == nil && v.typ == typ:
		return v
	case v.choice == nil:
		return value{}
	case !slices.Contains(v.choice.Types, typ):
		return c.fail("%s is never a %s; the nearest is %s", v.choice.Name, typ, r4.Nearest(typ, v.choice.Types))
	}
	choice := v.choice
	v.choice = nil
	return c.element(v, choice.Field(typ), typ, false)
}

// existsChoice asks for each type that a choice may have.
func (c *compiler) existsChoice(v value) string {
	var any []string
	for _, typ := range v.choice.Types {
		any = append(any, c.ofType(v, typ).exists())
	}
	return "(" + strings.Join(any, " or ") + ")"
}

// where is v.where(criteria).
func (c *compiler) where(v value, s scope, criteria func(scope) string) value {
	if v.nothing() {
		return value{}
	}
	one := func(sql string) string {
		return criteria(scope{this: v.as(sql, false), index: s.index})
	}
	if !v.many {
		return v.as("(case when "+one(v.sql)+" then "+v.sql+" end)", false)
	}
	e, leader := c.fresh(), c.leader(v)
	out := v.as(fmt.Sprintf("list_filter(%s, %s -> %s)", v.sql, e, one(e)), true)
	out.longer, out.lead, out.of = v.longer, leader, &v
	if out.guard = one(leader); v.guard != "" {
		out.guard = "(case when " + v.guard + " then " + out.guard + " end)"
	}
	out.guard = c.name(out.guard)
	m := v.mapped()
	out.from = &mapping{m.list, func(e string) string { return "(case when " + one(m.apply(e)) + " then " + m.apply(e) + " end)" }}
	return out
}
