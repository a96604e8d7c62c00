package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// mark is the log's length at one moment, and the root that proves what stands there.
type mark struct {
	Root
	Bytes int64 `json:"bytes"`
}

// head is written before each append and says what the log will be and what it was. So an append is whole or
// nothing: one that a crash cut short is shorter than its head and goes back to what it was. And the head proves
// the newest entries too, which no manifest covers yet.
type head struct {
	mark
	Previous mark `json:"previous"`
}

func (g *Log) mark() mark { return mark{Root: g.Root(), Bytes: g.bytes} }

func (g *Log) markAt(size int64) (mark, error) {
	root, err := g.RootAt(size)
	if err != nil {
		return mark{}, err
	}
	m := mark{Root: root}
	for _, line := range g.lines[:size] {
		m.Bytes += int64(len(line)) + 1
	}
	return m, nil
}

func logPath(folder string) string  { return filepath.Join(folder, "log.ndjson") }
func headPath(folder string) string { return filepath.Join(folder, "head.json") }

// Log reads the audit log and proves it against its head. It needs no lock: beside a run that is just appending it
// gives the log as it was before.
func (l *Lake) Log() (*Log, error) {
	for {
		before, err := readHead(l.audit())
		if err != nil {
			return nil, err
		}
		data, err := os.ReadFile(logPath(l.audit()))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, Explain("read audit log", err)
		}
		after, err := readHead(l.audit())
		if err != nil {
			return nil, err
		}
		if before == after {
			return l.prove(data, after)
		}
	}
}

// prove takes what the head vouches for.
func (l *Lake) prove(data []byte, h head) (*Log, error) {
	if torn := int64(len(data)) < h.Bytes || len(bytes.TrimRight(data, "\x00")) < int(h.Bytes); torn {
		if int64(len(data)) < h.Previous.Bytes {
			return nil, damaged("read audit log: entries are missing at its end")
		}
		log, err := l.proveMark(data[:h.Previous.Bytes], h.Previous)
		if err != nil {
			return nil, err
		}
		log.torn = true
		return log, nil
	}
	log, err := l.proveMark(data, h.mark)
	if err != nil {
		return nil, err
	}
	if was, err := log.markAt(h.Previous.Size); err != nil || was != h.Previous {
		return nil, damaged("read audit log: its head names another past")
	}
	return log, nil
}

func (l *Lake) proveMark(data []byte, m mark) (*Log, error) {
	log, err := l.parsed.parse(data)
	if err != nil {
		return nil, damaged(err.Error())
	}
	if log.mark() != m {
		return nil, damaged("read audit log: it is not what its head proves")
	}
	return log, nil
}

func damaged(message string) error {
	return hinted(damagedHint, "%s: %w", message, ErrDamaged)
}

// readHead reads the head, byte for byte as this program writes it. A lake without any entry has none.
func readHead(folder string) (head, error) {
	data, err := os.ReadFile(headPath(folder))
	if errors.Is(err, os.ErrNotExist) {
		var none Log
		return head{mark: none.mark(), Previous: none.mark()}, nil
	}
	if err != nil {
		return head{}, Explain("read audit head", err)
	}
	var h head
	if err := json.Unmarshal(data, &h); err != nil || !bytes.Equal(data, h.encode()) {
		return head{}, damaged("read audit head: it is not as it was written")
	}
	return h, nil
}

func (h head) encode() []byte {
	data, _ := json.Marshal(h) // numbers and strings only
	return append(data, '\n')
}

// record appends entries, all or none, and returns the log's new root.
func (l *Lake) record(entries ...Entry) (Root, error) {
	if err := l.mustBeLocked("append to audit log"); err != nil {
		return Root{}, err
	}
	log, err := l.Log()
	if err != nil {
		return Root{}, err
	}
	if log.torn {
		return Root{}, hinted(damagedHint, "append to audit log: its last append was cut short: %w", ErrDamaged)
	}
	was := log.mark()
	added, err := log.append(entries, l.clock)
	if err != nil {
		return Root{}, err
	}
	if err := l.write(head{mark: log.mark(), Previous: was}, added); err != nil {
		return Root{}, Explain("append to audit log", errors.Join(err, l.cut(was)))
	}
	return log.Root(), nil
}

// write puts the head down first, then the lines, both safe on disk before it returns.
func (l *Lake) write(h head, added []byte) error {
	if err := writeWhole(headPath(l.audit()), h.encode()); err != nil {
		return err
	}
	file, err := os.OpenFile(logPath(l.audit()), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Seek(h.Previous.Bytes, io.SeekStart); err != nil {
		return err
	}
	if _, err := file.Write(added); err != nil {
		return err
	}
	if err := errors.Join(file.Chmod(0o600), file.Sync()); err != nil {
		return err
	}
	return syncPath(l.audit())
}

// cut takes the log back to a mark: the lines first, so that a crash in between leaves a short log, to be cut again.
func (l *Lake) cut(to mark) error {
	err := os.Truncate(logPath(l.audit()), to.Bytes)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return writeWhole(headPath(l.audit()), head{mark: to, Previous: to}.encode())
}

// append adds the entries in memory and returns their lines.
func (g *Log) append(entries []Entry, clock func() time.Time) ([]byte, error) {
	var added []byte
	for _, entry := range entries {
		entry.Number, entry.At = int64(len(g.lines)), clock().UTC().Round(0)
		line, err := json.Marshal(entry)
		if err != nil {
			return nil, fmt.Errorf("append to audit log: %w", err)
		}
		if err := g.add(line); err != nil {
			return nil, err
		}
		added = append(append(added, line...), '\n')
	}
	g.bytes += int64(len(added))
	return added, nil
}
