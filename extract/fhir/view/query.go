package view

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"careshare/extract/fhir/r4"
	"careshare/sql"
)

// MaxLine is the longest line, in bytes, that is read; a longer one stops the query.
const MaxLine = 16 << 20

// Query says what to read by a view, and how.
type Query struct {
	Files    []string // NDJSON, plain or gzip
	Numbered bool     // each line is {"line": n, "resource": {...}}, and was found sound
	Sender   string   // not empty: the first column says it
	Strict   bool     // for a view with an ID: what only the line can be judged by stops the query, as does a resource of another type
	Mixed    bool     // resources of other types are left out, strict or not
	OwnOnly  bool     // an absolute reference has a key only if it is below one of Bases
	Bases    []string // addresses of the server that the resources are from
	Placed   bool     // the last columns, "#file" and "#id", say which file and which resource a row is from
	MaxLine  int      // the longest line, in bytes, that the engine takes; a longer one stops the query; 0: MaxLine
}

// SQL is a query of the view's rows over NDJSON files, which may hold resources of other types too. The rows of a file keep its order.
func (v View) SQL(files []string) string { return v.Query(Query{Files: files, Mixed: true}) }

// anyBase is where a pattern of references takes the address of a server, whichever it is.
const anyBase = `(?:.*/)?`

// based leaves of all addresses the sender's own in the patterns of references.
func (q Query) based(query string) string {
	if !q.OwnOnly {
		return query
	}
	own := make([]string, len(q.Bases))
	for i, base := range q.Bases {
		own[i] = regexp.QuoteMeta(strings.TrimRight(base, "/") + "/")
	}
	return strings.ReplaceAll(query, anyBase, strings.ReplaceAll("(?:"+strings.Join(own, "|")+")?", "'", "''"))
}

// Query writes the SQL of one reading.
func (v View) Query(q Query) string { return q.based(v.query(q)) }

func (v View) query(q Query) string {
	p := v.plan
	from := p.read(q) + " as r"
	isType := fmt.Sprintf(`r."resourceType" = '%s'`, v.Resource)
	hold, conditions := []string{isType}, p.where
	if q.Mixed {
		hold, conditions = nil, append([]string{isType}, conditions...)
	}
	if q.Strict && !q.Numbered {
		for _, field := range p.foreign() {
			hold = append(hold, fmt.Sprintf("r.%q is null", field))
		}
		for _, text := range p.references {
			hold = append(hold, fmt.Sprintf("not coalesce(%s, false)", fmt.Sprintf(bracketed, text)))
		}
	}
	columns := p.selected(strings.Join(hold, " and "))
	if q.Placed {
		columns = append(columns, `r."#file"`, `r."id" as "#id"`)
	}
	if q.Sender != "" {
		columns = append([]string{sql.Quote(q.Sender) + " as sender"}, columns...)
	}
	if len(conditions) > 0 {
		from = "(select * from " + from + " where " + strings.Join(conditions, " and ") + ") as r"
	}
	for _, level := range p.levels() {
		from = fmt.Sprintf(`(select *, %s from %s) as r`, strings.Join(level, ", "), from)
	}
	for i, l := range p.lists {
		from = fmt.Sprintf(`(select *, unnest(%s) as "#list%d" from %s) as r`, l.sql, i+1, from)
	}
	query := "select " + strings.Join(columns, ", ") + " from " + from
	if q.Strict && !q.Numbered && v.ID() != "" {
		return v.strict(query)
	}
	return query
}

var boundName = regexp.MustCompile(`r\."#([0-9]+)"`)

// levels are what is bound, each with its name, in as few steps as they stand on one another: the engine plans every step.
func (p plan) levels() (levels [][]string) {
	of := make([]int, len(p.bound))
	for i, bound := range p.bound {
		if bound == "" {
			continue
		}
		for _, used := range boundName.FindAllStringSubmatch(bound, -1) {
			n, _ := strconv.Atoi(used[1])
			of[i] = max(of[i], of[n-1]+1)
		}
		if of[i] == len(levels) {
			levels = append(levels, nil)
		}
		levels[of[i]] = append(levels[of[i]], fmt.Sprintf(`%s as "#%d"`, bound, i+1))
	}
	return levels
}

// foreign are the fields that only the line can be judged by: what a resource contains, and what other versions of FHIR have.
func (p plan) foreign() []string {
	fields := []string{"contained"}
	for _, element := range slices.Sorted(maps.Keys(r4.Elsewhere(p.need.typ))) {
		if p.need.children[element] == nil {
			fields = append(fields, element)
		}
	}
	return fields
}

