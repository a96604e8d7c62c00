package load

import (
	"fmt"
	"slices"
)

// Asked tells the log that a request file was handed over: its name, what it held and how many it asks about.
func (l *Lake) Asked(run, file, sha256 string, rows int64) error {
	if _, err := l.record(Entry{Event: Asked, Run: run, Rows: &rows, Files: []Held{{Path: file, SHA256: sha256}}}); err != nil {
		return fmt.Errorf("tell of the trace request: %w", err)
	}
	return nil
}

// HasAsked says whether a request file of that content was handed over, by whichever snapshot that holds it.
func (g *Log) HasAsked(sha256 string) bool {
	return slices.ContainsFunc(g.Entries, func(e Entry) bool {
		return e.Event == Asked && len(e.Files) == 1 && e.Files[0].SHA256 == sha256
	})
}
