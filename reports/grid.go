package reports

import (
	"slices"
	"strings"
)

// grid is one breakdown of a figure as rows and columns.
type grid struct {
	figures   []figure // of one figure
	breakdown string
	chart     string // the measure that has a percentage and the previous pack beside it

	measures []string // wholes first, and of them the chart's
	parts    []string // the categories of the breakdown
	wholes   []string // what they add up to
	isPart   bool     // the chart's measure is part of another one
	hasPast  bool     // the previous pack had it
}

func (g *grid) read() {
	add := func(list *[]string, word string) {
		if word != "" && !slices.Contains(*list, word) {
			*list = append(*list, word)
		}
	}
	if slices.ContainsFunc(g.figures, func(f figure) bool { return f.breakdown == g.breakdown && f.measure == g.chart && f.partOf == "" }) {
		g.measures = []string{g.chart}
	}
	for _, wholesFirst := range []bool{true, false} {
		for _, f := range g.figures {
			if f.breakdown == g.breakdown && (f.partOf == "") == wholesFirst {
				add(&g.measures, f.measure)
			}
		}
	}
	for _, f := range g.figures {
		if f.breakdown == g.breakdown {
			add(&g.parts, f.category)
			add(&g.wholes, f.within)
		}
		if f.breakdown == g.breakdown && f.measure == g.chart {
			g.isPart = g.isPart || f.partOf != ""
			g.hasPast = g.hasPast || f.previousStatus != "not available"
		}
	}
	g.wholes = slices.DeleteFunc(g.wholes, func(whole string) bool { _, there := g.find(whole, g.measures[0], false); return !there })
}

func (g *grid) header() []string {
	header := append([]string{g.breakdown}, g.measures...)
	if g.breakdown == "all" {
		header[0] = "everything"
	}
	if g.isPart {
		header = append(header, g.chart+", % of "+g.partOf())
	}
	if g.hasPast {
		header = append(header, g.chart+", previous pack")
	}
	if len(g.measures) == 0 {
		header = append(header, g.chart)
	}
	return header
}

func (g *grid) partOf() string {
	for _, f := range g.figures {
		if f.measure == g.chart && f.partOf != "" {
			return f.partOf
		}
	}
	return ""
}

// find gives the number of a category: a part, which is one of the breakdown, or a whole, which is one of another. Names
// may be the same in both.
func (g *grid) find(category, measure string, isPart bool) (figure, bool) {
	i := slices.IndexFunc(g.figures, func(f figure) bool {
		return f.category == category && f.measure == measure && (f.breakdown == g.breakdown) == isPart
	})
	if i < 0 {
		return figure{}, false
	}
	return g.figures[i], true
}

// rows are the parts, then what they add up to. Where there is nothing to report, one row says so.
func (g *grid) rows() [][]Cell {
	var rows [][]Cell
	for _, part := range g.parts {
		name := unnumbered(strings.ReplaceAll(part, "nhs number", "NHS number"), g.parts) // the reasons' codes are lower case
		if part == "all" {
			name = "Total"
		}
		rows = append(rows, g.row(name, part, true))
	}
	for _, whole := range g.wholes {
		name := "Total"
		if whole != "all" {
			name += ": " + unnumbered(whole, g.wholes)
		}
		rows = append(rows, g.row(name, whole, false))
	}
	if len(rows) == 0 {
		rows = append(rows, []Cell{text(Nothing), text(notAvailable)})
	}
	return rows
}

// unnumbered is a name without the number by which it and all of its fellows are sorted: "1 verified", "2 traced".
func unnumbered(name string, fellows []string) string {
	for _, fellow := range fellows {
		if len(fellow) < 3 || fellow[0] < '1' || fellow[0] > '9' || fellow[1] != ' ' {
			return name
		}
	}
	return name[2:]
}

func (g *grid) row(name, category string, isPart bool) []Cell {
	row := []Cell{text(name)}
	for _, measure := range g.measures {
		f, there := g.find(category, measure, isPart)
		row = append(row, f.shown(there))
	}
	f, there := g.find(category, g.chart, isPart)
	if g.isPart {
		row = append(row, percentage(f, there))
	}
	if g.hasPast {
		row = append(row, f.past(there))
	}
	return row
}

func (f figure) shown(there bool) Cell {
	switch {
	case !there:
		return text(notAvailable)
	case !f.value.Valid:
		return text(suppressed)
	}
	return number(f.value.Float64)
}

func percentage(f figure, there bool) Cell {
	switch {
	case !there:
		return text(notAvailable)
	case f.percent.Valid:
		return number(f.percent.Float64)
	case f.value.Valid:
		return text(notAvailable) // out of none
	}
	return text(suppressed)
}

func (f figure) past(there bool) Cell {
	switch {
	case !there || f.previousStatus == "not available":
		return text(notAvailable)
	case !f.previous.Valid:
		return text(suppressed)
	}
	return number(f.previous.Float64)
}
