package reports

import (
	"bytes"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

func typedTable() Table {
	rows := [][]Cell{
		{Typed("1000010", ID), Typed("1029", Amount), Typed("2026-11-01", Date), Typed("2026-11-01 07:30:00", Moment), Typed("true", YesOrNo)},
		{Typed("1000011", ID), Typed("", Amount), Typed("0024-01-01", Date), Typed("soon", Moment), Typed("maybe", YesOrNo)},
		{Typed("9007199254740995", ID), Typed("2.5", Amount), Typed("", Date), Typed("", Moment), Typed("false", YesOrNo)},
	}
	return Table{
		Name: "typed", Title: "Typed", Notes: []string{"A note."}, Header: []string{"person", "rows", "on", "at", "is"}, Rows: rowsOf(rows), Count: len(rows),
	}
}

// Numbers, dates and truths are themselves in a workbook, so that a column can be summed and sorted. What is not of its
// column's kind stays the text that it was.
func TestTypedCells(t *testing.T) {
	t.Parallel()
	book := opened(t, typedTable())
	for cell, want := range map[string]string{
		"A5": "1000010", "B5": "1029", "C5": "46327", "E5": "1", "B6": "", "C6": "0024-01-01", "D6": "soon", "E6": "maybe", "A7": "9007199254740995", "B7": "2.5",
	} {
		if got, err := book.GetCellValue("typed", cell, excelize.Options{RawCellValue: true}); err != nil || got != want {
			t.Errorf("%s: %q, want %q (%v)", cell, got, want, err)
		}
	}
	for cell, want := range map[string]excelize.CellType{
		"A5": excelize.CellTypeUnset, "B5": excelize.CellTypeUnset, "C5": excelize.CellTypeUnset, "E5": excelize.CellTypeBool,
		"C6": excelize.CellTypeInlineString, "A7": excelize.CellTypeInlineString,
	} {
		if got, err := book.GetCellType("typed", cell); err != nil || got != want {
			t.Errorf("%s: type %d, want %d (%v)", cell, got, want, err)
		}
	}
	for cell, want := range map[string]string{"A5": "1000010", "B5": "1,029", "C5": "01/11/2026", "D5": "01/11/2026 07:30:00"} {
		if got, err := book.GetCellValue("typed", cell); err != nil || got != want {
			t.Errorf("%s shows %q, want %q (%v)", cell, got, want, err)
		}
	}
}

// Readers that stream a workbook believe the sheet's own word on how far it reaches.
func TestEverySheetSaysHowFarItReaches(t *testing.T) {
	t.Parallel()
	uncounted := typedTable()
	uncounted.Name, uncounted.Count = "uncounted", 0
	book := opened(t, typedTable(), uncounted)
	for _, sheet := range book.GetSheetList() {
		said, err := book.GetSheetDimension(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if sheet == "uncounted" {
			if said != "" {
				t.Errorf("%s says %s without knowing", sheet, said)
			}
			continue
		}
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		columns := 0
		for _, row := range rows {
			columns = max(columns, len(row))
		}
		corner, err := excelize.CoordinatesToCellName(columns, len(rows))
		if err != nil {
			t.Fatal(err)
		}
		if said != "A1:"+corner {
			t.Errorf("%s says %s, its last cell is %s", sheet, said, corner)
		}
	}
}

func opened(t *testing.T, tables ...Table) *excelize.File {
	t.Helper()
	var content bytes.Buffer
	about := About{Title: "Test", Run: "20261101T070000Z", AsAt: time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC)}
	if err := Workbook(&content, t.TempDir(), about, nil, tables); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&content)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return book
}
