package load

import "fmt"

// Asked tells the log that a request file was handed over: its name, what it held and how many it asks about.
func (l *Lake) Asked(run, file, sha256 string, rows int64) error {
	if _, err := l.record(Entry{Event: Asked, Run: run, Rows: &rows, Files: []Held{{Path: file, SHA256: sha256}}}); err != nil {
		return fmt.Errorf("tell of the trace request: %w", err)
	}
	return nil
}

// HasAsked says whether a request file of that name was handed over.
func (g *Log) HasAsked(file string) bool {
	for _, e := range g.Entries {
		if e.Event == Asked && len(e.Files) == 1 && e.Files[0].Path == file {
			return true
		}
	}
	return false
}
