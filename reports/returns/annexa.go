package returns

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"careshare/reports"
)

// List is one of the inspectors' lists: a sheet with its headings in the first row and one row a child below.
type List struct {
	Sheet   string
	Heading []string
	IsDate  []bool // which columns hold dates, as yyyy-mm-dd
	IsCount []bool // which hold whole numbers
	Longest []int  // the length of each column's longest text
	Rows    iter.Seq2[[]string, error]
}

// Lists writes the lists as one workbook; madeAt is written into it instead of the clock, so that the same snapshot gives the same
// bytes. Rows are streamed through the private scratch folder.
func Lists(w io.Writer, scratch, title string, madeAt time.Time, lists []List) (err error) {
	file := excelize.NewFile(excelize.Options{TmpDir: scratch})
	defer func() {
		if closing := file.Close(); err == nil {
			err = closing
		}
	}()
	at := madeAt.UTC().Format("2006-01-02T15:04:05Z")
	if err := file.SetDocProps(&excelize.DocProperties{Title: title, Creator: "careshare", LastModifiedBy: "careshare", Language: "en-GB", Created: at, Modified: at}); err != nil {
		return err
	}
	look, err := looks(file)
	if err != nil {
		return err
	}
	for i, list := range lists {
		if i == 0 {
			err = file.SetSheetName("Sheet1", list.Sheet)
		} else {
			_, err = file.NewSheet(list.Sheet)
		}
		if err == nil {
			err = list.write(file, look)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", list.Sheet, err)
		}
	}
	return reports.Save(w, scratch, file)
}

// look are the styles of a list's cells.
type look struct{ heading, body, date int }

// looks has all cells stand to the left, under their headings: numbers would run into the text beside them.
func looks(file *excelize.File) (l look, err error) {
	format := "dd/mm/yyyy"
	font := func(bold bool) *excelize.Font { return &excelize.Font{Family: "Arial", Size: 11, Bold: bold} }
	at := &excelize.Alignment{WrapText: true, Vertical: "top", Horizontal: "left"}
	if l.heading, err = file.NewStyle(&excelize.Style{Font: font(true), Alignment: at}); err != nil {
		return l, err
	}
	if l.body, err = file.NewStyle(&excelize.Style{Font: font(false), Alignment: at}); err != nil {
		return l, err
	}
	l.date, err = file.NewStyle(&excelize.Style{Font: font(false), Alignment: at, CustomNumFmt: &format})
	return l, err
}

// write streams one list to its sheet.
func (l List) write(file *excelize.File, look look) error {
	paper := reports.Table{Name: l.Sheet, Header: l.Heading, Keys: 1}
	paper.FitPaper(l.Longest)
	if err := paper.OnPaper(file, 1); err != nil {
		return err
	}
	if err := reports.SetDimension(file, l.Sheet, 0, 0); err != nil {
		return err
	}
	stream, err := file.NewStreamWriter(l.Sheet)
	if err != nil {
		return err
	}
	for i, width := range paper.Widths {
		if err := stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	head := make([]any, len(l.Heading))
	for i, text := range l.Heading {
		head[i] = excelize.Cell{StyleID: look.heading, Value: text}
	}
	if err := stream.SetRow("A1", head, excelize.RowOpts{Height: paper.Height(l.Heading)}); err != nil {
		return err
	}
	line, cells := 1, make([]any, len(l.Heading))
	for row, err := range l.Rows {
		if err != nil {
			return err
		}
		line++
		if err := l.fill(cells, row, look); err != nil {
			return err
		}
		if err := stream.SetRow("A"+strconv.Itoa(line), cells, excelize.RowOpts{Height: paper.Height(row)}); err != nil {
			return err
		}
	}
	return stream.Flush()
}

// fill makes cells of a row's texts as what they mean: dates as dates, counts as numbers, nothing as an empty cell.
func (l List) fill(cells []any, row []string, look look) error {
	for i, text := range row {
		switch {
		case text == "":
			cells[i] = nil
		case l.IsDate[i]:
			day, err := time.Parse(time.DateOnly, text)
			if err != nil {
				return fmt.Errorf("column %s: no date", l.Heading[i])
			}
			cells[i] = excelize.Cell{StyleID: look.date, Value: day}
		case l.IsCount[i]:
			count, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return fmt.Errorf("column %s: no whole number", l.Heading[i])
			}
			cells[i] = excelize.Cell{StyleID: look.body, Value: count}
		default:
			cells[i] = excelize.Cell{StyleID: look.body, Value: text}
		}
	}
	return nil
}
