package lake

import (
	"fmt"

	"careshare/load/audit"
)

// Asked tells the log that a request file was handed over: its name, what it held and how many it asks about.
func (l *Lake) Asked(run, file, sha256 string, rows int64) error {
	if _, err := l.record(audit.Entry{Event: audit.Asked, Run: run, Rows: &rows, Files: []audit.Held{{Path: file, SHA256: sha256}}}); err != nil {
		return fmt.Errorf("log the trace request: %w", err)
	}
	return nil
}
