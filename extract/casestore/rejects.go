package casestore

import (
	"bufio"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"careshare/extract"
)

// rejects are the rows of one table that could not be taken, held in a file of the run until the whole pull has
// succeeded: a pull that starts again must not leave its first attempt's rejects in the quarantine.
type rejects struct {
	path    string
	file    *os.File // made for the first reject: most tables have none
	buffer  *bufio.Writer
	encoder *gob.Encoder
	count   int64
}

func rejectsPath(spill, table string) string { return filepath.Join(spill, table+".rejects") }

func (r *rejects) add(reject extract.Reject) (err error) {
	if r.file == nil {
		if err := os.MkdirAll(filepath.Dir(r.path), 0o700); err != nil {
			return err
		}
		if r.file, err = os.OpenFile(r.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); err != nil {
			return err
		}
		r.buffer = bufio.NewWriter(r.file)
		r.encoder = gob.NewEncoder(r.buffer)
	}
	r.count++
	return r.encoder.Encode(reject)
}

func (r *rejects) close() error {
	if r.file == nil {
		return nil
	}
	return errors.Join(r.buffer.Flush(), r.file.Close())
}

// replay hands a table's rejects over to the quarantine, in the order in which they came, and drops the file.
func replay(spill, table string, quarantine *extract.Quarantine) error {
	path := rejectsPath(spill, table)
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	for decoder := gob.NewDecoder(bufio.NewReader(file)); ; {
		var reject extract.Reject
		switch err := decoder.Decode(&reject); {
		case errors.Is(err, io.EOF):
			return os.Remove(path)
		case err != nil:
			return fmt.Errorf("read rejects of %s: %w", table, err)
		}
		if err := quarantine.Add(reject); err != nil {
			return err
		}
	}
}

// rawOf writes the row as a JSON object of texts and nulls, in the contract's order, the same from every source.
func (t *table) rawOf(row []value) string {
	var b strings.Builder
	for i, c := range t.columns {
		text := []byte("null")
		if written := row[i].String(); written != "" { // empty text is null, as in fit
			text, _ = json.Marshal(written) // a string cannot fail
		}
		fmt.Fprintf(&b, ",%q:%s", c.name, text)
	}
	return "{" + b.String()[1:] + "}"
}

// valuesOf are the columns of a rejected row that can be read. Those before the one at fault have been read already.
func (t *table) valuesOf(row []value, fault int) (readable []extract.Value) {
	for i, c := range t.columns {
		v := row[i]
		if (i < fault || c.fit(&v) == "") && v.kind != null {
			readable = append(readable, extract.Value{Column: c.name, Text: v.String()})
		}
	}
	return readable
}
