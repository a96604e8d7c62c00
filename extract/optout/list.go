package optout

import (
	"errors"
	"path/filepath"
	"strings"

	"careshare/extract/inbox"
)

// list is the NHS numbers of one file.
type list struct {
	numbers   []string // each once, in the file's order
	has       map[string]bool
	isBroken  bool // some of it could not be read
	isRefusal bool // it is the service's refusal of the batch
}

// numbers reads one file, and holds in the table what could not be read of it. A file of the one line refused, where
// that is not empty, is no list. An empty path is an empty list.
func numbers(path, refused string, table *inbox.Table) (list, error) {
	l := list{has: map[string]bool{}}
	if path == "" {
		return l, nil
	}
	file, err := inbox.Open(path, maxBytes)
	var fault inbox.Fault
	if errors.As(err, &fault) {
		table.Reject(filepath.Base(path), fault)
		l.isBroken = true
		return l, nil
	}
	if err != nil {
		return l, err
	}
	defer file.Close()
	for line, err := range inbox.Lines(file.Text(), maxLine) {
		if err != nil {
			return l, err
		}
		l.take(line, refused, file.Name, table)
	}
	return l, nil
}

// take reads one line: ten digits and a comma. The comma is how a line that was cut off is known.
func (l *list) take(line inbox.Line, refused, file string, table *inbox.Table) {
	number, isList := strings.CutSuffix(line.Text, ",")
	switch {
	case line.Text == "" && line.Rule == "":
	case line.Text == refused && line.Number == 1:
		l.isRefusal = true
	case line.Rule != "" || !isList || !inbox.IsTenDigits(number):
		rule := line.Rule
		if rule == "" {
			rule = "not ten digits and a comma"
		}
		l.isBroken = true
		table.Reject(file, inbox.Fault{Line: line.Number, Rule: rule, Raw: line.Text})
	case l.has[number]:
		table.Merge()
	default:
		l.has[number] = true
		l.numbers = append(l.numbers, number)
	}
}
