package casestore

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"careshare/extract/delimited"
)

// maxRecord is the longest record that is read, in bytes: a quote that does not close must not swallow the file.
const maxRecord = 1 << 20

// The rules that a line of a CSV file can break.
const (
	ruleCount = "not as many fields as the header"
	ruleQuote = "a broken quote"
	ruleLong  = "longer than 1 MiB"
)

// brokenRecord is a record that is none. Its text is for the quarantine; its error does not show it.
type brokenRecord struct{ rule, raw string }

func (b *brokenRecord) Error() string { return b.rule }

// records reads a CSV file as RFC 4180 has it and gets over what is broken: after a broken quote it goes on at the
// next line, so that no other row is lost with it.
type records struct {
	header []string
	file   *delimited.File
	text   *io.SectionReader // of the file, from its header
	csv    *csv.Reader
	limit  limit
	ahead  *bufio.Reader // what the CSV reader reads through
	lines  *bufio.Reader // what a broken line is read through: small, as every one begins to read again
	from   int64         // where in the file the CSV reader began
	line   int64         // lines before that
}

// limit refuses to read on when a record has become too long.
type limit struct {
	file io.Reader
	left int
}

var errLong = errors.New(ruleLong)

func (l *limit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLong
	}
	n, err := l.file.Read(p)
	l.left -= n
	return n, err
}

func openRecords(path string, o delimited.Options) (*records, error) {
	file, err := delimited.Open(path, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	text := file.Text()
	r := &records{file: file, text: text, limit: limit{file: text}, ahead: bufio.NewReaderSize(nil, 64<<10), lines: bufio.NewReaderSize(nil, 4<<10)}
	if err := r.readHeader(); err != nil {
		return nil, errors.Join(fmt.Errorf("header of %s: %w", filepath.Base(path), err), r.close())
	}
	return r, nil
}

func (r *records) close() error { return r.file.Close() }

func (r *records) readHeader() error {
	if err := r.restart(0, 0); err != nil {
		return err
	}
	header, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("there is none")
	}
	if err != nil {
		return err
	}
	for _, name := range header {
		r.header = append(r.header, strings.TrimSpace(name))
	}
	return nil
}

// restart reads on from a place in the file, the start of a line.
func (r *records) restart(from, line int64) error {
	if _, err := r.text.Seek(from, io.SeekStart); err != nil {
		return err
	}
	r.limit.left = maxRecord
	r.ahead.Reset(&r.limit)
	r.csv = csv.NewReader(r.ahead)
	r.csv.Comma = r.file.Separator
	r.csv.ReuseRecord = true
	r.csv.FieldsPerRecord = len(r.header) // 0 for the header itself: as many as it has
	r.from, r.line = from, line
	return nil
}

// next gives one record and the line of its start, or no record at the end. A brokenRecord is not the end.
func (r *records) next() (record []string, line int64, err error) {
	r.limit.left = maxRecord
	start := r.from + r.csv.InputOffset()
	record, err = r.csv.Read()
	var parse *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return nil, 0, nil
	case errors.Is(err, csv.ErrFieldCount):
		at, _ := r.csv.FieldPos(0)
		raw := make([]byte, r.from+r.csv.InputOffset()-start)
		if _, err := r.text.ReadAt(raw, start); err != nil {
			return nil, 0, err
		}
		return nil, r.line + int64(at), &brokenRecord{ruleCount, chomp(strings.TrimLeft(string(raw), "\r\n"))}
	case errors.As(err, &parse):
		return r.skip(start, ruleQuote)
	case errors.Is(err, errLong):
		return r.skip(start, ruleLong)
	case err != nil:
		return nil, 0, err
	}
	at, _ := r.csv.FieldPos(0)
	return record, r.line + int64(at), nil
}

// skip gives up the first line of the record at start and reads on after it.
func (r *records) skip(start int64, rule string) ([]string, int64, error) {
	line, err := r.linesUntil(start)
	if err != nil {
		return nil, 0, err
	}
	r.lines.Reset(r.text)
	raw := ""
	for raw == "" { // blank lines are no rows
		var size int64
		if raw, size, err = readLine(r.lines); err != nil {
			return nil, 0, err
		}
		start, line = start+size, line+1
	}
	if err := r.restart(start, line); err != nil {
		return nil, 0, err
	}
	return nil, line, &brokenRecord{rule, raw}
}

// linesUntil counts the lines of the file before a place and leaves the file there.
func (r *records) linesUntil(place int64) (int64, error) {
	count := r.line
	if _, err := r.text.Seek(r.from, io.SeekStart); err != nil {
		return 0, err
	}
	left := place - r.from
	buffer := make([]byte, min(left, 64<<10)) // no more than there is to read: this is done for each broken line
	for left > 0 {
		n, err := r.text.Read(buffer[:min(left, int64(len(buffer)))])
		if err != nil {
			return 0, err
		}
		count += int64(bytes.Count(buffer[:n], []byte("\n")))
		left -= int64(n)
	}
	return count, nil
}

// readLine gives a line without its end, at most maxRecord bytes of it, and the size that it has in the file.
func readLine(r *bufio.Reader) (text string, size int64, err error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part[:min(len(part), maxRecord-len(line))]...)
		size += int64(len(part))
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && size > 0, err == nil:
			return chomp(string(line)), size, nil
		}
		return "", 0, err
	}
}

// chomp takes the end off a line.
func chomp(line string) string { return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r") }
