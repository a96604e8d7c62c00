package custodians

import (
	"errors"
	"os"

	"github.com/xuri/excelize/v2"
)

// firstRow is where the table's header stands, below title and explanation.
const firstRow = 4

// workbook writes the list as one sheet: header row frozen and repeated in print, every cell text, so that no program
// takes a number's zeros away or runs a formula that a sender wrote.
func (w writer) workbook(l *list, path string) (err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	const sheet = "List"
	err = errors.Join(
		book.SetSheetName("Sheet1", sheet),
		book.SetDocProps(&excelize.DocProperties{Title: l.Title, Language: "en-GB", Creator: "careshare", Created: w.stamp(), Modified: w.stamp()}),
		book.SetCellStr(sheet, "A1", l.Title),
		book.SetCellStr(sheet, "A2", l.Intro),
		book.SetCellStr(sheet, "A3", "As at "+w.at(w.AsAt)+" (London)"),
	)
	rows := append([][]string{l.Columns}, l.Rows...)
	for i, row := range rows {
		for k, cell := range row {
			name, naming := excelize.CoordinatesToCellName(k+1, firstRow+i)
			err = errors.Join(err, naming, book.SetCellStr(sheet, name, cell))
		}
	}
	if err = errors.Join(err, w.layout(book, sheet, len(l.Columns), len(rows))); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = book.WriteTo(file)
	return errors.Join(err, file.Close())
}

func (w writer) stamp() string { return w.AsAt.UTC().Format("2006-01-02T15:04:05Z") }

func (w writer) layout(book *excelize.File, sheet string, columns, rows int) error {
	title, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	header, second := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8E8E8"}}})
	last, third := excelize.CoordinatesToCellName(columns, firstRow)
	corner, fourth := excelize.CoordinatesToCellName(columns, firstRow+rows-1)
	column, fifth := excelize.ColumnNumberToName(columns)
	return errors.Join(err, second, third, fourth, fifth,
		book.SetCellStyle(sheet, "A1", "A1", title),
		book.SetCellStyle(sheet, "A4", last, header),
		book.SetColWidth(sheet, "A", column, 20),
		book.AutoFilter(sheet, "A4:"+corner, nil),
		book.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: firstRow, TopLeftCell: "A5", ActivePane: "bottomLeft"}),
		book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: sheet + "!$4:$4", Scope: sheet}),
		book.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: text("landscape")}),
	)
}

func text(s string) *string { return &s }
