package fhir

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// deletions are what a sender has deleted.
type deletions struct {
	of    map[string][]deletion // by resource type
	bases []string              // addresses of the sender's own server
	seen  string                // the first server that a Bundle names, where none is declared
}

// deletion ends the versions of one resource up to a moment; what the sender says of it later stands again.
type deletion struct {
	ID    string     `json:"id"`
	Until *time.Time `json:"until"` // the transactionTime of the export that said so; nil: permanently
}

// read reads a deleted file of an export: each line a Bundle of type transaction whose entries say DELETE Type/id
// (Bulk Data 3.0.0, Deleted Data). A line that is anything else stops the reading: to pass over it would keep what is to go.
func (d *deletions) read(f file) error {
	lines, err := openLines(f.path)
	if err != nil {
		return err
	}
	defer lines.close()
	var count int64
	for {
		line, err := lines.next()
		if err == io.EOF {
			return f.checkCount(count)
		}
		if err == nil {
			err = d.add(line, f.until)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", lines.number, err)
		}
		count++
	}
}

func (d *deletions) add(line []byte, until *time.Time) error {
	var bundle struct {
		ResourceType, Type string
		Entry              []struct{ Request struct{ Method, URL string } }
	}
	if err := json.Unmarshal(line, &bundle); err != nil || bundle.ResourceType != "Bundle" || bundle.Type != "transaction" {
		return errors.New("not a Bundle of type transaction")
	}
	for _, entry := range bundle.Entry {
		if entry.Request.Method != "DELETE" {
			return errDelete
		}
		if err := d.delete(entry.Request.URL, until); err != nil {
			return err
		}
	}
	return nil
}

var errDelete = errors.New("an entry that is not DELETE Type/id")

// delete notes one deletion. An absolute address must be below the sender's own base: of another server's resources nothing is known.
func (d *deletions) delete(url string, until *time.Time) error {
	if strings.Contains(url, "://") {
		rest, own := relative(url, d.bases)
		if !own {
			return errors.New("a deletion by an absolute address that is not below the sender's base: declare it as base under health in careshare.yaml")
		}
		url = rest
	}
	typ, id, ok := strings.Cut(url, "/")
	if !ok || id == "" || strings.Contains(id, "/") {
		return errDelete
	}
	d.of[typ] = append(d.of[typ], deletion{id, until})
	return nil
}

func (f file) checkCount(lines int64) error {
	if f.count != nil && *f.count != lines {
		return fmt.Errorf("manifest.json says that %s holds %d resources, and it has %d lines", f.name(), *f.count, lines)
	}
	return nil
}
