package linkage

import (
	"fmt"
	"slices"
	"strings"
)

// rule is one way of bringing two records together: they agree in every part.
type rule struct {
	Name  string
	parts []string     // SQL over a record r
	used  []comparison // what the parts fix, so that it cannot be learned in this block
}

// Parts and Present are the rule as SQL.
func (r rule) Parts() string { return strings.Join(r.parts, ", ") }

// Present is the condition that no part is missing.
func (r rule) Present() string {
	return strings.Join(r.parts, " is not null and ") + " is not null"
}

// HasPostcode says whether a record may have several keys.
func (r rule) HasPostcode() bool {
	return slices.ContainsFunc(r.used, func(c comparison) bool { return c.Kind == Postcode })
}

// part is a piece of a record that blocks can be made of.
type part struct {
	name string
	sql  string
	of   comparison
}

// plan is what is compared, and all that follows from it.
type plan struct {
	Comparisons []comparison
	Dedupe      bool
	Given       int // number of the comparison, or 0
	Family      int
	Postcode    int
	Date        int
}

func newPlan(o Options) (plan, error) {
	all, err := comparisons(o)
	p := plan{Comparisons: all, Dedupe: o.Right.Name == ""}
	for _, c := range all {
		switch c.Kind {
		case Given:
			p.Given = c.N
		case Family:
			p.Family = c.N
		case Postcode:
			p.Postcode = c.N
		case Date:
			p.Date = c.N
		}
	}
	return p, err
}

// Crossed says whether given and family name can be found exchanged.
func (p plan) Crossed() bool { return p.Given > 0 && p.Family > 0 }

// parts are the pieces of one kind of comparison.
func (p plan) parts(kind Kind, name, sql string) []part {
	var found []part
	for _, c := range p.Comparisons {
		if c.Kind == kind {
			found = append(found, part{strings.ReplaceAll(name, "%", c.Name), strings.ReplaceAll(sql, "%", fmt.Sprint(c.N)), c})
		}
	}
	return found
}

// cross makes a rule of every combination of pieces; none where one of them has no comparison.
func cross(pieces ...[]part) []rule {
	made := []rule{{}}
	for _, choices := range pieces {
		var next []rule
		for _, r := range made {
			for _, c := range choices {
				next = append(next, r.with(c))
			}
		}
		made = next
	}
	return made
}

func (r rule) with(p part) rule {
	name := p.name
	if r.Name != "" {
		name = r.Name + ", " + p.name
	}
	return rule{name, append(r.parts[:len(r.parts):len(r.parts)], p.sql), append(r.used[:len(r.used):len(r.used)], p.of)}
}

// candidateRules are the blocks, most telling first. Those of NHS England's settings, and for each of them one that still
// works when a part of it is wrong: the sound of a name, a part of the date, the names in either order.
func (p plan) candidateRules() []rule {
	ids, given, family := p.parts(Identifier, "%", "r.s%"), p.parts(Given, "given", "r.t%"), p.parts(Family, "family", "r.t%")
	date, year, monthDay := p.parts(Date, "date", "r.s%"), p.parts(Date, "year", "left(r.s%, 4)"), p.parts(Date, "month and day", "nullif(right(r.s%, 4), r.s%)")
	soundGiven, soundFamily := p.parts(Given, "sound of given", "r.h%"), p.parts(Family, "sound of family", "r.h%")
	postcode := p.parts(Postcode, "postcode", "r.s%")
	if p.Postcode > 0 {
		postcode[0].sql = p.onePostcode()
	}
	outward := p.parts(Postcode, "outward code", fmt.Sprintf("left(%s, greatest(2, length(%s) - 3))", p.onePostcode(), p.onePostcode()))
	text := p.parts(Text, "%", "r.t%")
	var rules []rule
	for _, made := range [][]rule{
		cross(ids), cross(date, soundFamily), cross(date, soundGiven), cross(date, postcode), cross(p.bothNames()),
		cross(date, p.initials()), cross(soundGiven, soundFamily, year), cross(family, monthDay), cross(given, monthDay),
		cross(postcode, soundGiven), cross(postcode, soundFamily), cross(postcode, year), cross(postcode, monthDay),
		cross(family, outward), cross(given, outward), cross(soundGiven, soundFamily),
		cross(text, soundGiven), cross(text, soundFamily), cross(text, date), cross(text, postcode),
	} {
		rules = append(rules, made...)
	}
	if len(rules) == 0 {
		rules = cross(text)
	}
	return rules
}

