// Package reference reads what the returns need and no case store holds: where postcodes lie, and the professional
// registrations of social workers.
package reference

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"careshare/extract"
	"careshare/extract/delimited"
	"careshare/extract/inbox"
)

// list is one file: its columns, the first of which is the key, and which of them are whole numbers.
type list struct {
	name     string
	columns  []string
	integers []string
	clean    func(key string) string // how the key is spelt in the table
}

func lists() []list {
	same := func(key string) string { return key }
	return []list{
		{"postcodes", []string{"postcode", "local_authority", "easting", "northing"}, []string{"easting", "northing"},
			func(postcode string) string { return strings.ToUpper(strings.ReplaceAll(postcode, " ", "")) }},
		{"social_workers", []string{"worker_id", "registration_number"}, []string{"worker_id"}, same},
	}
}

// Read takes the tables postcodes (postcode without its space, ONS code of the authority, easting and northing in metres)
// and social_workers, from a CSV file of each name; either may be absent, and the folder may be empty. Of two lines for
// one key the first counts. A file of another shape, or that is no CSV, is an error.
func Read(ctx context.Context, o inbox.Options) (tables []extract.Table, err error) {
	if o.To == "" || o.Quarantine == nil {
		return nil, errors.New("read reference: a destination and a quarantine are needed")
	}
	for _, l := range lists() {
		taken, err := l.take(ctx, o)
		if err != nil {
			return nil, fmt.Errorf("read reference %s: %w", l.name, err)
		}
		tables = append(tables, taken...)
	}
	return tables, nil
}

func (l list) take(ctx context.Context, o inbox.Options) ([]extract.Table, error) {
	var columns [][]inbox.Column
	for _, column := range l.columns {
		if slices.Contains(l.integers, column) {
			columns = append(columns, inbox.Integers(column))
		} else {
			columns = append(columns, inbox.Texts(column))
		}
	}
	table, err := inbox.Create(o.To, "reference", l.name, o.Quarantine, columns...)
	if err != nil {
		return nil, err
	}
	return inbox.Close(l.read(ctx, filepath.Join(o.Folder, l.name+".csv"), o.Folder != "", table), table)
}

func (l list) read(ctx context.Context, path string, isKept bool, table *inbox.Table) error {
	if !isKept {
		return nil
	}
	file, err := delimited.Open(path, delimited.Options{Strict: true})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	reader := file.Reader()
	reader.ReuseRecord = true
	header, err := reader.Read()
	if err != nil {
		return fmt.Errorf("read header: %w", err)
	}
	if header, err = delimited.Header(header); err != nil {
		return err
	}
	places := make([]int, len(l.columns))
	for i, column := range l.columns {
		if places[i] = slices.Index(header, column); places[i] < 0 {
			return fmt.Errorf("no column %s", column)
		}
	}
	return l.rows(ctx, reader, places, filepath.Base(path), table)
}

func (l list) rows(ctx context.Context, reader *csv.Reader, places []int, file string, table *inbox.Table) error {
	seen := map[string]bool{}
	for ctx.Err() == nil {
		line, err := reader.Read()
		number := 0
		if len(line) > 0 {
			number, _ = reader.FieldPos(0)
		}
		switch {
		case errors.Is(err, io.EOF):
			return table.Keep()
		case errors.Is(err, csv.ErrFieldCount):
			table.Reject(file, inbox.Fault{Line: int64(number), Rule: "another number of columns than the header", Raw: strings.Join(line, ",")})
			continue
		case err != nil:
			return err // which names the line and quotes nothing of it
		}
		l.row(line, places, int64(number), file, seen, table)
	}
	return ctx.Err()
}

func (l list) row(line []string, places []int, number int64, file string, seen map[string]bool, table *inbox.Table) {
	values := make([]any, len(places))
	for i, place := range places {
		text := strings.TrimSpace(line[place])
		if i == 0 {
			text = l.clean(text)
		}
		values[i] = text
		if !slices.Contains(l.integers, l.columns[i]) {
			continue
		}
		whole, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			table.Reject(file, inbox.Fault{Line: number, Rule: "not a whole number: " + l.columns[i], Raw: strings.Join(line, ",")})
			return
		}
		values[i] = whole
	}
	key := fmt.Sprint(values[0])
	switch {
	case key == "":
		table.Reject(file, inbox.Fault{Line: number, Rule: "no key", Raw: strings.Join(line, ",")})
	case seen[key]:
		table.Merge()
	default:
		seen[key] = true
		table.Add(values...)
	}
}
