package review

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"careshare/extract/delimited"
)

// Decision is one row of a file that came back, with a decision in it.
type Decision struct {
	Row       int // from 1, the header's
	PersonID  int64
	NHSNumber string
	Decision  string // Accept or Reject
}

// Fault is a row that cannot be taken: where, and which rule; never what stands there.
type Fault struct {
	Row    int    `json:"row"` // from 1; the header's where a column is missing
	Column string `json:"column"`
	Rule   string `json:"rule"`
}

func (f Fault) String() string {
	return fmt.Sprintf("row %d, column %s: %s", f.Row, f.Column, f.Rule)
}

// maxBytes and maxUnzipped bound what a file may ask of the machine.
const (
	maxBytes    = 64 << 20
	maxUnzipped = 256 << 20
)

// Read takes the rows that hold a decision from a workbook or a CSV, told apart by what they begin with. Columns are
// bound by name, in any order; others are not read. The faults are those of single rows; an error is the file's.
func Read(file io.Reader) ([]Decision, []Fault, error) {
	data, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	switch {
	case err != nil:
		return nil, nil, err
	case len(data) > maxBytes:
		return nil, nil, fmt.Errorf("larger than %d bytes", maxBytes)
	}
	rows, err := readRows(data)
	if err != nil {
		return nil, nil, err
	}
	for first, row := range rows {
		if !isEmpty(row) {
			return decisions(rows, first)
		}
	}
	return nil, nil, errors.New("empty file")
}

func readRows(data []byte) ([][]string, error) {
	if !bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return delimited.Lines(data)
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, RawCellValue: true})
	if err != nil {
		return nil, errors.New("not a workbook that can be read") // its words may quote a cell
	}
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0), excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, errors.New("not a workbook that can be read")
	}
	return rows, nil
}

// decisions reads the rows below the header.
func decisions(rows [][]string, first int) (found []Decision, faults []Fault, err error) {
	at, faults := bind(rows[first], first+1)
	if len(faults) > 0 {
		return nil, faults, nil
	}
	for i := first + 1; i < len(rows); i++ {
		cell := func(column string) string {
			if place := at[column]; place < len(rows[i]) {
				return strings.TrimSpace(delimited.Unescape(rows[i][place]))
			}
			return ""
		}
		decision := strings.ToLower(cell(DecisionColumn))
		if decision == "" {
			continue
		}
		d := Decision{Row: i + 1, NHSNumber: strings.ReplaceAll(cell(NumberColumn), " ", ""), Decision: decision}
		person, notNumber := strconv.ParseInt(cell(PersonColumn), 10, 64)
		d.PersonID = person
		switch {
		case notNumber != nil:
			faults = append(faults, Fault{d.Row, PersonColumn, "not a whole number"})
		case len(d.NHSNumber) != 10 || strings.Trim(d.NHSNumber, "0123456789") != "":
			faults = append(faults, Fault{d.Row, NumberColumn, "not ten digits; keep the column as text"})
		case decision != Accept && decision != Reject:
			faults = append(faults, Fault{d.Row, DecisionColumn, "must be accept, reject or empty"})
		default:
			found = append(found, d)
		}
	}
	return found, faults, nil
}

// bind finds the three columns by name, as they are or as they are shown.
func bind(header []string, row int) (at map[string]int, faults []Fault) {
	at = map[string]int{}
	for i, name := range header {
		name = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "_")
		if _, twice := at[name]; twice && (name == PersonColumn || name == NumberColumn || name == DecisionColumn) {
			faults = append(faults, Fault{row, name, "column named twice"})
		}
		at[name] = i
	}
	for _, column := range []string{PersonColumn, NumberColumn, DecisionColumn} {
		if _, there := at[column]; !there {
			faults = append(faults, Fault{row, column, "missing column"})
		}
	}
	return at, faults
}

func isEmpty(row []string) bool { return strings.TrimSpace(strings.Join(row, "")) == "" }
