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

// HasAsked says whether a request file was handed over for a run's moment, by whichever snapshot speaks for it: a run that is made
// again for its moment asks nobody twice.
func (g *Log) HasAsked(run string) bool {
	moment, _ := splitRunID(run)
	return slices.ContainsFunc(g.Entries, func(e Entry) bool {
		asked, _ := splitRunID(e.Run)
		return e.Event == Asked && asked == moment
	})
}
