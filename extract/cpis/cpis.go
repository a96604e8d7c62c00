// Package cpis reads what the Child Protection - Information Sharing service (DCB1609) sends a local authority back:
// acknowledgements of uploads, notifications of access and notifications of inactive NHS numbers.
//
// The elements and codes are those of the Child Protection Domain Message Specification as far as it is public. The
// wire format is not, so the files read here are CP-IS-shaped: nothing of this package claims conformance.
package cpis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"careshare/extract"
	"careshare/extract/inbox"
	"careshare/schedules/london"
)

const source = "cpis"

// Read takes the tables acknowledgements, acknowledgement_records, access_notifications and inactive_numbers, from the
// folder's acknowledgements/, notifications/ and inactive/, any of which may be absent.
//
// A file that cannot be read to its end leaves no row behind and counts as one quarantined row of its first table; in
// a file that can, each record that breaks a rule is quarantined by itself.
func Read(ctx context.Context, o inbox.Options) ([]extract.Table, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("read cpis: %w", err)
	}
	zone, err := london.Zone()
	if err != nil {
		return nil, fmt.Errorf("read cpis: %w", err)
	}
	tables, err := create(o)
	if err == nil {
		err = readAll(ctx, o.Folder, zone, tables)
	}
	if err != nil {
		err = fmt.Errorf("read cpis: %w", err)
	}
	return inbox.Close(err, tables...)
}

func create(o inbox.Options) (tables []*inbox.Table, err error) {
	for _, t := range []struct {
		name    string
		columns [][]inbox.Column
	}{
		{"acknowledgements", acknowledgementColumns()},
		{"acknowledgement_records", acknowledgementRecordColumns()},
		{"access_notifications", accessColumns()},
		{"inactive_numbers", inactiveColumns()},
	} {
		table, err := inbox.Create(o.To, source, t.name, o.Quarantine, t.columns...)
		if err != nil {
			return tables, err
		}
		tables = append(tables, table)
	}
	return tables, nil
}

func readAll(ctx context.Context, folder string, london *time.Location, tables []*inbox.Table) error {
	for _, kind := range []struct {
		folder string
		read   message
		tables []*inbox.Table
	}{
		{"acknowledgements", readAcknowledgement, tables[0:2]},
		{"notifications", readNotification, tables[2:3]},
		{"inactive", readInactive, tables[3:4]},
	} {
		paths, err := inbox.Files(filepath.Join(folder, kind.folder), ".xml")
		if err != nil {
			return err
		}
		for _, path := range paths {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := readFile(path, kind.read, london, kind.tables); err != nil {
				return err
			}
		}
	}
	return nil
}

// message reads one file's message from its root on into its tables. A Fault that it returns is one of the whole file.
type message func(file string, r *reader, london *time.Location, tables []*inbox.Table) error

// readFile takes one file whole or, at a fault, not at all.
func readFile(path string, read message, london *time.Location, tables []*inbox.Table) error {
	name := filepath.Base(path)
	fault, err := tryFile(path, name, read, london, tables)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if fault != nil {
		for _, table := range tables {
			table.Drop()
		}
		tables[0].Reject(name, *fault)
	}
	for _, table := range tables {
		if err := table.Keep(); err != nil {
			return err
		}
	}
	return nil
}

func tryFile(path, name string, read message, london *time.Location, tables []*inbox.Table) (*inbox.Fault, error) {
	file, err := inbox.Open(path, maxBytes)
	if err != nil {
		return asFault(err, nil)
	}
	defer file.Close()
	return asFault(read(name, newReader(file.Text()), london, tables), file.Text())
}

// asFault tells a fault of the file from an error of the machine, and adds the text that the fault stands for.
func asFault(err error, text *io.SectionReader) (*inbox.Fault, error) {
	var fault inbox.Fault
	if !errors.As(err, &fault) {
		return nil, err
	}
	if fault.Raw == "" && text != nil {
		fault.Raw = inbox.Raw(text, 0, text.Size())
	}
	return &fault, nil
}
