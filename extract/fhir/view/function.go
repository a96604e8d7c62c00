package view

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"careshare/extract/fhir/fhirpath"
	"careshare/extract/fhir/r4"
	"careshare/sql"
)

// function is one function of FHIRPath or of SQL-on-FHIR, with how many arguments it takes.
type function struct {
	least, most int
	compile     func(c *compiler, on value, args []fhirpath.Expr, s scope) value
}

func functions() map[string]function {
	return map[string]function{
		"where":           {1, 1, (*compiler).fnWhere},
		"exists":          {0, 1, (*compiler).fnExists},
		"empty":           {0, 0, (*compiler).fnEmpty},
		"not":             {0, 0, (*compiler).fnNot},
		"first":           {0, 0, (*compiler).fnFirst},
		"ofType":          {1, 1, (*compiler).fnOfType},
		"extension":       {1, 1, (*compiler).fnExtension},
		"join":            {0, 1, (*compiler).fnJoin},
		"lowBoundary":     {0, 0, (*compiler).fnLowBoundary},
		"highBoundary":    {0, 0, (*compiler).fnHighBoundary},
		"getResourceKey":  {0, 0, (*compiler).fnResourceKey},
		"getReferenceKey": {0, 1, (*compiler).fnReferenceKey},
	}
}

func (c *compiler) call(e fhirpath.Call, s scope) value {
	known := functions()
	f, ok := known[e.Name]
	switch {
	case !ok:
		return c.fail("%s() is not a function of the standard's subset; the nearest is %s()", e.Name, r4.Nearest(e.Name, slices.Collect(maps.Keys(known))))
	case len(e.Args) < f.least || len(e.Args) > f.most:
		return c.fail("%s() takes %d to %d arguments", e.Name, f.least, f.most)
	}
	if e.Name == "getReferenceKey" {
		e.On = withoutReferenceTest(e.On)
	}
	on := c.expr(e.On, s)
	if c.err != nil {
		return value{}
	}
	return f.compile(c, on, e.Args, s)
}

func (c *compiler) fnWhere(on value, args []fhirpath.Expr, s scope) value {
	if on.choice != nil {
		return c.fail("where() on %s: say its type first, with ofType()", on.choice.Name)
	}
	return c.where(on, s, func(s scope) string { return c.condition(args[0], s) })
}

func (c *compiler) fnExists(on value, args []fhirpath.Expr, s scope) value {
	if len(args) > 0 {
		on = c.fnWhere(on, args, s)
	}
	if on.choice != nil {
		return value{sql: c.existsChoice(on), typ: "boolean"}
	}
	return value{sql: on.exists(), typ: "boolean"}
}

func (c *compiler) fnEmpty(on value, _ []fhirpath.Expr, s scope) value {
	v := c.fnExists(on, nil, s)
	v.sql = "(not " + v.sql + ")"
	return v
}

func (c *compiler) fnNot(on value, _ []fhirpath.Expr, _ scope) value {
	return value{sql: "(not " + c.boolean(on) + ")", typ: "boolean"}
}

func (c *compiler) fnFirst(on value, _ []fhirpath.Expr, _ scope) value {
	return on.as(c.first(on), false)
}

// fnOfType takes a type's name, which the parser reads as a path: string, FHIR.string, System.String.
func (c *compiler) fnOfType(on value, args []fhirpath.Expr, _ scope) value {
	typ := typeName(args[0])
	if typ == "" {
		return c.fail("ofType() wants the name of a type")
	}
	return c.ofType(on, typ)
}

func typeName(e fhirpath.Expr) string {
	m, ok := e.(fhirpath.Member)
	if !ok {
		return ""
	}
	switch on := m.On.(type) {
	case fhirpath.This:
		return m.Name
	case fhirpath.Member:
		if on.Name == "FHIR" {
			return m.Name
		}
	}
	return ""
}

func (c *compiler) fnExtension(on value, args []fhirpath.Expr, s scope) value {
	all := c.member(on, "extension")
	return c.where(all, s, func(inner scope) string {
		return c.boolean(c.binary("=", c.member(inner.this, "url"), c.expr(args[0], s)))
	})
}

