package fhir

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"careshare/extract"
	"careshare/extract/fhir/view"
)

// lineReader reads the lines of an NDJSON file, plain or gzip.
type lineReader struct {
	file   *os.File
	reader *bufio.Reader
	buf    []byte
	number int64 // of the line last read, from 1
}

func openLines(path string) (*lineReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	var from io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if from, err = extract.Unpack(bufio.NewReaderSize(f, 1<<18)); err != nil {
			f.Close()
			return nil, err
		}
	}
	return &lineReader{file: f, reader: bufio.NewReaderSize(from, 1<<18)}, nil
}

func (l *lineReader) close() error { return l.file.Close() }

var errTooLong = fmt.Errorf("line longer than %d MiB", view.MaxLine>>20)

// next returns the next line that is not blank, without its end; errTooLong with the start of one that is too long; io.EOF at
// the end. The line is good until the next call.
func (l *lineReader) next() ([]byte, error) {
	for {
		line, err := l.line()
		l.number++
		if err != nil && (err != io.EOF || len(line) == 0) {
			return line, err
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, nil
		}
	}
}

// line reads to the next end of line. Most lines lie whole in the reader's buffer and are not copied.
func (l *lineReader) line() ([]byte, error) {
	part, err := l.reader.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return part, err
	}
	l.buf = append(l.buf[:0], part...)
	for errors.Is(err, bufio.ErrBufferFull) {
		part, err = l.reader.ReadSlice('\n')
		if len(l.buf) <= view.MaxLine {
			l.buf = append(l.buf, part...)
		}
	}
	if len(l.buf) > view.MaxLine {
		return l.buf[:1024], errTooLong
	}
	return l.buf, err
}
