// Package cases runs unit cases: one model alone, on DuckDB, over the rows that a case gives, checked against the rows that it expects.
package cases

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// Document holds the cases of one model, as in the file <model>.txtar:
//
//	-- TABLE --            rows of a table for every case
//	-- CASE/TABLE --       rows of a table for one case
//	-- CASE/expect --      the rows that the model returns; none: it returns no row
//	-- CASE/expect some -- rows that are among those that the model returns, of a calendar or a list
//
// A table that is left out is empty. A column that is left out is null, or unchecked in expect.
type Document struct {
	Model string
	Given map[string]Rows
	Cases []Case
}

// Case is one situation.
type Case struct {
	Name   string
	Given  map[string]Rows
	Expect Rows
	IsPart bool // the model may return more rows
}

// Rows are CSV: an empty cell is null, ” (two apostrophes) is empty text.
type Rows struct {
	Columns []Column
	Cells   [][]string
}

// Column names a column. Type is empty unless the document states it as name:TYPE.
type Column struct{ Name, Type string }

const (
	expected  = "expect"
	someRows  = "expect some"
	emptyText = "''"
)

// Read reads every document of a folder, by model.
func Read(fsys fs.FS, folder string) ([]Document, error) {
	files, err := fs.Glob(fsys, path.Join(folder, "*.txtar"))
	if err != nil {
		return nil, fmt.Errorf("read cases: %w", err)
	}
	var documents []Document
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("read cases: %w", err)
		}
		document, err := parse(strings.TrimSuffix(path.Base(file), ".txtar"), text)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		documents = append(documents, document)
	}
	return documents, nil
}

func parse(model string, text []byte) (Document, error) {
	document := Document{Model: model, Given: map[string]Rows{}}
	seen := map[string]bool{}
	for _, section := range txtar.Parse(text).Files {
		if seen[section.Name] {
			return document, fmt.Errorf("section %s: is there twice", section.Name)
		}
		seen[section.Name] = true
		rows, err := parseRows(string(section.Data))
		if err != nil {
			return document, fmt.Errorf("section %s: %w", section.Name, err)
		}
		document.add(section.Name, rows)
	}
	for _, c := range document.Cases {
		if !seen[c.Name+"/"+expected] && !seen[c.Name+"/"+someRows] {
			return document, fmt.Errorf("case %s: add a section %s/expect; leave it empty if the model returns no row", c.Name, c.Name)
		}
	}
	return document, nil
}

func (d *Document) add(section string, rows Rows) {
	name, table, ofCase := strings.Cut(section, "/")
	if !ofCase {
		d.Given[section] = rows
		return
	}
	at := slices.IndexFunc(d.Cases, func(c Case) bool { return c.Name == name })
	if at < 0 {
		at = len(d.Cases)
		d.Cases = append(d.Cases, Case{Name: name, Given: map[string]Rows{}})
	}
	switch table {
	case expected, someRows:
		d.Cases[at].Expect, d.Cases[at].IsPart = rows, table == someRows
	default:
		d.Cases[at].Given[table] = rows
	}
}

// quotedNothing is a cell "": encoding/csv cannot tell it from an empty one.
var quotedNothing = regexp.MustCompile(`(?m)(^|,)""(,|$)`)

func parseRows(text string) (Rows, error) {
	if quotedNothing.MatchString(text) {
		return Rows{}, errors.New(`a cell is ""; write '' for empty text, and nothing for null`)
	}
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(lines) == 0 {
		return Rows{}, err
	}
	rows := Rows{Cells: lines[1:]}
	for _, cell := range lines[0] {
		name, kind, _ := strings.Cut(cell, ":")
		rows.Columns = append(rows.Columns, Column{name, kind})
	}
	return rows, nil
}

// given are the rows of a table in a case.
func (d Document) given(c Case, table string) Rows {
	if rows, stated := c.Given[table]; stated {
		return rows
	}
	return d.Given[table]
}

// tables are all tables that the document gives rows of.
func (d Document) tables() []string {
	var all []string
	for table := range d.Given {
		all = append(all, table)
	}
	for _, c := range d.Cases {
		for table := range c.Given {
			all = append(all, table)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
