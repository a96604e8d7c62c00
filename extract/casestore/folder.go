package casestore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"careshare/extract"
	"careshare/extract/delimited"
)

// folder is a case store as a folder of CSV files, <table>.csv, each with a header.
type folder struct {
	path   string
	text   delimited.Options
	called func(table string) string // its name here
	files  map[string]os.FileInfo    // by table, as they were when the folder was opened
}

func openFolder(o Options, tables []table) (*folder, error) {
	path := o.Location
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	f := &folder{path: path, called: o.called, text: delimited.Options{Encoding: o.conventions().Encoding, Folder: o.Spill}, files: map[string]os.FileInfo{}}
	for _, t := range tables {
		for _, entry := range entries {
			if name := strings.ToLower(entry.Name()); name != o.called(t.name)+".csv" && name != o.called(t.name) {
				continue
			}
			if _, again := f.files[t.name]; again {
				return nil, fmt.Errorf("two files %s.csv, their names differ in case only", t.name)
			}
			if f.files[t.name], err = os.Stat(filepath.Join(path, entry.Name())); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

func (f *folder) close() {}

// carries any type: all is text.
func (f *folder) carries(string, dataType) bool { return true }

func (f *folder) tables(context.Context) (map[string]stored, error) {
	found := map[string]stored{}
	for name, info := range f.files {
		t := stored{name: filepath.Join(f.path, info.Name()), size: info.Size(), isFile: true}
		records, err := openRecords(t.name, f.text)
		if err != nil {
			return nil, err
		}
		for _, column := range records.header {
			t.columns = append(t.columns, storedColumn{name: column})
		}
		records.close()
		found[f.called(name)] = t
	}
	return found, nil
}

func (f *folder) read(ctx context.Context, j job, l *landing) error {
	records, err := openRecords(j.from.name, f.text)
	if err != nil {
		return err
	}
	defer records.close()
	fields := make([]int, len(j.columns))
	for i, c := range j.names {
		for at, name := range records.header {
			if name == c.name {
				fields[i] = at
			}
		}
	}
	if err := landRecords(ctx, records, fields, l); err != nil {
		return err
	}
	return unchanged(j.from.name, f.files[j.name])
}

func landRecords(ctx context.Context, records *records, fields []int, l *landing) error {
	var texts []byte
	row := make([]value, len(fields))
	file := filepath.Base(l.job.from.name)
	for ctx.Err() == nil {
		record, line, err := records.next()
		var broken *brokenRecord
		switch {
		case errors.As(err, &broken):
			if err := l.refuse(extract.Reject{
				File: file, Line: line, Rule: broken.rule, Raw: broken.raw, Values: l.leading(broken, fields, records.csv.Comma),
			}); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		case record == nil:
			return nil
		}
		texts = texts[:0]
		for i, at := range fields {
			from := len(texts)
			texts = append(texts, record[at]...)
			row[i] = value{kind: text, text: texts[from:]}
		}
		if err := l.take(row, file, line); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// unchanged refuses a file that was written while it was read, or since it was looked at.
func unchanged(path string, before os.FileInfo) error {
	now, err := os.Stat(path)
	if err != nil {
		return err
	}
	if now.Size() != before.Size() || !now.ModTime().Equal(before.ModTime()) {
		return fmt.Errorf("%s was changed while it was read", filepath.Base(path))
	}
	return nil
}

// Takes reports of a path in the case store's folder, in lower case with slashes, whether a run reads the file or knows its purpose.
func (o Options) Takes() func(path string) bool {
	tables, _ := contract() // embedded: where it cannot be read, no file is taken
	known := map[string]bool{}
	for _, t := range tables {
		known[o.called(t.name)] = true
	}
	return func(path string) bool {
		first, below, isBelow := strings.Cut(path, "/")
		switch {
		case o.Kind == "csv":
			return known[strings.TrimSuffix(path, ".csv")] || known[path]
		case !isBelow:
			return known[strings.TrimSuffix(path, ".parquet")] || path == "_success"
		}
		return known[first] && (strings.HasSuffix(below, ".parquet") || strings.HasSuffix(below, "/_success") || below == "_success")
	}
}
