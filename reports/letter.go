package reports

import (
	"io"
)

// Pack is a page of tables under a few sentences.
type Pack struct {
	About
	Council  string
	Intro    []string // sentences before the first section
	Sections []Section
}

// Section is a heading with its tables.
type Section struct {
	Figure, Title string
	Tables        []Table
}

// TextTable is a table of texts that are already in memory.
func TextTable(name, title string, header []string, rows [][]string) Table {
	cells := make([][]Cell, len(rows))
	for i, row := range rows {
		for _, cell := range row {
			cells[i] = append(cells[i], text(cell))
		}
	}
	if len(cells) == 0 {
		cells = [][]Cell{{text(Nothing)}}
	}
	return Table{Name: name, Title: title, Header: header, Rows: rowsOf(cells), Count: len(cells)}
}

// Letter writes tables of texts under a few sentences as one page, for the person whom it is about.
func Letter(w io.Writer, about About, intro []string, tables []Table) error {
	p := Pack{About: about, Intro: intro}
	for _, t := range tables {
		p.Sections = append(p.Sections, Section{Figure: t.Name, Title: t.Title, Tables: []Table{t}})
	}
	return Page(w, p)
}
