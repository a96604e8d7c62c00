package fhir

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// deletions are what a sender has deleted, by resource type.
type deletions map[string][]deletion

// deletion ends the versions of one resource up to a moment; what the sender says of it later stands again.
type deletion struct {
	ID    string     `json:"id"`
	Until *time.Time `json:"until"` // the transactionTime of the export that said so; nil: for ever
}

// readDeleted reads the deleted files of an export: each line a Bundle of type transaction whose entries say DELETE Type/id
// (Bulk Data 3.0.0, Deleted Data). A line that is anything else stops the reading: to pass over it would keep what is to go.
func readDeleted(files []file) (deletions, error) {
	gone := deletions{}
	for _, f := range files {
		if err := gone.read(f); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name(), err)
		}
	}
	return gone, nil
}

func (d deletions) read(f file) error {
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

func (d deletions) add(line []byte, until *time.Time) error {
	var bundle struct {
		ResourceType, Type string
		Entry              []struct{ Request struct{ Method, URL string } }
	}
	if err := json.Unmarshal(line, &bundle); err != nil || bundle.ResourceType != "Bundle" || bundle.Type != "transaction" {
		return fmt.Errorf("not a Bundle of type transaction")
	}
	for _, entry := range bundle.Entry {
		typ, id, ok := strings.Cut(entry.Request.URL, "/")
		if entry.Request.Method != "DELETE" || !ok || id == "" || strings.Contains(id, "/") {
			return fmt.Errorf("an entry that is not DELETE Type/id")
		}
		d[typ] = append(d[typ], deletion{id, until})
	}
	return nil
}

func (f file) checkCount(lines int64) error {
	if f.count != nil && *f.count != lines {
		return fmt.Errorf("manifest.json says that %s holds %d resources, and it has %d lines", f.name(), *f.count, lines)
	}
	return nil
}
