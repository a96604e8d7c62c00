package returns

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"careshare/extract/delimited"
)

// FileRow is one row of a return's file as it was handed over: what it says by its headings, and nil where it says nothing. The
// part is the file itself, a workbook's sheet or a message's element.
type FileRow struct {
	Part   string
	Fields map[string]any
}

// Rows reads the parts of a file that this package writes: CSV, a workbook, or the census's message.
func Rows(file io.Reader, name string, parts []string) iter.Seq2[FileRow, error] {
	return func(yield func(FileRow, error) bool) {
		var err error
		stop := errors.New("enough")
		give := func(part string, fields map[string]any) error {
			if yield(FileRow{part, fields}, nil) {
				return nil
			}
			return stop
		}
		switch path.Ext(name) {
		case ".xlsx":
			err = sheetRows(file, parts, give)
		case ".xml":
			err = censusRows(file, parts, give)
		default:
			err = flatRows(file, name, give)
		}
		if err != nil && !errors.Is(err, stop) {
			yield(FileRow{}, err)
		}
	}
}

func flatRows(file io.Reader, name string, give func(string, map[string]any) error) error {
	data, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	lines, err := delimited.Lines(data)
	switch {
	case err != nil:
		return err
	case len(lines) == 0:
		return errors.New("not the CSV file of a return")
	}
	for i, line := range lines {
		if len(line) != len(lines[0]) {
			return fmt.Errorf("line %d: wrong number of fields", i+1)
		}
	}
	return tableRows(name, lines, give)
}

// tableRows gives the lines below the headings.
func tableRows(part string, lines [][]string, give func(string, map[string]any) error) error {
	headings, err := delimited.Header(lines[0])
	if err != nil {
		return err
	}
	for _, line := range lines[1:] {
		fields := map[string]any{}
		for i, heading := range headings {
			fields[heading] = nil
			if i < len(line) && line[i] != "" {
				fields[heading] = line[i]
			}
		}
		if err := give(part, fields); err != nil {
			return err
		}
	}
	return nil
}

func sheetRows(file io.Reader, sheets []string, give func(string, map[string]any) error) (err error) {
	book, err := excelize.OpenReader(file)
	if err != nil {
		return errors.New("not a workbook")
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	for _, sheet := range sheets {
		lines, err := book.GetRows(sheet)
		if err != nil || len(lines) == 0 {
			return errors.New("it has no " + sheet)
		}
		if err := tableRows(sheet, lines, give); err != nil {
			return err
		}
	}
	return nil
}

// element is a piece of the message, whatever it is called.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

// censusRows gives each child and each part of a child's cases. Whose and of which referral a part is, it says too.
func censusRows(file io.Reader, parts []string, give func(string, map[string]any) error) error {
	decoder := xml.NewDecoder(file)
	isCensus := false
	for {
		token, err := decoder.Token()
		if err == io.EOF && isCensus {
			return nil
		}
		if err != nil {
			return errors.New("not the message of a census")
		}
		start, isStart := token.(xml.StartElement)
		isCensus = isCensus || isStart && start.Name.Local == "Message"
		if !isStart || start.Name.Local != "Child" {
			continue
		}
		var child element
		if err := decoder.DecodeElement(&child, &start); err != nil {
			return errors.New("not the message of a census")
		}
		if err := child.rows(parts, nil, give); err != nil {
			return err
		}
	}
}

// rows gives an element that is a part, then the parts within it; what else is within it are the part's fields.
func (e element) rows(parts []string, above map[string]any, give func(string, map[string]any) error) error {
	fields, within := map[string]any{}, []element{}
	for _, key := range []string{"LAchildID", "CINreferralDate"} {
		if value, there := above[key]; there {
			fields[key] = value
		}
	}
	e.gather(parts, fields, &within)
	if err := give(e.XMLName.Local, fields); err != nil {
		return err
	}
	for _, part := range within {
		if err := part.rows(parts, fields, give); err != nil {
			return err
		}
	}
	return nil
}

// gather takes the texts below an element as fields, several of one name as one text, and leaves parts for themselves.
func (e element) gather(parts []string, fields map[string]any, within *[]element) {
	for _, child := range e.Children {
		name := child.XMLName.Local
		switch said, isSaid := fields[name].(string); {
		case slices.Contains(parts, name):
			*within = append(*within, child)
		case len(child.Children) > 0:
			child.gather(parts, fields, within)
		case isSaid:
			fields[name] = said + " " + strings.TrimSpace(child.Text)
		default:
			fields[name] = strings.TrimSpace(child.Text)
		}
	}
}
