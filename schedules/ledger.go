package schedules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"
)

// ErrBusy says that another process is carrying out slots.
var ErrBusy = errors.New("another process is carrying out slots")

// Ledger is the append-only record of every slot, ledger.jsonl in a folder of its own. Every append is on disk before
// anything follows from it; a line that a crash cut short is left out, and cut off by the next append.
type Ledger struct {
	folder  string
	records map[string]*record
	offset  int64 // bytes read: whole lines
	lines   int
	write   func(file *os.File, lines []byte) error // writes and makes safe on disk
}

// OpenLedger reads what a folder holds; a folder that is not there holds nothing, and is made by the first append.
func OpenLedger(folder string) (*Ledger, error) {
	l := &Ledger{folder: folder, records: map[string]*record{}, write: writeSafe}
	return l, l.Refresh()
}

func writeSafe(file *os.File, lines []byte) error {
	_, err := file.Write(lines)
	return errors.Join(err, file.Sync())
}

func (l *Ledger) path() string { return filepath.Join(l.folder, "ledger.jsonl") }

// Refresh reads what other processes have appended since.
func (l *Ledger) Refresh() error {
	file, err := os.Open(l.path())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	defer file.Close()
	added, err := io.ReadAll(io.NewSectionReader(file, l.offset, 1<<62))
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	whole := added[:bytes.LastIndexByte(added, '\n')+1]
	for line := range bytes.Lines(whole) {
		var entry Entry
		if err := json.Unmarshal(line, &entry); err != nil {
			return fmt.Errorf("read ledger: line %d is not an entry", l.lines+1)
		}
		if err := l.record(entry.Job).apply(entry); err != nil {
			return fmt.Errorf("read ledger: line %d: %w", l.lines+1, err)
		}
		l.offset, l.lines = l.offset+int64(len(line)), l.lines+1
	}
	return nil
}

func (l *Ledger) record(job string) *record {
	if l.records[job] == nil {
		l.records[job] = &record{slots: map[int64]*Slot{}, open: map[int64]*Slot{}}
	}
	return l.records[job]
}

// Append writes entries after all that stands, or says why they cannot follow. Where it fails nothing, or the first
// entries only, are in the ledger.
func (l *Ledger) Append(entries ...Entry) error {
	if len(entries) == 0 {
		return nil
	}
	release, err := l.lock("append.lock", (*flock.Flock).Lock)
	if err != nil {
		return fmt.Errorf("append to ledger: %w", err)
	}
	defer release()
	if err := l.append(entries); err != nil {
		l.records, l.offset, l.lines = map[string]*record{}, 0, 0 // the ledger is on disk: read it again
		return fmt.Errorf("append to ledger: %w", err)
	}
	return nil
}

func (l *Ledger) append(entries []Entry) error {
	if err := l.Refresh(); err != nil {
		return err
	}
	var lines bytes.Buffer
	for _, entry := range entries {
		if err := l.record(entry.Job).apply(entry); err != nil {
			return err
		}
		if err := json.NewEncoder(&lines).Encode(entry); err != nil {
			return err
		}
	}
	file, err := os.OpenFile(l.path(), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.Seek(l.offset, io.SeekStart)
	if err := errors.Join(err, file.Truncate(l.offset), l.write(file, lines.Bytes())); err != nil {
		return err
	}
	if l.offset == 0 {
		if err := syncFolder(l.folder); err != nil {
			return err
		}
	}
	l.offset, l.lines = l.offset+int64(lines.Len()), l.lines+len(entries)
	return nil
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// hold makes this process the only one that carries out slots, until release or its end. Whatever is claimed then
// belongs to a process that is no more.
func (l *Ledger) hold() (release func(), err error) {
	return l.lock("running.lock", func(lock *flock.Flock) error {
		taken, err := lock.TryLock()
		if err == nil && !taken {
			return ErrBusy
		}
		return err
	})
}

func (l *Ledger) lock(name string, take func(*flock.Flock) error) (release func(), err error) {
	if err := os.MkdirAll(l.folder, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(l.folder, name), flock.SetPermissions(0o600))
	if err := take(lock); err != nil {
		return nil, err
	}
	return func() { lock.Unlock() }, nil
}

// History is every slot, oldest first.
func (l *Ledger) History() []Slot {
	var slots []Slot
	for _, r := range l.records {
		for _, slot := range r.slots {
			slots = append(slots, *slot)
		}
	}
	slices.SortFunc(slots, earlier)
	return slots
}

// Paused says why a job rests, or "".
func (l *Ledger) Paused(job string) string { return l.record(job).paused() }

// open are a job's slots that are not done or skipped, oldest first.
func (l *Ledger) open(job string) []Slot {
	var slots []Slot
	for _, slot := range l.record(job).open {
		slots = append(slots, *slot)
	}
	slices.SortFunc(slots, earlier)
	return slots
}

func earlier(a, b Slot) int {
	if n := a.At.Compare(b.At); n != 0 {
		return n
	}
	return strings.Compare(a.Job, b.Job)
}

// jobs are those that the ledger has heard of, by name.
func (l *Ledger) jobs() []string { return slices.Sorted(maps.Keys(l.records)) }
