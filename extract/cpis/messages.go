package cpis

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"careshare/extract/inbox"
)

// walk reads a message whose header comes before its records: head is called once, with all that stands outside the
// records, then record for each of them. A record that stands before a header element leaves the header incomplete.
func walk(r *reader, name string, head func(element) error, record func(element, int64) error) error {
	header := element{line: 1}
	var position int64
	for {
		child, err := r.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		isRecord := err == nil && child.name == name
		if position == 0 && (isRecord || err != nil) {
			if err := head(header); err != nil {
				return err
			}
		}
		switch {
		case err != nil:
			return nil
		case !isRecord && position > 0:
			return inbox.Fault{Line: child.line, Column: child.name, Rule: "header after a record"}
		case !isRecord && len(header.children) == maxChildren:
			return inbox.Fault{Line: child.line, Rule: fmt.Sprintf("header over %d elements", maxChildren)}
		case !isRecord:
			header.children = append(header.children, child)
			continue
		}
		position++
		if err := record(child, position); err != nil {
			return err
		}
	}
}

// taken adds the row or, where the record has a fault, rejects it.
func taken(table *inbox.Table, file string, r *reader, e element, position int64, fault *inbox.Fault, row ...any) {
	if fault == nil {
		table.Add(row...)
		return
	}
	fault.Key, fault.Raw = strconv.FormatInt(position, 10), r.raw(e)
	table.Reject(file, *fault)
}

// whole is the fault as an error, if there is one.
func (f *fields) whole() error {
	if f.fault == nil {
		return nil
	}
	return *f.fault
}

func acknowledgementColumns() [][]inbox.Column {
	return [][]inbox.Column{
		inbox.Texts("file"), inbox.Integers("sequence_number"), inbox.Instants("created_at"),
		inbox.Integers("count_processed"), inbox.Texts("file_code", "file_meaning", "receiver_code"),
	}
}

func acknowledgementRecordColumns() [][]inbox.Column {
	return [][]inbox.Column{
		inbox.Texts("file"), inbox.Integers("sequence_number", "position"),
		inbox.Texts("record_code", "record_meaning", "nhs_number"), inbox.Integers("person_id"),
	}
}

// readAcknowledgement reads message 02, the answer to one upload.
func readAcknowledgement(file string, r *reader, london *time.Location, tables []*inbox.Table) error {
	if err := r.root("FileResponse"); err != nil {
		return err
	}
	var sequence int64 // -1 where the upload could not be read
	head := func(header element) error {
		f := fields{london: london}
		sequence = f.integer(f.identifier(header, rootSequenceNumber), "extension")
		created := f.instant(f.one(header, "creationTime"))
		count := f.integer(f.one(header, "transmissionQuantity"), "value")
		code, meaning := f.coded(f.one(f.one(header, "acknowledgementFile"), "code"), fileResponses())
		receiver := optional(f.maybe(f.maybe(header, "communicationFunctionRcv"), "id"), "extension")
		tables[0].Add(file, sequence, created, count, code, meaning, receiver)
		return f.whole()
	}
	return walk(r, "acknowledgementRecord", head, func(e element, position int64) error {
		f := fields{london: london}
		code, meaning := f.coded(f.one(e, "code"), recordResponses())
		number := optional(f.identifier(e, rootNHSNumber), "extension") // as it was sent: CPR04 says that it is no number
		var person any
		if local := f.identifier(e, rootLocalID); optional(local, "root") != "" {
			person = f.integer(local, "extension")
		}
		taken(tables[1], file, r, e, position, f.fault, file, sequence, position, code, meaning, number, person)
		return nil
	})
}

func inactiveColumns() [][]inbox.Column {
	return [][]inbox.Column{
		inbox.Texts("file", "message_id"), inbox.Instants("sent_at"), inbox.Texts("nhs_number", "replacement_nhs_number"),
	}
}

// readInactive reads message 06: an NHS number that went out of use, with or without its replacement.
func readInactive(file string, r *reader, london *time.Location, tables []*inbox.Table) error {
	if err := r.root("InactiveNHSNumberNotification"); err != nil {
		return err
	}
	head := func(header element) error {
		f := fields{london: london}
		about := f.envelope(header, "06")
		number, replacement := f.nhsNumber(f.one(header, "patient")), ""
		if e := f.maybe(header, "replacement"); e.to > 0 {
			replacement = f.nhsNumber(e)
		}
		tables[0].Add(file, about.id, about.sent, number, replacement)
		return f.whole()
	}
	return walk(r, "", head, nil)
}

// envelope is what every notification begins with.
type envelope struct {
	id   string
	sent time.Time
}

func (f *fields) envelope(header element, messageType string) envelope {
	code, _ := f.coded(f.one(header, "code"), messageTypes())
	if code != messageType {
		f.fail(header.line, "code", "another message type")
	}
	id := f.required(f.one(header, "id"), "root")
	return envelope{id: id, sent: f.instant(f.one(header, "effectiveTime"))}
}
