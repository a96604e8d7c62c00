package view

import (
	"fmt"
	"strings"

	"careshare/sql"
)

// MaxLine is the longest line, in bytes, that is read; a longer one stops the query.
const MaxLine = 16 << 20

// Query says what to read by a view, and how.
type Query struct {
	Files    []string // NDJSON, plain or gzip
	Numbered bool     // each line is {"line": n, "resource": {...}}
	Strict   bool     // a resource of another type, or without an id, stops the query; else other types are left out
	Leading  []string // columns before the view's own, such as 'a' as sender
}

// SQL is a query of the view's rows over NDJSON files, which may hold resources of other types too. The rows of a file keep its order.
func (v View) SQL(files []string) string { return v.Query(Query{Files: files}) }

// Query writes the SQL of one reading.
func (v View) Query(q Query) string {
	p := v.plan
	from := p.read(q) + " as r"
	conditions := append([]string{v.resourceCheck(q.Strict)}, p.where...)
	from = "(select * from " + from + " where " + strings.Join(conditions, " and ") + ") as r"
	for i, bound := range p.bound {
		from = fmt.Sprintf(`(select *, %s as "#%d" from %s) as r`, bound, i+1, from)
	}
	for i, l := range p.lists {
		from = fmt.Sprintf(`(select *, unnest(%s) as "#list%d" from %s) as r`, l.sql, i+1, from)
	}
	return "select " + strings.Join(append(q.Leading, p.selected(q.Strict && !q.Numbered)...), ", ") + " from " + from
}

// resourceCheck is a condition: without strict, of the resource's type; with it, one that cannot be false, only stop.
func (v View) resourceCheck(strict bool) string {
	if !strict {
		return fmt.Sprintf(`r."resourceType" = '%s'`, v.Resource)
	}
	return fmt.Sprintf(`case when r."resourceType" = '%s' and r."id" is not null then true else cast('another resource type, or no id' as boolean) end`, v.Resource)
}

func (p plan) read(q Query) string {
	files := make([]string, len(q.Files))
	for i, f := range q.Files {
		files[i] = sql.Quote(f)
	}
	columns := p.need.columns()
	if q.Numbered {
		columns = fmt.Sprintf(`{"line": 'BIGINT', "resource": '%s'}`, p.need.one())
	}
	read := fmt.Sprintf("read_ndjson([%s], maximum_object_size = %d, columns = %s)", strings.Join(files, ", "), MaxLine+64, columns)
	if q.Numbered {
		return `(select line as "#line", resource.* from ` + read + ")"
	}
	return read
}

// notText stops on what looks like an object or an array in JSON, for the engine's reader gives those as text where text is wanted.
// Text that only looks like one makes the file be read line by line, where the two are told apart.
const notText = `case when left(%[1]s, 2) in ('{"', '{}', '["', '[{', '[[', '[]') then cast(cast('not text' as integer) as varchar) else %[1]s end`

// selected are the view's columns, each with its name.
func (p plan) selected(guarded bool) []string {
	from := map[string]string{}
	for i, l := range p.lists {
		for _, o := range l.columns {
			from[o.Name] = fmt.Sprintf(`r."#list%d".%q`, i+1, o.Name)
		}
	}
	columns := make([]string, len(p.columns))
	for i, o := range p.columns {
		expression := o.sql
		if expression == "" {
			expression = from[o.Name]
		}
		if guarded && o.Type == "VARCHAR" {
			expression = fmt.Sprintf(notText, expression)
		}
		columns[i] = fmt.Sprintf("%s as %q", expression, o.Name)
	}
	return columns
}

// Empty is a query of no row, with the view's columns.
func (v View) Empty(leading ...string) string {
	columns := leading
	for _, o := range v.plan.columns {
		columns = append(columns, fmt.Sprintf("cast(null as %s) as %q", o.Type, o.Name))
	}
	return "select " + strings.Join(columns, ", ") + " where false"
}

// Faults is a query of what a numbered file holds that the view cannot take: line, column_name and rule, one row a fault.
// Each expression is tried on its own, so that one fault hides neither the others nor the rest of the file.
func (v View) Faults(file string) string {
	p := v.checks
	var tries []string
	try := func(column, raw, sql, cast string) {
		tries = append(tries, fmt.Sprintf(`case when try({'v': %s}) is null then {'column_name': '%s', 'rule': 'more than one value where one is allowed'}
 when try({'v': %s}) is null then {'column_name': '%s', 'rule': 'not %s'} end`, raw, column, sql, column, cast))
	}
	for _, o := range p.columns {
		if o.sql != "" {
			try(o.Name, o.raw, o.sql, article(o.Type))
		}
	}
	for _, l := range p.lists {
		try("", "1", l.sql, "a value of the column's type, or more than one where one is allowed")
	}
	for _, w := range p.where {
		try("", "1", w, "a condition with one answer")
	}
	from := p.read(Query{Files: []string{file}, Numbered: true})
	return fmt.Sprintf(`select line, fault.column_name, fault.rule from (select r."#line" as line, unnest([%s]) as fault from %s as r) where fault is not null order by all`,
		strings.Join(tries, ",\n"), from)
}

func article(typ string) string {
	if strings.ContainsRune("AEIO", rune(typ[0])) {
		return "an " + typ
	}
	return "a " + typ
}