// fnJoin is empty on an empty collection.
func (c *compiler) fnJoin(on value, args []fhirpath.Expr, s scope) value {
	if on.nothing() {
		return value{}
	}
	if c.kind(on) != words {
		return c.fail("join() of %s", on.typ)
	}
	separator := value{sql: "''", typ: "string"}
	if len(args) > 0 {
		separator = c.expr(args[0], s)
	}
	if separator.typ != "string" || separator.many {
		return c.fail("join() wants a string to put between")
	}
	if on.many {
		all := fmt.Sprintf("list_aggregate(%s, 'string_agg', %s)", cmp.Or(on.loose, on.sql), separator.sql) // it passes over nulls
		if on.sql = all; on.lead != "" {
			on.sql = fmt.Sprintf("(case when %s then %s else %s end)", on.isLonger(), all, on.quick())
		}
	}
	return value{sql: on.sql, typ: "string"}
}

func (c *compiler) fnResourceKey(on value, _ []fhirpath.Expr, _ scope) value {
	if on.typ != c.resource.typ {
		return c.fail("getResourceKey() is asked of a resource, not of a %s", on.typ)
	}
	return c.member(on, "id")
}

// hasReference is reference.exists().
var hasReference = fhirpath.Call{On: fhirpath.Member{On: fhirpath.This{}, Name: "reference"}, Name: "exists"}

// withoutReferenceTest drops a where(reference.exists()) before getReferenceKey(): a reference without text has no key in any case.
// Views write it for other runners, some of which stop at such a reference.
func withoutReferenceTest(on fhirpath.Expr) fhirpath.Expr {
	if call, is := on.(fhirpath.Call); is && call.Name == "where" && len(call.Args) == 1 && reflect.DeepEqual(call.Args[0], fhirpath.Expr(hasReference)) {
		return call.On
	}
	return on
}

func (c *compiler) fnReferenceKey(on value, args []fhirpath.Expr, _ scope) value {
	if on.nothing() {
		return value{}
	}
	if on.choice != nil || on.typ != "Reference" {
		return c.fail("getReferenceKey() is asked of a Reference, not of a %s", on.typ)
	}
	typ := ""
	if len(args) > 0 {
		if typ = typeName(args[0]); !r4.IsResource(typ) {
			return c.fail("getReferenceKey(%s): not a resource; the nearest is %s", typ, r4.NearestResource(typ))
		}
	}
	id := c.each(c.member(on, "reference"), "string", func(ref string) string { return c.referenceKey(ref, typ) })
	id.key = true
	return id
}

// referenceKey is the id that a reference ends in, whether it is relative, absolute or of one version. It is null for what
// names no resource of the type: a fragment, a urn, a search (Patient?identifier=...).
// A regular expression takes most of a query's time, so the common form, Type/id, is told by its bytes.
func (c *compiler) referenceKey(ref, typ string) string {
	if !isWithinList(ref) && !slices.Contains(c.references, ref) {
		c.references = append(c.references, ref)
	}
	kind := typ
	if typ == "" {
		kind = "[A-Z][A-Za-z]+"
	}
	form := sql.Quote("^" + anyBase + kind + `/([A-Za-z0-9\-.]+)(?:/_history/[A-Za-z0-9\-.]+)?$`)
	slow := fmt.Sprintf("nullif(regexp_extract(%s, %s, 1), '')", ref, form)
	if typ == "" {
		return slow
	}
	id := fmt.Sprintf("substring(%s, %d)", ref, len(typ)+2)
	if bound := c.name(id); bound != id {
		return fmt.Sprintf("(case when starts_with(%[1]s, '%[2]s/') and %[3]s <> '' and not contains(%[3]s, '/') then %[3]s else %[4]s end)", ref, typ, bound, slow)
	}
	return fmt.Sprintf("(case when %[1]s like '%[2]s/_%%' and %[1]s not like '%[2]s/%%/%%' then %[3]s else %[4]s end)", ref, typ, id, slow)
}
