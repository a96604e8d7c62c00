package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"careshare/load/disk"
	"careshare/load/fault"
)

// mark is the log's length at one moment, and the root that proves what is there.
type mark struct {
	Root
	Bytes int64 `json:"bytes"`
}

// head is written before each append and says what the log will be, what it was, and the lines in between. So an append
// is whole or nothing: where a crash, or damage, cut the log's last append short, its lines are still here and the next
// start writes them again. And the head proves the newest entries too, which no manifest covers yet.
type head struct {
	mark
	Previous mark   `json:"previous"`
	Added    string `json:"added,omitempty"` // the last append's lines; older versions kept none
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

// LogPath and HeadPath are the files of a trail.
func LogPath(folder string) string  { return filepath.Join(folder, "log.ndjson") }
func HeadPath(folder string) string { return filepath.Join(folder, "head.json") }

// Read reads the audit log and proves it against its head. It needs no lock: beside a run that is just appending it
// gives the log as it will be.
func (t *Trail) Read() (*Log, error) {
	for {
		before, err := readHead(t.folder)
		if err != nil {
			return nil, err
		}
		data, err := os.ReadFile(LogPath(t.folder))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fault.Explain("read audit log", err)
		}
		after, err := readHead(t.folder)
		if err != nil {
			return nil, err
		}
		if before == after {
			return t.prove(data, after)
		}
	}
}

// prove takes what the head vouches for.
func (t *Trail) prove(data []byte, h head) (*Log, error) {
	torn := int64(len(data)) < h.Bytes || len(bytes.TrimRight(data, "\x00")) < int(h.Bytes)
	if torn {
		if int64(len(data)) < h.Previous.Bytes || h.Previous.Bytes+int64(len(h.Added)) != h.Bytes {
			return nil, fault.Damaged("read audit log: entries are missing at its end")
		}
		data = append(bytes.Clone(data[:h.Previous.Bytes]), h.Added...)
	}
	log, err := t.proveMark(data, h.mark)
	if err != nil {
		return nil, err
	}
	if h.Added != "" && string(data[h.Previous.Bytes:]) != h.Added {
		return nil, fault.Damaged("read audit log: its head keeps other entries")
	}
	log.Torn = torn
	if was, err := log.markAt(h.Previous.Size); err != nil || was != h.Previous {
		return nil, fault.Damaged("read audit log: its head names another past")
	}
	return log, nil
}

func (t *Trail) proveMark(data []byte, m mark) (*Log, error) {
	log, err := t.parsed.parse(data)
	if err != nil {
		return nil, fault.Damaged(err.Error())
	}
	if log.mark() != m {
		return nil, fault.Damaged("read audit log: it is not what its head proves")
	}
	return log, nil
}

// readHead reads the head, byte for byte as this program writes it. A lake without any entry has none.
func readHead(folder string) (head, error) {
	data, err := os.ReadFile(HeadPath(folder))
	if errors.Is(err, os.ErrNotExist) {
		var none Log
		return head{mark: none.mark(), Previous: none.mark()}, nil
	}
	if err != nil {
		return head{}, fault.Explain("read audit head", err)
	}
	var h head
	if err := json.Unmarshal(data, &h); err != nil || !bytes.Equal(data, h.encode()) {
		return head{}, fault.Damaged("read audit head: it is not as it was written")
	}
	return h, nil
}

func (h head) encode() []byte {
	data, _ := json.Marshal(h) // numbers and strings only
	return append(data, '\n')
}

// Append appends entries, all or none, and returns the log's new root.
func (t *Trail) Append(entries ...Entry) (Root, error) {
	log, err := t.Read()
	if err != nil {
		return Root{}, err
	}
	if log.Torn {
		if err := t.Complete(); err != nil {
			return Root{}, err
		}
	}
	was := log.mark()
	added, err := log.append(entries, t.clock)
	if err != nil {
		return Root{}, err
	}
	if err := t.write(head{mark: log.mark(), Previous: was, Added: string(added)}); err != nil {
		return Root{}, fault.Explain("append to audit log", errors.Join(err, t.cut(was)))
	}
	return log.Root(), nil
}

// write puts the head down first, then the lines, both safe on disk before it returns.
func (t *Trail) write(h head) error {
	if err := disk.WriteWhole(HeadPath(t.folder), h.encode()); err != nil {
		return err
	}
	return t.writeAdded(h)
}

// Complete writes the last append again where a crash, or damage, cut it short.
func (t *Trail) Complete() error {
	h, err := readHead(t.folder)
	if err == nil {
		err = t.writeAdded(h)
	}
	return fault.Explain("complete audit log", err)
}

func (t *Trail) writeAdded(h head) error {
	file, err := os.OpenFile(LogPath(t.folder), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Seek(h.Previous.Bytes, io.SeekStart); err != nil {
		return err
	}
	if _, err := file.WriteString(h.Added); err != nil {
		return err
	}
	if err := errors.Join(file.Chmod(0o600), file.Sync()); err != nil {
		return err
	}
	return disk.SyncPath(t.folder)
}

// Restore makes the log what a copy of it says, once that proves the root and has grown from the log that was seen last.
func (t *Trail) Restore(data []byte, root, seen Root) (*Log, error) {
	to := mark{Root: root, Bytes: int64(len(data))}
	log, err := t.proveMark(data, to)
	if err != nil {
		return nil, err
	}
	if seen.Size > 0 && log.Extends(seen) != nil {
		return nil, fault.Damaged(fmt.Sprintf("restore audit log: it is not the continuation of the %d entries that were there before", seen.Size))
	}
	if err := disk.WriteWhole(LogPath(t.folder), data); err != nil {
		return nil, fault.Explain("restore audit log", err)
	}
	return log, fault.Explain("restore audit log", disk.WriteWhole(HeadPath(t.folder), head{mark: to, Previous: to}.encode()))
}

// cut takes the log back to a mark. A crash in between leaves the append to be completed, as if it had come while writing.
func (t *Trail) cut(to mark) error {
	err := os.Truncate(LogPath(t.folder), to.Bytes)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return disk.WriteWhole(HeadPath(t.folder), head{mark: to, Previous: to}.encode())
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