func (p plan) read(q Query) string {
	files := make([]string, len(q.Files))
	for i, f := range q.Files {
		files[i] = sql.Quote(f)
	}
	columns := p.need.columns()
	if q.Strict && !q.Numbered {
		for _, field := range p.foreign() {
			columns = strings.TrimSuffix(columns, "}") + fmt.Sprintf(", %q: 'JSON'}", field)
		}
	}
	if q.Numbered {
		columns = fmt.Sprintf(`{"line": 'BIGINT', "resource": '%s'}`, p.need.one())
	}
	place, named := "", ""
	if q.Placed {
		place, named = ", filename = '#file'", `, "#file"`
	}
	read := fmt.Sprintf("read_ndjson([%s], maximum_object_size = %d, columns = %s, hive_partitioning = false%s)", strings.Join(files, ", "), cmp.Or(q.MaxLine, MaxLine)+64, columns, place)
	if q.Numbered {
		return `(select line as "#line", resource.*` + named + " from " + read + ")"
	}
	return read
}

// selected are the view's columns, each with its name. A condition that is to hold is asked with the resource's id, where it costs
// least; where it does not hold, the query stops.
func (p plan) selected(hold string) []string {
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
		if hold != "" && o.element == "id" {
			expression = fmt.Sprintf("case when %s then %s else cast(cast('another resource type, or no reference' as integer) as varchar) end", hold, expression)
		}
		columns[i] = fmt.Sprintf("%s as %q", expression, o.Name)
	}
	return columns
}

// bracketed says whether a text may be an object or an array: so begins what the engine writes of one.
const bracketed = "(%[1]s between '[' and '[~' or %[1]s between '{' and '{~')"

// strict stops a query at a row without an id, and where a text looks like an object or an array in JSON, for the engine's reader gives
// those as text where text is wanted. Only reading the line can tell whether it is.
func (v View) strict(query string) string {
	odd := fmt.Sprintf("%q is null", v.ID())
	var texts, brackets []string
	for _, o := range v.plan.columns {
		if o.Type == "VARCHAR" && !o.key {
			texts = append(texts, fmt.Sprintf("%q", o.Name))
			brackets = append(brackets, fmt.Sprintf(bracketed, fmt.Sprintf("%q", o.Name)))
		}
	}
	if len(texts) > 0 { // comparisons cost least on each row; the regular expression is asked of the few that pass
		odd += fmt.Sprintf(` or (%s) and regexp_matches(concat_ws(chr(10), %s), '(?m)^(\{["}]|\[[\[\]{"0-9tfn-])')`, strings.Join(brackets, " or "), strings.Join(texts, ", "))
	}
	return fmt.Sprintf("select * replace (case when %s then cast(cast('no id, or text that may be an object' as integer) as varchar) else %[2]q end as %[2]q) from (%[3]s)", odd, v.ID(), query)
}

// Empty is a query of no row, with the columns of the view and, where a sender is wanted, a first one for it.
func (v View) Empty(sender bool) string {
	var columns []string
	if sender {
		columns = append(columns, "cast(null as varchar) as sender")
	}
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
		several := ""
		if strings.Contains(raw, severalValues) {
			several = fmt.Sprintf("when try({'v': %s}) is null then {'column_name': '%s', 'rule': '%s'}", raw, column, severalValues)
		}
		tries = append(tries, fmt.Sprintf("case %s when try({'v': %s}) is null then {'column_name': '%s', 'rule': 'not %s'} end", several, sql, column, cast))
	}
	for _, o := range p.columns {
		if o.sql != "" {
			try(o.Name, o.raw, o.sql, article(o.Type))
		}
	}
	for _, l := range p.lists {
		try("", "", l.sql, "a value of the type of its column, or more than one where one is allowed")
	}
	for _, w := range p.where {
		try("", "", w, "a condition with one answer")
	}
	from := p.read(Query{Files: []string{file}, Numbered: true})
	return fmt.Sprintf(`select line, fault.column_name, fault.rule from (select r."#line" as line, unnest([%s]) as fault from %s as r) where fault is not null order by all`,
		strings.Join(tries, ",\n"), from)
}

// article is a type as a rule names it.
func article(typ string) string {
	switch {
	case typ == "DATE" || typ == "TIMESTAMPTZ":
		return "a date"
	case strings.ContainsRune("AEIO", rune(typ[0])):
		return "an " + typ
	}
	return "a " + typ
}