// onePostcode is a record's postcode in a key: keys.sql gives a row for each.
func (p plan) onePostcode() string { return fmt.Sprintf("r.s%d", p.Postcode) }

// bothNames is all words of given and family name, in any order.
func (p plan) bothNames() []part {
	if !p.Crossed() {
		return nil
	}
	return p.parts(Given, "both names", "r.bag")
}

// initials is the lesser of the two initials: the same although one name is wrong or the two are exchanged.
func (p plan) initials() []part {
	if !p.Crossed() {
		return nil
	}
	return p.parts(Given, "an initial", fmt.Sprintf("least(r.h%d[1], r.h%d[1])", p.Given, p.Family))
}

// certainRules are the blocks of the deterministic steps, from whose count the prior is made.
func (p plan) certainRules() []rule {
	ids, given, family := p.parts(Identifier, "%", "r.s%"), p.parts(Given, "given", "r.t%"), p.parts(Family, "family", "r.t%")
	date, text := p.parts(Date, "date", "r.s%"), p.parts(Text, "%", "r.t%")
	postcode := p.parts(Postcode, "postcode", p.onePostcode())
	rules := append(cross(ids, date), cross(ids, given, family)...)
	rules = append(rules, cross(given, family, date)...)
	if len(rules) == 0 {
		rules = append(cross(given, family, postcode), cross(given, family, text)...)
	}
	if len(rules) == 0 {
		rules = append(cross(ids), cross(family, date)...)
	}
	return rules
}

// sessions are the blocks in which m is learned: each leaves something free that another fixes. Blocks of an address come last,
// where nothing better is mapped: they hold families, whose records agree without being one person's.
func (p plan) sessions() []rule {
	ids, given, family := p.parts(Identifier, "%", "r.s%"), p.parts(Given, "given", "r.t%"), p.parts(Family, "family", "r.t%")
	date, text := p.parts(Date, "date", "r.s%"), p.parts(Text, "%", "r.t%")
	postcode := p.parts(Postcode, "postcode", p.onePostcode())
	rules := append(cross(ids), cross(date)...)
	rules = append(rules, cross(given, family)...)
	for _, more := range [][]rule{cross(given, postcode), cross(given, text), cross(family, postcode), cross(family, text), cross(text)} {
		if len(rules) < 2 {
			rules = append(rules, more...)
		}
	}
	return rules
}

// step is a deterministic rule: what it accepts needs no model.
type step struct {
	Name      string
	Condition string // SQL over a pattern
}

// steps are the deterministic rules in order, for the comparisons that there are. Each is unheard where a rival is near.
func (p plan) steps() []step {
	var steps []step
	add := func(name string, pieces ...[]part) {
		for _, r := range cross(pieces...) {
			steps = append(steps, step{name, strings.Join(r.parts, " and ")})
		}
	}
	is := func(kind Kind, levels string) []part {
		found := p.parts(kind, "", "")
		for i, f := range found {
			found[i].sql = fmt.Sprintf("((pattern >> %d) & 15) in (%s)", f.of.Shift(), levels)
		}
		return found
	}
	add("identifier and date", is(Identifier, "1"), is(Date, "1"), is(Given, "1, 2, 3, 4, 5, 6, 7, 9, 11"))
	add("identifier and names", is(Identifier, "1"), is(Given, "1"), is(Family, "1"))
	add("names, date and postcode", is(Given, "1"), is(Family, "1"), is(Date, "1"), is(Postcode, "1, 2"))
	return steps
}
