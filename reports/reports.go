// Package reports lays published figures and extracts out as workbooks and pages. It knows layout and computes nothing.
package reports

import (
	"careshare/schedules/london"
	"fmt"
	"iter"
	"time"
)

// About is what every report says of itself, so that it can be traced and made again.
type About struct {
	Again     string // the command that makes it again, but for the snapshot
	Title     string
	Run       string    // the snapshot
	AsAt      time.Time // the moment that the report speaks for
	Agreement string    // version of the data sharing agreement
	RootSize  int64     // entries of the audit log when the run started
	RootHash  string    // and its root
}

// Lines are About in words, for a cover sheet or the foot of a page.
func (a About) Lines() [][2]string {
	lines := [][2]string{
		{"As at", onTheClock(a.AsAt)},
		{"Snapshot", a.Run},
		{"Data sharing agreement", "version " + a.Agreement},
		{"Audit log", fmt.Sprintf("%s, root %s", Counted(a.RootSize, "entry"), a.RootHash)},
	}
	if a.Again != "" {
		lines = append(lines, [2]string{"Make it again", "careshare " + a.Again + " --snapshot " + a.Run})
	}
	return lines
}

// onTheClock is a moment as the clocks of its readers show it, in London, with the name of their time.
func onTheClock(at time.Time) string {
	local, err := london.In(at)
	if err != nil {
		local = at.UTC()
	}
	return local.Format("2 January 2006 15:04 MST")
}

// Table is one table: of a page, or a sheet of a workbook.
type Table struct {
	Name    string // unique in its report, under 31 characters
	Title   string
	Notes   []string // what the reader must know first
	Header  []string // unique texts
	Widths  []float64
	Rows    iter.Seq2[[]Cell, error]
	Count   int     // how many rows there are, where that is known before they are read; 0: it is not known
	Totals  int     // how many of the last rows are totals
	Chart   *Chart  // of a page; nil for none
	Lines   []Lines // charts of a workbook
	Numeric []bool  // which columns hold numbers
	First   bool    // its sheet is the first of the workbook, before the cover
	Hides   bool    // some of its numbers may be hidden: the notes explain the shorthand
	// PagesWide is over how many pages a sheet goes across when it is printed; 0 is one.
	PagesWide int
	Keys      int // how many of the first columns name a row, and are printed on each of those pages; 0 is one
}

// Chart is the waterfall of a page: each bar begins where the one before it ends. Every row has a number.
type Chart struct {
	Title  string
	Column int // of the table
	Rows   int // how many rows of the table it shows, from the first
}

// Lines are some rows of a table as a chart with a line for each of its columns.
type Lines struct {
	Title       string
	First, Rows int // the first row, counted from nought, and how many
	Names       int // the column of the names under the axis
	Columns     []int
}

// Cell is a text, a number, or a typed value with its text; a number that is not shown is its shorthand.
type Cell struct {
	Text   string
	Number *float64
	Kind   Kind // what Text is; a workbook then holds the value itself
}

// Kind is the type of a cell whose text is as the engine writes it.
type Kind int

// The kinds of a cell.
const (
	Plain   Kind = iota // text
	ID                  // a whole number that names something: no thousands separators
	Amount              // a number to sum
	Date                // YYYY-MM-DD
	Moment              // YYYY-MM-DD HH:MM:SS, UK time
	YesOrNo             // true or false
)

// The shorthand of the Government Statistical Service for what a cell does not show.
const (
	suppressed   = "[c]"
	notAvailable = "[x]"
)

// Nothing stands in the one row of a table that has none.
const Nothing = "Nothing to report"

func text(s string) Cell { return Cell{Text: s} }

func texts(row []Cell) (words []string) {
	for _, cell := range row {
		words = append(words, cell.Text)
	}
	return words
}

func number(n float64) Cell   { return Cell{Number: &n} }
func (c Cell) isNumber() bool { return c.Number != nil }

// Typed is a cell of a kind; an empty text stays empty.
func Typed(text string, kind Kind) Cell { return Cell{Text: text, Kind: kind} }

// rowsOf gives rows that are already in memory.
func rowsOf(rows [][]Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}
