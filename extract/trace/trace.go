// Package trace reads the responses of the Personal Demographics Service to batch traces over MESH: CSV, one answer a
// line, its columns bound by their names in whatever order they come.
package trace

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"careshare/extract"
	"careshare/extract/inbox"
)

// Caps on what one file may ask of the machine. A field never spans lines, so that one broken quote costs one line.
const (
	maxBytes  = 1 << 30
	maxLine   = 16 << 10
	batchRows = 8192
)

// Read takes the table responses from the folder's inbox/*.csv: one row a line that answers a request. A file that cannot be bound to the columns
// counts as one quarantined row; of a file that the service refused as a whole, every line is quarantined. A file is
// taken once however often it is in the inbox: the lines of one whose content was seen under another name are merged.
func Read(ctx context.Context, o inbox.Options) ([]extract.Table, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("read trace: %w", err)
	}
	table, err := inbox.Create(o.To, "trace", "responses", o.Quarantine, tableColumns()...)
	if err != nil {
		return nil, fmt.Errorf("read trace: %w", err)
	}
	if err = readAll(ctx, filepath.Join(o.Folder, "inbox"), table); err != nil {
		err = fmt.Errorf("read trace: %w", err)
	}
	return inbox.Close(err, table)
}

func readAll(ctx context.Context, folder string, table *inbox.Table) error {
	paths, err := inbox.Files(folder, ".csv")
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, path := range paths {
		if err := errors.Join(ctx.Err(), readFile(ctx, path, table, seen)); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return nil
}

func readFile(ctx context.Context, path string, table *inbox.Table, seen map[string]bool) error {
	file, err := inbox.Open(path, maxBytes)
	if err == nil {
		defer file.Close()
		err = readOnce(ctx, file, table, seen)
	}
	var fault inbox.Fault
	if errors.As(err, &fault) {
		table.Reject(filepath.Base(path), fault)
	} else if err != nil {
		return err
	}
	return table.Keep()
}

func readOnce(ctx context.Context, file *inbox.File, table *inbox.Table, seen map[string]bool) error {
	digest := sha256.New()
	if _, err := io.Copy(digest, file.Text()); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	sum := hex.EncodeToString(digest.Sum(nil))
	if seen[sum] {
		return eachRow(file.Text(), table.Extra, func(row) error { table.Merge(); return nil })
	}
	seen[sum] = true
	return read(ctx, answers{file.Name, sum}, file.Text, table)
}

// answers is one response file: its name, and the SHA-256 of what it says.
type answers struct{ name, sha256 string }

// read goes through a file twice: whether the service refused all of it may stand on its last line.
func read(ctx context.Context, file answers, text func() *io.SectionReader, table *inbox.Table) error {
	refusal, err := refusalOf(text())
	if err != nil {
		return err
	}
	return eachRow(text(), table.Extra, func(r row) error {
		if refusal != "" && r.rule == "" {
			r.column, r.rule = codeColumn, "file refused by the trace service: "+refusal
		}
		r.addTo(table, file)
		if r.line%batchRows != 0 {
			return nil
		}
		return errors.Join(ctx.Err(), table.Keep())
	})
}

// refusalOf is the meaning of the first code of a file that says that the service took none of it.
func refusalOf(text io.Reader) (refusal string, err error) {
	err = eachRow(text, func(string) {}, func(r row) error {
		if code, known := known(r.value(codeColumn)); known && code.level == wholeFile && refusal == "" {
			refusal = code.meaning
		}
		return nil
	})
	return refusal, err
}
