// Package lake keeps the lake: it stages what the agreement names, proves it, publishes it as one snapshot and prunes it.
package lake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"

	"github.com/gofrs/flock"
)

// ErrLocked says that another process works on the lake (exit code 11).
var ErrLocked = errors.New("lake is locked by another run")

// ErrNoSnapshot says that nothing has been published yet.
var ErrNoSnapshot = errors.New("nothing has been published in this lake yet")

// runIDLayout is a run's as-at time in UTC; -2, -3 follow where it is taken.
const runIDLayout = "20060102T150405Z"

// copyWaits times copyWait is how long Lock waits for who brings the copy of a lake in a bucket up to date.
const (
	copyWaits = 40
	copyWait  = 250 * time.Millisecond
)

// Lake is one folder with its snapshots, its audit log and its lock.
type Lake struct {
	path  string
	clock func() time.Time
	lock  *flock.Flock

	trail  *audit.Trail
	bucket *bucket // null where the lake is only this folder
}

// Open makes the lake's folders where they are missing. The clock gives the times of audit entries; nothing else
// in the lake knows the time of day.
func Open(path string, clock func() time.Time) (*Lake, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open lake: %w", err)
	}
	l := &Lake{path: path, clock: clock, lock: flock.New(filepath.Join(path, "lock"), flock.SetPermissions(0o600))}
	for _, folder := range []string{path, l.snapshots(), l.runs()} {
		if err := disk.MakeFolder(folder); err != nil {
			return nil, fault.Explain("open lake", err)
		}
	}
	if l.trail, err = audit.OpenTrail(l.audit(), clock); err != nil {
		return nil, fault.Explain("open lake", err)
	}
	return l, nil
}

// Path is the lake's folder, absolute.
func (l *Lake) Path() string      { return l.path }
func (l *Lake) snapshots() string { return filepath.Join(l.path, "snapshots") }
func (l *Lake) runs() string      { return filepath.Join(l.path, "runs") }
func (l *Lake) audit() string     { return filepath.Join(l.path, "audit") }
func (l *Lake) current() string   { return filepath.Join(l.path, "current") }

// Lock takes the lake for this process, or says ErrLocked at once. It ends with Unlock or with the process.
func (l *Lake) Lock() error {
	taken, err := l.lock.TryLock()
	for range copyWaits {
		if err != nil || taken || l.bucket == nil {
			break
		}
		time.Sleep(copyWait) // another process may only be bringing the copy up to date
		taken, err = l.lock.TryLock()
	}
	if err != nil {
		return fault.Explain("lock lake", err)
	}
	if !taken {
		return fault.Hinted("wait until the other run has ended; the lock dies with its process", "%w", ErrLocked)
	}
	if l.bucket == nil {
		return nil
	}
	if err := l.take(context.Background()); err != nil {
		return errors.Join(err, l.lock.Unlock())
	}
	return nil
}

// Unlock gives the lake back.
func (l *Lake) Unlock() error {
	if l.bucket == nil {
		return l.lock.Unlock()
	}
	return errors.Join(l.leave(), l.lock.Unlock())
}

func (l *Lake) mustBeLocked(operation string) error {
	if !l.lock.Locked() {
		return fmt.Errorf("%s: the lake is not locked by this process", operation)
	}
	return nil
}

// Log reads the audit log and proves it against its head. It needs no lock. A lake with snapshots and without a log is damaged.
func (l *Lake) Log() (*audit.Log, error) {
	log, err := l.trail.Read()
	if err != nil || len(log.Entries) > 0 {
		return log, err
	}
	target, err := l.readCurrent()
	if err != nil {
		return nil, err
	}
	if snapshots, err := l.Snapshots(); err != nil || target != "" || len(snapshots) > 0 {
		return nil, errors.Join(err, fault.Damaged("read audit log: log and head are gone, and snapshots are there"))
	}
	return log, nil
}

// record appends entries, all or none, and returns the log's new root.
func (l *Lake) record(entries ...audit.Entry) (audit.Root, error) {
	if err := l.mustBeLocked("append to audit log"); err != nil {
		return audit.Root{}, err
	}
	if l.bucket == nil {
		return l.trail.Append(entries...)
	}
	if err := l.uploadReviews(context.Background(), entries); err != nil {
		return audit.Root{}, err
	}
	root, err := l.trail.Append(entries...)
	if err != nil {
		return audit.Root{}, err
	}
	log, err := l.trail.Read()
	if err != nil {
		return audit.Root{}, err
	}
	return root, l.commit(context.Background(), log)
}

// Snapshot is one run's published outputs.
type Snapshot struct {
	ID   string // the run's id
	Path string // its folder, absolute
}

// Current is what readers see.
func (l *Lake) Current() (Snapshot, error) {
	target, err := l.readCurrent()
	if err != nil {
		return Snapshot{}, err
	}
	if target == "" {
		return Snapshot{}, fault.Hinted("publish a first snapshot with careshare run", "%w", ErrNoSnapshot)
	}
	s := l.snapshot(filepath.Base(target))
	if target != filepath.Join("snapshots", s.ID) {
		return Snapshot{}, fault.Hinted(fault.DamagedHint, "read current: it points outside the snapshots: %w", fault.ErrDamaged)
	}
	if _, err := os.Stat(s.Path); err != nil {
		return Snapshot{}, fault.Hinted(fault.DamagedHint, "read current: snapshot %s is missing: %w", s.ID, fault.ErrDamaged)
	}
	return s, nil
}

// readCurrent is where the link current points to; empty where there is none.
func (l *Lake) readCurrent() (target string, err error) {
	target, err = os.Readlink(l.current())
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", nil
	case errors.Is(err, syscall.EINVAL): // a copy that followed the link has made a folder of it
		return "", fault.Hinted("remove current, and the next careshare run links the newest snapshot again; copy a lake with cp -a or rsync -a, which keep links",
			"read current: it is a copy, not a link: %w", fault.ErrDamaged)
	}
	return target, fault.Explain("read current", err)
}

func (l *Lake) snapshot(id string) Snapshot {
	return Snapshot{ID: id, Path: filepath.Join(l.snapshots(), id)}
}

// Snapshots are those on disk, oldest as-at first.
func (l *Lake) Snapshots() ([]Snapshot, error) {
	entries, err := os.ReadDir(l.snapshots())
	if err != nil {
		return nil, fault.Explain("list snapshots", err)
	}
	found := make([]Snapshot, 0, len(entries))
	for _, entry := range entries {
		found = append(found, l.snapshot(entry.Name()))
	}
	slices.SortFunc(found, func(a, b Snapshot) int {
		atA, nA := audit.SplitRunID(a.ID)
		atB, nB := audit.SplitRunID(b.ID)
		return cmp.Or(strings.Compare(atA, atB), cmp.Compare(nA, nB))
	})
	return found, nil
}
