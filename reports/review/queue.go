// Package review writes the queue of what only a person can decide about NHS numbers as a workbook and as CSV, and reads
// either back with the decisions.
package review

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"careshare/extract/delimited"
)

// Queue is what is to be decided. The first three columns are person_id, nhs_number and decision.
type Queue struct {
	Columns []Column
	Rows    [][]string // texts, in the columns' order
	Run     string     // of the snapshot that it is from
	AsAt    time.Time
}

// Column is one column of the queue.
type Column struct {
	Name    string // such as nhs_number; shown as NHS number
	Meaning string // one sentence
	IsText  bool   // not a number, a date, a moment or yes and no
}

// The columns that come back.
const (
	PersonColumn   = "person_id"
	NumberColumn   = "nhs_number"
	DecisionColumn = "decision"
)

// The decisions.
const (
	Accept = "accept" // the number is this person's
	Reject = "reject" // it is not, whatever says so
)

// title is a column's name as people read it.
func (c Column) title() string {
	words := strings.ReplaceAll(c.Name, "_", " ")
	words = strings.ToUpper(words[:1]) + words[1:]
	return strings.NewReplacer("Nhs", "NHS", "nhs", "NHS").Replace(words)
}

func (q Queue) titles() []string {
	titles := make([]string, len(q.Columns))
	for i, column := range q.Columns {
		titles[i] = column.title()
	}
	return titles
}

// CSV is the queue as UTF-8 with a byte order mark, which spreadsheets need to read it as such. A text that a
// spreadsheet would take for a formula is escaped; Read undoes it.
func (q Queue) CSV() ([]byte, error) {
	var text bytes.Buffer
	text.WriteString("\ufeff")
	lines := csv.NewWriter(&text)
	if err := lines.Write(q.titles()); err != nil {
		return nil, err
	}
	for _, row := range q.Rows {
		line := make([]string, len(row))
		for i, cell := range row {
			if line[i] = cell; q.Columns[i].IsText {
				line[i] = delimited.Escape(cell)
			}
		}
		if err := lines.Write(line); err != nil {
			return nil, err
		}
	}
	lines.Flush()
	return text.Bytes(), lines.Error()
}

// The sheets of the workbook.
const (
	queueSheet = "NHS number reviews"
	notesSheet = "Notes"
)

// Workbook is the queue as XLSX: one table on the first sheet, every cell text, the decisions offered as a list; what
// the columns mean on the second.
func (q Queue) Workbook() ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	for _, step := range []func(*excelize.File) error{q.describe, q.table, q.choices, q.notes} {
		if err := step(book); err != nil {
			return nil, fmt.Errorf("write workbook: %w", err)
		}
	}
	text, err := book.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return text.Bytes(), nil
}

func (q Queue) describe(book *excelize.File) error {
	at := q.AsAt.UTC().Format(time.RFC3339)
	if err := book.SetSheetName("Sheet1", queueSheet); err != nil {
		return err
	}
	return book.SetDocProps(&excelize.DocProperties{
		Title: "NHS numbers to review", Subject: "Snapshot " + q.Run, Creator: "careshare", Language: "en-GB", Created: at, Modified: at,
	})
}

// table writes one table with a header and no merged cell, so that a screen reader can name row and column.
func (q Queue) table(book *excelize.File) error {
	text, err := book.NewStyle(&excelize.Style{NumFmt: 49}) // 49: text, so that no digit is lost and nothing becomes a date
	if err != nil {
		return err
	}
	last, err := excelize.ColumnNumberToName(len(q.Columns))
	if err != nil {
		return err
	}
	if err := book.SetColStyle(queueSheet, "A:"+last, text); err != nil {
		return err
	}
	for i, row := range append([][]string{q.titles()}, q.Rows...) {
		if err := writeRow(book, queueSheet, i+1, row); err != nil {
			return err
		}
	}
	if err := book.SetColWidth(queueSheet, "A", last, 18); err != nil {
		return err
	}
	if err := book.SetPanes(queueSheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return book.AddTable(queueSheet, &excelize.Table{
		Range: fmt.Sprintf("A1:%s%d", last, max(len(q.Rows), 1)+1), Name: "reviews", StyleName: "TableStyleMedium2",
	})
}

func writeRow(book *excelize.File, sheet string, row int, cells []string) error {
	for i, cell := range cells {
		name, err := excelize.CoordinatesToCellName(i+1, row)
		if err != nil {
			return err
		}
		if err := book.SetCellStr(sheet, name, cell); err != nil {
			return err
		}
	}
	return nil
}

func (q Queue) choices(book *excelize.File) error {
	choice := excelize.NewDataValidation(true)
	choice.SetSqref(fmt.Sprintf("C2:C%d", max(len(q.Rows), 1)+1))
	choice.SetInput("Decision", "accept: the number is this person's. reject: it is not. Leave empty to decide later.")
	choice.SetError(excelize.DataValidationErrorStyleStop, "Decision", "Only accept, reject or nothing.")
	if err := choice.SetDropList([]string{Accept, Reject}); err != nil {
		return err
	}
	return book.AddDataValidation(queueSheet, choice)
}

func (q Queue) notes(book *excelize.File) error {
	if _, err := book.NewSheet(notesSheet); err != nil {
		return err
	}
	rows := [][]string{
		{"Subject", "Note"},
		{"What this is", "NHS numbers that only a person can decide on, from snapshot " + q.Run + ". Each row is one person and one number."},
		{"What to do", "Write accept or reject under Decision, save, and run: careshare review import FILE --by NAME"},
		{"accept", "The number is this person's. Every other number listed for the person is then rejected, unless the file says otherwise."},
		{"reject", "The number is not this person's, whatever the case store, a trace or a match says."},
		{"How long", "Decisions are remembered for ever and outrank every rule from the next run on. A later decision stands over an earlier one."},
		{"Keep it safe", "This file names people. Keep it where only reviewers can read it, and delete it when it is imported."},
	}
	for _, column := range q.Columns {
		rows = append(rows, []string{column.title(), column.Meaning})
	}
	for i, row := range rows {
		if err := writeRow(book, notesSheet, i+1, row); err != nil {
			return err
		}
	}
	if err := book.SetColWidth(notesSheet, "A", "A", 22); err != nil {
		return err
	}
	if err := book.SetColWidth(notesSheet, "B", "B", 110); err != nil {
		return err
	}
	return book.AddTable(notesSheet, &excelize.Table{Range: fmt.Sprintf("A1:B%d", len(rows)), Name: "notes", StyleName: "TableStyleLight1"})
}
