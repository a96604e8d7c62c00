package casestore

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Text reports what was found against what is declared, and proposes the lines of careshare.yaml.
func (p Profile) Text(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TABLE\tROWS\tROWS WITH A KEY THAT ANOTHER ROW HAS")
	for _, t := range p.Tables {
		fmt.Fprintf(table, "%s\t%d\t%d\n", t.Table, t.Rows, t.Duplicates)
	}
	fmt.Fprintln(table, "\nCOLUMN\tMEANS\tNULLS\tFOUND")
	for _, c := range p.Columns {
		if words := c.words(); words != "" {
			fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", c.Column, c.Means, c.Nulls, words)
		}
	}
	fmt.Fprintln(table, "\nEND DATE\tIS THE NEXT START\tIS THE DAY BEFORE IT\tSO IT IS")
	for _, pair := range p.Pairs {
		if pair.SameDay+pair.DayBefore > 0 {
			meaning := map[bool]string{true: "the last day in", false: "the first day out"}[pair.Inclusive]
			fmt.Fprintf(table, "%s\t%d\t%d\t%s\n", pair.Column, pair.SameDay, pair.DayBefore, meaning)
		}
	}
	fmt.Fprintln(table, "\nSTEP TYPE\tSTEPS\tLOOKS LIKE\tQUESTIONS")
	for _, s := range p.Steps {
		fmt.Fprintf(table, "%d\t%d\t%s\t%s\n", s.Type, s.Steps, s.LooksLike, strings.Join(s.Questions, ", "))
	}
	table.Flush()
	for _, missing := range p.Missing {
		fmt.Fprintf(w, "not found: %s\n", missing)
	}
	fmt.Fprintf(w, "\n%s", p.Propose())
}

// words are what a column shows that somebody should know: the words of flags, sentinels, ids of 0 and below.
func (c ColumnProfile) words() string {
	var all []string
	if c.Means == "flag" || c.Means == "code" && len(c.Words) < mostWords {
		for _, word := range slices.Sorted(maps.Keys(c.Words)) {
			if c.Means == "flag" || c.Words[word] > 1 { // a code that occurs once may be a slip that says something of a person
				all = append(all, fmt.Sprintf("%s %d", word, c.Words[word]))
			}
		}
	}
	for _, word := range c.Unknown {
		all = append(all, "not declared: "+word)
	}
	for _, days := range []map[string]int64{c.EarlyDays, c.LateDays} {
		for _, day := range slices.Sorted(maps.Keys(days)) {
			all = append(all, fmt.Sprintf("%s %d", day, days[day]))
		}
	}
	for _, word := range c.None {
		all = append(all, "says nothing: "+word)
	}
	if c.UpToZero > 0 {
		all = append(all, fmt.Sprintf("0 or below %d", c.UpToZero))
	}
	if c.WrongDate != "" {
		all = append(all, "days that cannot be read: "+c.WrongDate)
	}
	return strings.Join(all, ", ")
}

// Propose gives the lines of careshare.yaml that declare what was found. A word that could mean either is left to the council.
func (p Profile) Propose() string {
	var b strings.Builder
	b.WriteString("# proposed for careshare.yaml; read each line before you take it\nconventions:\n")
	if p.Encoding != "" {
		fmt.Fprintf(&b, "  encoding: %s\n", p.Encoding)
	}
	if len(p.forms) > 0 && p.forms[0] != p.declared.Dates {
		fmt.Fprintf(&b, "  dates: %s\n", p.forms[0])
	}
	for _, key := range slices.Sorted(maps.Keys(p.Files)) {
		if key == slices.Sorted(maps.Keys(p.Files))[0] {
			b.WriteString("  tables:\n")
		}
		fmt.Fprintf(&b, "    %s: %q\n", key, p.Files[key])
	}
	yes, no, none := slices.Clone(p.declared.Yes), slices.Clone(p.declared.No), slices.Clone(p.declared.None)
	early, late := slices.Clone(p.declared.NoDates), slices.Clone(p.declared.OpenEnds)
	var undecided []string
	for _, c := range p.Columns {
		for _, word := range c.Unknown {
			switch {
			case slices.Contains(yesWords, fold(word)):
				yes = add(yes, fold(word))
			case slices.Contains(noWords, fold(word)):
				no = add(no, fold(word))
			default:
				undecided = add(undecided, fmt.Sprintf("%s: what does %q mean?", c.Column, word))
			}
		}
		for _, word := range c.None {
			none = addFolded(none, word)
		}
		for day := range c.EarlyDays {
			early = add(early, day)
		}
		for day := range c.LateDays {
			late = add(late, day)
		}
	}
	for _, l := range []struct {
		key        string
		was, found []string
	}{{"yes", p.declared.Yes, yes}, {"no", p.declared.No, no}, {"none", p.declared.None, none}, {"no_dates", p.declared.NoDates, early}, {"open_ends", p.declared.OpenEnds, late}} {
		if !slices.Equal(l.was, l.found) {
			fmt.Fprintf(&b, "  %s: %s\n", l.key, quotedList(l.found))
		}
	}
	var inclusive []string
	isCare := func(column string) bool { return slices.Contains(careEnds, column) }
	careIsInclusive := slices.ContainsFunc(p.Pairs, func(pair PairProfile) bool { return isCare(pair.Column) && pair.Inclusive })
	for _, pair := range p.Pairs {
		isAlike := isCare(pair.Column) && careIsInclusive && pair.SameDay == 0
		if pair.Inclusive || isAlike || pair.Declared && pair.SameDay == 0 {
			inclusive = append(inclusive, pair.Column)
		}
	}
	if !slices.Equal(inclusive, p.declared.InclusiveEnds) && len(inclusive)+len(p.declared.InclusiveEnds) > 0 {
		fmt.Fprintf(&b, "  inclusive_ends: [%s]\n", strings.Join(inclusive, ", "))
	}
	for _, question := range undecided {
		fmt.Fprintf(&b, "  # %s\n", question)
	}
	if strings.HasSuffix(b.String(), "conventions:\n") {
		return "# the declared conventions fit what was found\n"
	}
	return b.String()
}

// careEnds are written by one part of the system, by one convention: the others are the evidence for one without its own.
var careEnds = []string{"dm_cla_summaries.end_date", "dm_placements.end_date", "dm_legal_statuses.end_date"}

func addFolded(list []string, word string) []string {
	if slices.ContainsFunc(list, func(other string) bool { return fold(other) == fold(word) }) {
		return list
	}
	return append(list, word)
}

func quotedList(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = fmt.Sprintf("%q", word)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
