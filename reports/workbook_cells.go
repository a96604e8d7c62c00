package reports

import (
	"math"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"
)

// cells are a row as the workbook has it: numbers as numbers, each kind in its style.
func (b *book) cells(row []Cell, numeric []bool) []any {
	cells := make([]any, len(row))
	for i, cell := range row {
		switch {
		case cell.isNumber() && *cell.Number != math.Trunc(*cell.Number): // as the page has it
			cells[i] = excelize.Cell{StyleID: b.share, Value: *cell.Number}
		case cell.isNumber():
			cells[i] = excelize.Cell{StyleID: b.count, Value: *cell.Number}
		case i < len(numeric) && numeric[i]:
			cells[i] = excelize.Cell{StyleID: b.count, Value: cell.Text}
		case cell.Kind != Plain && cell.Text != "":
			cells[i] = b.typed(cell)
		default:
			cells[i] = excelize.Cell{StyleID: b.body, Value: cell.Text}
		}
	}
	return cells
}

// exact is the largest whole number up to which none loses digits.
const exact = 1 << 53

// typed is a cell's value with the style of its kind. A text that its value would not give back stays a text: nothing is
// lost, and the proof of a row is of these texts.
func (b *book) typed(cell Cell) excelize.Cell {
	switch cell.Kind {
	case ID, Amount:
		n, err := strconv.ParseFloat(cell.Text, 64)
		switch {
		case err != nil || math.Abs(n) > exact || strconv.FormatFloat(n, 'f', -1, 64) != cell.Text:
		case cell.Kind == ID:
			return excelize.Cell{StyleID: b.id, Value: n}
		case n != math.Trunc(n):
			return excelize.Cell{StyleID: b.share, Value: n}
		default:
			return excelize.Cell{StyleID: b.count, Value: n}
		}
	case Date:
		if at, err := time.Parse(time.DateOnly, cell.Text); err == nil && at.Year() >= 1901 { // a workbook has no earlier dates
			return excelize.Cell{StyleID: b.date, Value: at}
		}
	case Moment:
		if at, err := time.Parse(time.DateTime, cell.Text); err == nil && at.Year() >= 1901 && at.Nanosecond() == 0 {
			return excelize.Cell{StyleID: b.moment, Value: at}
		}
	case YesOrNo:
		if is, err := strconv.ParseBool(cell.Text); err == nil {
			return excelize.Cell{StyleID: b.yesOrNo, Value: is}
		}
	}
	return excelize.Cell{StyleID: b.body, Value: cell.Text}
}
