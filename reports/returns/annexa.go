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
	format := "dd/mm/yyyy"
	date, err := file.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return err
	}
	bold, err := file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
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
			err = list.write(file, bold, date)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", list.Sheet, err)
		}
	}
	return reports.Save(w, scratch, file)
}

// write streams one list to its sheet.
func (l List) write(file *excelize.File, bold, date int) error {
	stream, err := file.NewStreamWriter(l.Sheet)
	if err != nil {
		return err
	}
	if err := stream.SetColWidth(1, len(l.Heading), 18); err != nil {
		return err
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(l.Heading))
	for i, text := range l.Heading {
		head[i] = excelize.Cell{StyleID: bold, Value: text}
	}
	if err := stream.SetRow("A1", head); err != nil {
		return err
	}
	line, cells := 1, make([]any, len(l.Heading))
	for row, err := range l.Rows {
		if err != nil {
			return err
		}
		line++
		if err := l.fill(cells, row, date); err != nil {
			return err
		}
		if err := stream.SetRow("A"+strconv.Itoa(line), cells); err != nil {
			return err
		}
	}
	return stream.Flush()
}

// fill makes cells of a row's texts as what they mean: dates as dates, counts as numbers, nothing as an empty cell.
func (l List) fill(cells []any, row []string, date int) error {
	for i, text := range row {
		switch {
		case text == "":
			cells[i] = nil
		case l.IsDate[i]:
			day, err := time.Parse(time.DateOnly, text)
			if err != nil {
				return fmt.Errorf("column %s: no date", l.Heading[i])
			}
			cells[i] = excelize.Cell{StyleID: date, Value: day}
		case l.IsCount[i]:
			count, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return fmt.Errorf("column %s: no whole number", l.Heading[i])
			}
			cells[i] = count
		default:
			cells[i] = text
		}
	}
	return nil
}
