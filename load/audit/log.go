// Package audit keeps the audit log: append-only, proved by its head and by each manifest (RFC 6962).
package audit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Root is the log at one size: RFC 6962's tree head. It proves every entry before it.
type Root struct {
	Size int64     `json:"size"` // entries
	Hash tlog.Hash `json:"root"` // of the Merkle tree, base64
}

// Log is the audit log as read: one JSON record a line, each a leaf of a Merkle tree (RFC 6962, section 2.1).
type Log struct {
	Entries []Entry
	lines   [][]byte     // as written, without their line ends
	hashes  storedHashes // the tree's
	bytes   int64        // length of the file
	Torn    bool         // the file's last append was cut short: the entries here are from the head
}

// parse reads the lines that come after those it has: whole ones, the last ended too.
func (g *Log) parse(data []byte) error {
	for line := range bytes.Lines(data) {
		whole, ended := bytes.CutSuffix(line, []byte("\n"))
		if !ended {
			return fmt.Errorf("read audit log: line %d is cut short", len(g.lines)+1)
		}
		if err := g.add(whole); err != nil {
			return err
		}
	}
	g.bytes += int64(len(data))
	return nil
}

func (g *Log) add(line []byte) error {
	n := int64(len(g.lines))
	var entry Entry
	if err := json.Unmarshal(line, &entry); err != nil {
		return fmt.Errorf("read audit log: line %d is not an entry", n+1)
	}
	if entry.Number != n {
		return fmt.Errorf("read audit log: line %d bears number %d, not %d", n+1, entry.Number, n)
	}
	if entry.Person == nil && (entry.Event == Withheld || entry.Event == Lifted) {
		return fmt.Errorf("read audit log: line %d names no person", n+1)
	}
	hashes, err := tlog.StoredHashes(n, line, &g.hashes)
	if err != nil {
		return fmt.Errorf("read audit log: %w", err)
	}
	g.lines, g.hashes, g.Entries = append(g.lines, line), append(g.hashes, hashes...), append(g.Entries, entry)
	return nil
}

// Root is the log as it stands.
func (g *Log) Root() Root {
	root, _ := g.RootAt(int64(len(g.lines))) // its own size cannot be too large
	return root
}

// RootAt is the log's root when it held size entries.
func (g *Log) RootAt(size int64) (Root, error) {
	if size < 0 || size > int64(len(g.lines)) {
		return Root{}, fmt.Errorf("audit log holds %d entries, not %d", len(g.lines), size)
	}
	hash, err := tlog.TreeHash(size, &g.hashes)
	return Root{Size: size, Hash: hash}, err
}

// Published maps each published run to its manifest's SHA-256; a later failure takes it back.
func (g *Log) Published() map[string]string {
	runs := map[string]string{}
	for _, e := range g.Entries {
		switch e.Event {
		case Published:
			runs[e.Run] = e.Manifest
		case Failed:
			delete(runs, e.Run)
		}
	}
	return runs
}

// Started reports whether a run began.
func (g *Log) Started(run string) bool {
	return slices.ContainsFunc(g.Entries, func(e Entry) bool { return e.Event == Started && e.Run == run })
}

// Newest is the run that should be current, or "".
func (g *Log) Newest() string {
	var order []string
	for _, e := range g.Entries {
		switch e.Event {
		case Published:
			order = append(order, e.Run)
		case Failed:
			order = slices.DeleteFunc(order, func(id string) bool { return id == e.Run })
		}
	}
	if len(order) == 0 {
		return ""
	}
	return order[len(order)-1]
}

// Unended are the runs that started and neither published nor failed.
func (g *Log) Unended() []string {
	var open []string
	for _, e := range g.Entries {
		switch e.Event {
		case Started:
			open = append(open, e.Run)
		case Published, Failed:
			open = slices.DeleteFunc(open, func(id string) bool { return id == e.Run })
		}
	}
	return open
}

// Pruned are the files that retention removed, by run. A run whose manifest is among them is gone whole.
func (g *Log) Pruned() map[string]map[string]string {
	runs := map[string]map[string]string{}
	for _, e := range g.Entries {
		if e.Event != Pruned {
			continue
		}
		if runs[e.Run] == nil {
			runs[e.Run] = map[string]string{}
		}
		for _, file := range e.Files {
			runs[e.Run][file.Path] = file.SHA256
		}
	}
	return runs
}

// WithheldPeople are those whom the council withholds now, by person.
func (g *Log) WithheldPeople() []Withholding {
	var people []Withholding
	for _, e := range g.Entries {
		if e.Event != Withheld && e.Event != Lifted {
			continue
		}
		people = slices.DeleteFunc(people, func(w Withholding) bool { return w.PersonID == *e.Person })
		if e.Event == Withheld {
			people = append(people, Withholding{PersonID: *e.Person, Reason: e.Reason, WithheldAt: e.At, Entry: e.Number})
		}
	}
	slices.SortFunc(people, func(a, b Withholding) int { return cmp.Compare(a.PersonID, b.PersonID) })
	return people
}
