package load

import (
	"fmt"
	"path"
)

// SignOff tells the log that somebody stands by a return: which, made from which run, and the hash of each of its files.
func (l *Lake) SignOff(run, by, what string, files []Held) error {
	if err := l.mustBeLocked("sign off"); err != nil {
		return err
	}
	if _, err := l.record(Entry{Event: SignedOff, Run: run, By: by, Note: what, Files: files}); err != nil {
		return fmt.Errorf("sign off: %w", err)
	}
	return nil
}

// SignedOff is the newest word by which somebody stands by files of a folder of snapshots, such as reports/returns/903-2027.
func (g *Log) SignedOff(folder string) (Entry, bool) {
	number := lastEntry(g.Entries, func(e Entry) bool {
		return e.Event == SignedOff && len(e.Files) > 0 && path.Dir(e.Files[0].Path) == folder
	})
	if number < 0 {
		return Entry{}, false
	}
	return g.Entries[number], true
}
