package reports

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// KindOf is the kind of a column of the engine's type, and whether its numbers are to be summed.
func KindOf(engineType string, isAmount bool) Kind {
	switch engineType {
	case "BIGINT", "INTEGER":
		if isAmount {
			return Amount
		}
		return ID
	case "DATE":
		return Date
	case "TIMESTAMP":
		return Moment
	case "BOOLEAN":
		return YesOrNo
	}
	return Plain
}

// How a workbook shows dates: a CSV file that a spreadsheet program saved has them so too.
const (
	shownDate   = "02/01/2006"
	shownMoment = "02/01/2006 15:04:05"
)

// Text is a value of the kind as the engine writes it, from what a workbook or a CSV file saved from one holds: 46327 and
// 01/11/2026 are both the date 2026-11-01. What is no value of the kind stays as it is.
func (k Kind) Text(cell string) string {
	switch k {
	case ID, Amount:
		return wholeNumber(cell)
	case Date:
		return dated(cell, shownDate, time.DateOnly)
	case Moment:
		return dated(cell, shownMoment, time.DateTime)
	case YesOrNo:
		switch strings.ToLower(cell) {
		case "1", "true":
			return "true"
		case "0", "false":
			return "false"
		}
	}
	return cell
}

func wholeNumber(cell string) string {
	n, err := strconv.ParseFloat(strings.ReplaceAll(cell, ",", ""), 64)
	if err != nil || n != float64(int64(n)) || n > exact || n < -exact {
		return cell
	}
	return strconv.FormatInt(int64(n), 10)
}

// dated reads a spreadsheet's number of a day, or the text that it shows.
func dated(cell, shown, layout string) string {
	if at, err := time.Parse(shown, cell); err == nil {
		return at.Format(layout)
	}
	serial, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return cell
	}
	at, err := excelize.ExcelDateToTime(serial, false)
	if err != nil {
		return cell
	}
	return at.Round(time.Second).Format(layout)
}

// Heading is a column's name in words: "asked_by_worker_id" is headed "Asked by worker ID".
func Heading(column string) string {
	words := strings.Split(column, "_")
	if slices.Contains([]string{"is", "has", "count"}, words[0]) {
		words = words[1:]
	}
	for i, word := range words {
		if upper, is := acronyms[word]; is {
			words[i] = upper
		}
	}
	heading := strings.Join(words, " ")
	if heading == "" {
		return column
	}
	return strings.ToUpper(heading[:1]) + heading[1:]
}

var acronyms = map[string]string{"id": "ID", "nhs": "NHS", "cpis": "CP-IS", "903": "903"}
