package fhir

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"careshare/extract/fhir/view"
)

// lineReader reads the lines of an NDJSON file, however it is packed.
type lineReader struct {
	file    *os.File
	reader  *bufio.Reader
	buf     []byte
	longest int   // bytes of a line
	number  int64 // of the line last read, from 1
}

func openLines(path string) (*lineReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	from, packing, err := unpacked(f)
	if err == nil && packing == packedZip {
		err = errors.New("a zip archive, where a file of lines is wanted")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &lineReader{file: f, reader: bufio.NewReaderSize(from, 1<<18), longest: view.MaxLine}, nil
}

func (l *lineReader) close() error { return l.file.Close() }

var errTooLong = fmt.Errorf("line longer than %d MiB", view.MaxLine>>20)

// next returns the next line that is not blank, without its end; errTooLong with the start of one that is too long; io.EOF at
// the end. The line is good until the next call.
func (l *lineReader) next() ([]byte, error) {
	for {
		line, err := l.line()
		l.number++
		if l.number == 1 {
			line = bytes.TrimPrefix(line, utf8BOM)
		}
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
		if len(l.buf) <= l.longest {
			l.buf = append(l.buf, part...)
		}
	}
	if len(l.buf) > l.longest {
		return l.buf[:1024], errTooLong
	}
	return l.buf, err
}
