package view

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// plan is a compiled view: what to read, and how the rows of one resource come of it.
type plan struct {
	need       *need
	bound      []string // expressions of the resource that columns share, each with the name "#n"
	where      []string // conditions, each a boolean
	columns    []output // in order
	references []string // what a reference key is taken of, where that is no list's element: text, which an object may be taken for
	lists      []list   // what the view goes over; the rows are the product of all
}

// output is one column and the expression that gives it.
type output struct {
	Column
	raw     string // before the cast to its type
	sql     string
	element string // the resource's own id or meta.lastUpdated, where the column is that and no more
	key     bool   // what a reference ends in: never an object of JSON taken for text
}

// list is a SQL list of structs, a row each, with these columns.
type list struct {
	sql     string
	columns []output
}

// part is what one select of a view gives: columns in order, each either with an expression of its own or from one of the lists.
type part struct {
	columns []output
	lists   []list
}

// compile goes over the view twice: once to note what it reads, once, when that is known, to write the SQL.
func compile(d definition, bind bool) (plan, error) {
	root := &need{typ: d.Resource}
	root.child("resourceType", "code", false)
	root.child("id", "id", false)
	first := &compiler{view: d, bind: bind, resource: value{sql: "r", typ: d.Resource, need: root}}
	if _, err := first.plan(); err != nil {
		return plan{}, err
	}
	second := &compiler{view: d, bind: bind, resource: first.resource, known: first.elements}
	p, err := second.plan()
	p.inline()
	return p, err
}

// inline writes what was bound and is used once where it is used, and drops what is not used: each name that stays costs the engine's planning a column, and often
// a step.
func (p *plan) inline() {
	var texts []*string
	for i := range p.bound {
		texts = append(texts, &p.bound[i])
	}
	for i := range p.columns {
		texts = append(texts, &p.columns[i].sql)
	}
	for i := range p.references {
		texts = append(texts, &p.references[i])
	}
	for i := range p.lists {
		texts = append(texts, &p.lists[i].sql)
	}
	for i := range slices.Backward(p.bound) { // last first: what it stands on may then be used once less
		bound, name, uses := p.bound[i], boundAs(i), 0
		var user *string
		for _, text := range texts {
			if n := strings.Count(*text, name); n > 0 {
				uses, user = uses+n, text
			}
		}
		if uses > 1 {
			continue
		}
		if p.bound[i] = ""; uses == 1 {
			*user = strings.Replace(*user, name, "("+bound+")", 1)
		}
	}
}

// boundAs is how the i-th bound expression is named where it is used.
func boundAs(i int) string { return fmt.Sprintf(`r."#%d"`, i+1) }

func (c *compiler) plan() (plan, error) {
	s := scope{this: c.resource, index: "0"}
	p := plan{need: c.resource.need}
	bind := c.bind
	c.bind = false // conditions come before what is bound
	for _, w := range c.view.Where {
		p.where = append(p.where, c.boolean(c.path(w.Path, s)))
	}
	c.bind = bind
	all := c.group(c.view.Select, s)
	p.columns, p.lists, p.bound, p.references = all.columns, all.lists, c.bound, c.references
	if c.err == nil {
		c.err = checkNames(p.columns)
	}
	return p, c.err
}

func checkNames(columns []output) error {
	seen := map[string]bool{}
	for _, o := range columns {
		name := strings.ToLower(o.Name) // SQL does not tell cases apart
		if !nameForm.MatchString(o.Name) {
			return fmt.Errorf("column %q: a name is wanted, of letters, digits and _", o.Name)
		}
		if seen[name] {
			return fmt.Errorf("column %s is there twice", o.Name)
		}
		seen[name] = true
	}
	if len(columns) == 0 {
		return fmt.Errorf("no column")
	}
	return nil
}

// group is the product of several selects.
func (c *compiler) group(nodes []node, s scope) part {
	var all part
	for _, n := range nodes {
		p := c.selection(n, s)
		all.columns = append(all.columns, p.columns...)
		all.lists = append(all.lists, p.lists...)
	}
	return all
}

// selection is one select: what it goes over, then its columns, its selects and its unionAll, in that order.
func (c *compiler) selection(n node, s scope) part {
	if c.err != nil {
		return part{}
	}
	switch over := iterations(n); {
	case over > 1:
		c.fail("a select goes over one thing: forEach, forEachOrNull or repeat")
	case n.ForEach != nil:
		return c.forEach(n, c.path(*n.ForEach, s))
	case n.ForEachOrNull != nil:
		return c.forEachOrNull(n, c.path(*n.ForEachOrNull, s))
	case n.Repeat != nil:
		return c.forEach(n, c.repeat(n.Repeat, s))
	}
	return c.body(n, s)
}

func iterations(n node) int {
	over := 0
	for _, is := range []bool{n.ForEach != nil, n.ForEachOrNull != nil, n.Repeat != nil} {
		if is {
			over++
		}
	}
	return over
}

func (c *compiler) body(n node, s scope) part {
	var p part
	for _, d := range n.Column {
		p.columns = append(p.columns, c.column(d, s))
	}
	inner := c.group(n.Select, s)
	p.columns = append(p.columns, inner.columns...)
	p.lists = append(p.lists, inner.lists...)
	if len(n.UnionAll) > 0 {
		u := c.unionAll(n.UnionAll, s)
		p.columns = append(p.columns, u.columns...)
		p.lists = append(p.lists, u)
	}
	return p
}

