package view

import (
	"fmt"
	"strings"
)

// duckType is the type of a column: what its ansi/type tag says, else what its FHIR type becomes. A date, dateTime or
// instant becomes DATE or TIMESTAMPTZ; one written to the month or year only is taken as its first day or instant (UTC).
// A view that wants what was written declares a column of it with type string, or with the tag ansi/type VARCHAR.
func duckType(fhir string, tags []tag) (string, error) {
	for _, t := range tags {
		if t.Name == "ansi/type" {
			return ansiType(strings.ToUpper(strings.TrimSpace(t.Value)))
		}
	}
	switch fhir {
	case "boolean":
		return "BOOLEAN", nil
	case "integer", "positiveInt", "unsignedInt":
		return "INTEGER", nil
	case "integer64":
		return "BIGINT", nil
	case "decimal", "number":
		return "DECIMAL(38,18)", nil
	case "date":
		return "DATE", nil
	case "dateTime", "instant":
		return "TIMESTAMPTZ", nil
	case "time":
		return "TIME", nil
	}
	return "VARCHAR", nil
}

func ansiType(name string) (string, error) {
	switch base, _, _ := strings.Cut(name, "("); strings.TrimSpace(base) {
	case "BOOLEAN", "INTEGER", "BIGINT", "SMALLINT", "DATE", "TIME", "REAL":
		return strings.TrimSpace(base), nil
	case "INT":
		return "INTEGER", nil
	case "DOUBLE", "DOUBLE PRECISION", "FLOAT":
		return "DOUBLE", nil
	case "DECIMAL", "NUMERIC":
		return decimalType(name)
	case "CHARACTER", "CHAR", "VARCHAR", "CHARACTER VARYING", "TEXT", "STRING":
		return "VARCHAR", nil
	case "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE":
		return "TIMESTAMPTZ", nil // of FHIR every moment has an offset
	}
	return "", fmt.Errorf("ansi/type %q is not a type that a column may have", name)
}

func decimalType(name string) (string, error) {
	var width, scale int
	if n, _ := fmt.Sscanf(strings.ReplaceAll(name[strings.IndexAny(name+"(", "("):], " ", ""), "(%d,%d)", &width, &scale); n == 2 && width >= 1 && width <= 38 && scale >= 0 && scale <= width {
		return fmt.Sprintf("DECIMAL(%d,%d)", width, scale), nil
	}
	return "", fmt.Errorf("ansi/type %q: a DECIMAL says its digits, as DECIMAL(18,6)", name)
}

// The forms that a date or moment may be written in (FHIR R4 section 2.24.0.1), told by their length; any other stops the cast.
const (
	dateText = `case when strlen(%[1]s) = 10 then %[1]s when strlen(%[1]s) in (4, 7) then %[1]s || substring('-01-01', strlen(%[1]s) - 3)
 when strlen(%[1]s) >= 20 then left(%[1]s, 10) when %[1]s is not null then 'not a date' end`
	momentText = `case when strlen(%[1]s) >= 20 then %[1]s
 when strlen(%[1]s) in (4, 7, 10) then %[1]s || substring('-01-01T00:00:00Z', strlen(%[1]s) - 3) when %[1]s is not null then 'not a moment' end`
)

// cast turns one value into the column's type.
func (c *compiler) cast(text string, k kind, typ, duck string) string {
	switch {
	case duck == "VARCHAR" && (k == words || k == day || k == clock || typ == "decimal"),
		duck == "BOOLEAN" && k == truth, duck == "INTEGER" && k == number && typ != "decimal" && typ != "number" && typ != "integer64":
		return text
	case duck == "DATE":
		text = fmt.Sprintf(dateText, text)
	case duck == "TIMESTAMPTZ":
		text = fmt.Sprintf(momentText, text)
	}
	return fmt.Sprintf("cast(%s as %s)", text, duck)
}

// column compiles one column: its value before the cast, which stops on a second value, and after it.
func (c *compiler) column(d column, s scope) output {
	o := output{Column: Column{Name: d.Name, Path: d.Path, Description: d.Description, Collection: d.Collection, FHIR: d.Type}}
	v := c.path(d.Path, s)
	if c.err == nil && v.choice != nil {
		c.fail("column %s: %s may have several types: say which, as in ofType(%s)", d.Name, v.choice.Name, v.choice.Types[0])
	}
	if c.err == nil && c.kind(v) == structure {
		c.fail("column %s: a %s is not one value: name one of its elements", d.Name, v.typ)
	}
	if o.FHIR == "" {
		o.FHIR = v.typ
	}
	duck, err := duckType(o.FHIR, d.Tag)
	if err != nil {
		c.fail("column %s: %w", d.Name, err)
	}
	o.Type = duck
	if d.Collection {
		o.Type += "[]"
	}
	if c.err != nil || v.nothing() {
		o.raw, o.sql = "null", "cast(null as "+o.Type+")"
		return o
	}
	switch moment := duck == "DATE" || duck == "TIMESTAMPTZ"; {
	case o.Collection:
	case v.many && v.lead == "":
		v = v.as(c.name(v.sql), true)
	case v.many:
		v.sql = c.name(fmt.Sprintf("(case when %s then %s end)", v.isLonger(), v.sql))
	case moment: // the cast names it often
		v.sql = c.name(v.sql)
	}
	return c.typed(o, v, duck)
}

func (c *compiler) typed(o output, v value, duck string) output {
	k, root := c.kind(v), c.resource.need
	o.key = v.key
	switch {
	case v.need == nil:
	case v.need == root.children["id"]:
		o.element = "id"
	case root.children["meta"] != nil && v.need == root.children["meta"].children["lastUpdated"]:
		o.element = "meta.lastUpdated"
	}
	isMoment := duck == "DATE" || duck == "TIMESTAMPTZ"
	if v.need != nil && isMoment {
		v.need.moment = true
	}
	cast := func(text string) string { return c.cast(text, k, v.typ, duck) }
	if isMoment && c.view.asWritten && o.element != "meta.lastUpdated" {
		o.Type = strings.Replace(o.Type, duck, "VARCHAR", 1)
		cast = func(text string) string {
			return fmt.Sprintf("(case when %s is not null then %s end)", c.cast(text, k, v.typ, duck), text)
		}
	}
	if !o.Collection {
		v = v.one()
		o.raw, o.sql = v.sql, cast(v.sql)
		return o
	}
	if !v.many {
		v.sql, v.many = fmt.Sprintf("case when %s is not null then [%s] end", v.sql, v.sql), true
	}
	o.raw = fmt.Sprintf("coalesce(%s, [])", v.sql)
	o.sql = fmt.Sprintf("coalesce(%s, [])", c.each(v, v.typ, cast).sql)
	return o
}
