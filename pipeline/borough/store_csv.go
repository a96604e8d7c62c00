package borough

import (
	"database/sql/driver"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// csvStore is a folder of one RFC 4180 file a table, with a header. An empty field is null.
type csvStore struct {
	files map[string]*csvFile
}

type csvFile struct {
	table
	file   *os.File
	rows   *csv.Writer
	fields []string
}

func openCSV(folder string) (store, error) {
	if err := makeFolder(folder); err != nil {
		return nil, err
	}
	s := &csvStore{files: map[string]*csvFile{}}
	for _, t := range tables() {
		file, err := create(filepath.Join(folder, t.name+".csv"))
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		f := &csvFile{table: t, file: file, rows: csv.NewWriter(file)}
		f.rows.UseCRLF = true
		s.files[t.name] = f
		if err := f.rows.Write(t.columns); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	return s, nil
}

func (s *csvStore) put(table string, row []driver.Value) error {
	f := s.files[table]
	if err := f.fits(row); err != nil {
		return err
	}
	f.fields = f.fields[:0]
	for _, value := range row {
		f.fields = append(f.fields, field(value))
	}
	return f.rows.Write(f.fields)
}

// field writes a value as text.
func field(value driver.Value) string {
	switch v := value.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case time.Time:
		return v.Format(time.DateTime)
	case string:
		return v
	}
	return ""
}

// breakLine adds a line that is no row: too short, or too long.
func (s *csvStore) breakLine(table string, fields ...string) error {
	return s.files[table].rows.Write(fields)
}

func (s *csvStore) close() (err error) {
	for _, f := range s.files {
		f.rows.Flush()
		err = errors.Join(err, f.rows.Error(), f.file.Close())
	}
	if err != nil {
		return fmt.Errorf("write the case store: %w", err)
	}
	return nil
}