// forEach gives the rows of each element; no element, no row.
func (c *compiler) forEach(n node, over value) part {
	if over.choice != nil {
		c.fail("forEach over %s: say its type, with ofType()", over.choice.Name)
	}
	if c.err != nil {
		return part{}
	}
	if !over.many {
		inner := c.body(n, scope{this: over, index: "0"})
		rows := c.rows(inner)
		if !over.nothing() {
			rows = fmt.Sprintf("case when %s is not null then %s end", over.sql, rows)
		} else {
			rows = fmt.Sprintf("list_filter(%s, %s -> false)", rows, c.fresh())
		}
		return listed(inner, rows)
	}
	return c.over(n, over)
}

// forEachOrNull gives a row also where there is no element, of an empty focus. Over one value at most, that is no more
// than a focus: no list is made, and where it is not inside another its expression is bound once for all its columns.
func (c *compiler) forEachOrNull(n node, over value) part {
	if over.choice != nil {
		c.fail("forEachOrNull over %s: say its type, with ofType()", over.choice.Name)
	}
	if c.err != nil {
		return part{}
	}
	if !over.many {
		over.sql = c.name(over.sql)
		return c.body(n, scope{this: over, index: "0"})
	}
	over.sql = fmt.Sprintf("case when coalesce(len(%s), 0) = 0 then [null] else %s end", over.sql, over.sql)
	return c.over(n, over)
}

// name binds an expression of the resource below its uses, so that it is worked out once a resource. What stands on an element of a list
// function around it cannot be bound.
func (c *compiler) name(sql string) string {
	if !c.bind || !strings.Contains(sql, "(") || isWithinList(sql) {
		return sql
	}
	at := slices.Index(c.bound, sql)
	if at < 0 {
		at, c.bound = len(c.bound), append(c.bound, sql)
	}
	return boundAs(at)
}

var (
	quoted  = regexp.MustCompile(`'(?:[^']|'')*'`)
	given   = regexp.MustCompile(`\b(e[0-9]+)(?:, (e[0-9]+)\))? ->`) // the elements that an expression's own list functions name
	element = regexp.MustCompile(`\be[0-9]+\b`)
)

// isWithinList says whether an expression names an element that none of its own list functions gives.
func isWithinList(sql string) bool {
	sql = quoted.ReplaceAllString(sql, "")
	own := map[string]bool{}
	for _, names := range given.FindAllStringSubmatch(sql, -1) {
		own[names[1]], own[names[2]] = true, true
	}
	return slices.ContainsFunc(element.FindAllString(sql, -1), func(e string) bool { return !own[e] })
}

func (c *compiler) over(n node, over value) part {
	e, i := c.fresh(), c.fresh()
	inner := c.body(n, scope{this: over.as(e, false), index: "(" + i + " - 1)"})
	each := fmt.Sprintf("list_transform(%s, (%s, %s) -> %s)", over.sql, e, i, c.rows(inner))
	return listed(inner, "flatten("+each+")")
}

func listed(inner part, rows string) part {
	return part{columns: fromList(inner.columns), lists: []list{{sql: rows, columns: inner.columns}}}
}

// fromList are columns without an expression: the list that they are in gives them.
func fromList(columns []output) []output {
	columns = slices.Clone(columns)
	for i := range columns {
		columns[i].raw, columns[i].sql, columns[i].element = "", "", ""
	}
	return columns
}

// rows is a part as one list of structs: the product of its lists, each row with the part's own columns.
func (c *compiler) rows(p part) string {
	values := map[string]string{}
	for _, o := range p.columns {
		values[o.Name] = o.sql
	}
	elements := make([]string, len(p.lists))
	for i, l := range p.lists {
		elements[i] = c.fresh()
		for _, o := range l.columns {
			values[o.Name] = fmt.Sprintf("%s.%q", elements[i], o.Name)
		}
	}
	fields := make([]string, len(p.columns))
	for i, o := range p.columns {
		fields[i] = fmt.Sprintf("%q := %s", o.Name, values[o.Name])
	}
	rows := "[struct_pack(" + strings.Join(fields, ", ") + ")]"
	for i := len(p.lists) - 1; i >= 0; i-- {
		rows = fmt.Sprintf("flatten(list_transform(%s, %s -> %s))", p.lists[i].sql, elements[i], rows)
	}
	return rows
}

// unionAll is the rows of each branch, one after the other. All have the same columns in the same order.
func (c *compiler) unionAll(branches []node, s scope) list {
	var all list
	var rows []string
	for i, n := range branches {
		p := c.selection(n, s)
		if c.err != nil {
			return list{}
		}
		if i == 0 {
			all.columns = p.columns
		}
		if err := sameColumns(all.columns, p.columns); err != nil {
			c.fail("unionAll: %w", err)
			return list{}
		}
		rows = append(rows, c.rows(p))
	}
	all.sql = "list_concat(" + strings.Join(rows, ", ") + ")"
	all.columns = fromList(all.columns)
	return all
}

func sameColumns(a, b []output) error {
	if len(a) != len(b) {
		return fmt.Errorf("a branch has %d columns and the first has %d", len(b), len(a))
	}
	for i := range a {
		if a[i].Name != b[i].Name || a[i].Type != b[i].Type {
			return fmt.Errorf("column %d is %s %s in one branch and %s %s in the first", i+1, b[i].Name, b[i].Type, a[i].Name, a[i].Type)
		}
	}
	return nil
}
