package reports

import (
	dbsql "database/sql"
	"fmt"
	"io"
	"strings"
)

// WriteWorkbook writes the pack as an accessible workbook: the first sheet answers; then what the workbook is, trends with their
// charts, and the figures of each section.
func (p ManagersPack) WriteWorkbook(w io.Writer, scratch string) error {
	tables := append([]Table{p.summaryTable(), p.trendsTable()}, p.sectionTables()...)
	notes := []string{
		fmt.Sprintf("Numbers of people are rounded to the nearest %d, each by itself, so totals may not be the sum of their parts.", p.RoundTo),
		"Process limits are the mean and 2.66 mean moving ranges to each side, from 12 points on. They stop at what is possible.",
	}
	return Workbook(w, scratch, p.About, notes, append(tables, p.definitionsTable()))
}

func amount(v dbsql.NullFloat64) Cell {
	if !v.Valid {
		return Cell{}
	}
	return number(v.Float64)
}

// summaryTable is the first page of the pack as one table.
func (p ManagersPack) summaryTable() Table {
	t := Table{
		Name: "summary", Title: p.Council + ": " + p.Title, Hides: true, First: true,
		Notes:   []string{p.Span.Words + ". As at " + onTheClock(p.AsAt) + "."},
		Header:  []string{"Part", "What", "Number", "Out of", "%", "Number before", "Change", "Target", "Status", "Team", "Where and why"},
		Widths:  []float64{13, 44, 11, 10, 8, 11, 11, 9, 20, 26, 44},
		Numeric: []bool{false, false, true, true, true, true, true, true, false, false, false},
	}
	var rows [][]Cell
	for _, part := range [][]Line{p.Headlines, p.Actions, p.Changes, p.Quality} {
		for _, l := range part {
			value := amount(l.Value)
			if l.Status == "too few to show" {
				value = text(suppressed)
			} else if l.Status == "not available" {
				value = text(notAvailable)
			}
			rows = append(rows, []Cell{text(sentenceCase(l.Part)), text(l.Title), value, amount(l.OutOf), amount(l.Percent), amount(l.Previous),
				amount(l.Change), amount(l.Target), text(sentenceCase(l.Status)), text(l.Team), text(l.Words)})
		}
	}
	return t.with(rows)
}

// with gives a table its rows; one without any says so.
func (t Table) with(rows [][]Cell) Table {
	if len(rows) == 0 {
		rows = [][]Cell{{text(Nothing)}}
	}
	t.Rows, t.Count = rowsOf(rows), len(rows)
	return t
}

// trendsTable has every point of every series, and a chart of each series that has a line.
func (p ManagersPack) trendsTable() Table {
	t := Table{
		Name: "trends", Title: "Trends: statistical process control charts", Hides: true,
		Header:  []string{"Series", "When", "Number or %", "Mean", "Lower limit", "Upper limit", "Target", "Special cause", "Newest point", "Target will be met"},
		Widths:  []float64{44, 13, 12, 10, 10, 10, 10, 40, 18, 18},
		Numeric: []bool{false, false, true, true, true, true, true, false, false, false},
	}
	var rows [][]Cell
	for _, s := range p.Trends {
		if s.IsDrawn() {
			t.Lines = append(t.Lines, Lines{Title: s.Series + ". " + s.Words(), First: len(rows), Rows: len(s.Rows), Names: 1, Columns: []int{2, 3, 4, 5, 6}})
		}
		for _, point := range s.Rows {
			value := amount(point.Value)
			if !point.Value.Valid {
				value = text(suppressed)
			}
			rows = append(rows, []Cell{text(s.Series), text(s.Label(point)), value, amount(s.Mean), amount(s.Lower), amount(s.Upper), amount(s.Target),
				text(point.Special()), text(s.Variation), text(s.Assurance)})
		}
	}
	return t.with(rows)
}

// sectionTables have every number of a section in a row of its own, to sort, filter and pivot.
func (p ManagersPack) sectionTables() (tables []Table) {
	for _, s := range sheets {
		t := Table{
			Name: s.sheet, Title: s.section, Hides: true,
			Header:  []string{"Table", "Group", "Name", "Measure", "Number", "Number before"},
			Widths:  []float64{50, 28, 50, 26, 12, 12},
			Numeric: []bool{false, false, false, false, true, true},
		}
		var rows [][]Cell
		for _, v := range p.Views {
			if v.Section == s.section {
				rows = append(rows, v.tidy()...)
			}
		}
		tables = append(tables, t.with(rows))
	}
	return tables
}

func (v View) tidy() (rows [][]Cell) {
	group := ""
	for _, r := range v.Rows {
		if r.IsGroup {
			group = r.Name
		} else if !r.IsOwn {
			group = ""
		}
		for i, c := range v.Columns {
			rows = append(rows, []Cell{text(v.Title), text(group), text(r.Name), text(c.Heading), r.Cells[i], r.Past[i]})
		}
	}
	return rows
}

func (p ManagersPack) definitionsTable() Table {
	t := Table{
		Name: "definitions", Title: "How the figures are made", Header: []string{"Figure", "Answers", "Counts", "Out of", "Source", "Known limits", "Model", "Query"},
		Widths: []float64{30, 40, 40, 40, 40, 40, 36, 110}, PagesWide: 2,
	}
	var rows [][]Cell
	for _, d := range p.Definitions {
		rows = append(rows, []Cell{text(d.Title()), text(d.Why), text(d.Numerator), text(d.Denominator), text(d.Source), text(d.KnownLimits), text(d.Model), text(strings.TrimSpace(d.Query))})
	}
	return t.with(rows)
}
