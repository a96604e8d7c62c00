// Package load keeps the lake: what the agreement lets out, staged, proved, published as one snapshot and pruned.
package load

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// ErrLocked says that another process works on the lake (exit code 11).
var ErrLocked = errors.New("lake is locked by another run")

// ErrNoSnapshot says that nothing has been published yet.
var ErrNoSnapshot = errors.New("nothing has been published in this lake yet")

// ErrDamaged says that the lake is not as this program left it; nothing is changed until a person has looked.
var ErrDamaged = errors.New("lake is damaged")

const damagedHint = "run careshare verify --read-data and restore the lake from its copy"

// runIDLayout is a run's as-at time in UTC; -2, -3 follow where it is taken.
const runIDLayout = "20060102T150405Z"

// Lake is one folder with its snapshots, its audit log and its lock.
type Lake struct {
	path  string
	clock func() time.Time
	lock  *flock.Flock

	parsed parsedLog
}

// Open makes the lake's folders where they are missing. The clock gives the times of audit entries; nothing else
// in the lake knows the time of day.
func Open(path string, clock func() time.Time) (*Lake, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open lake: %w", err)
	}
	l := &Lake{path: path, clock: clock, lock: flock.New(filepath.Join(path, "lock"), flock.SetPermissions(0o600))}
	for _, folder := range []string{path, l.snapshots(), l.runs(), l.audit()} {
		if err := makeFolder(folder); err != nil {
			return nil, Explain("open lake", err)
		}
	}
	return l, nil
}

// Path is the lake's folder, absolute.
func (l *Lake) Path() string      { return l.path }
func (l *Lake) snapshots() string { return filepath.Join(l.path, "snapshots") }
func (l *Lake) runs() string      { return filepath.Join(l.path, "runs") }
func (l *Lake) audit() string     { return filepath.Join(l.path, "audit") }
func (l *Lake) current() string   { return filepath.Join(l.path, "current") }

// makeFolder makes a folder that only its owner may enter, whatever the umask. One that is there stays as it is:
// an administrator may have opened it to an audience.
func makeFolder(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	return os.Chmod(path, 0o700)
}

// Lock takes the lake for this process, or says ErrLocked at once. It ends with Unlock or with the process.
func (l *Lake) Lock() error {
	taken, err := l.lock.TryLock()
	if err != nil {
		return Explain("lock lake", err)
	}
	if !taken {
		return &Fault{ErrLocked, "wait until the other run has ended; the lock dies with its process"}
	}
	return nil
}

// Unlock gives the lake back.
func (l *Lake) Unlock() error { return l.lock.Unlock() }

func (l *Lake) mustBeLocked(operation string) error {
	if !l.lock.Locked() {
		return fmt.Errorf("%s: the lake is not locked by this process", operation)
	}
	return nil
}

// Snapshot is one run's published outputs.
type Snapshot struct {
	ID   string // the run's id
	Path string // its folder, absolute
}

// Current is what readers see.
func (l *Lake) Current() (Snapshot, error) {
	target, err := os.Readlink(l.current())
	if errors.Is(err, os.ErrNotExist) {
		return Snapshot{}, &Fault{ErrNoSnapshot, "publish a first snapshot with careshare run"}
	}
	if errors.Is(err, syscall.EINVAL) { // a copy that followed the link has made a folder of it
		return Snapshot{}, hinted("copy the lake again with its links kept, as cp -a and rsync -a do", "read current: it is no link: %w", ErrDamaged)
	}
	if err != nil {
		return Snapshot{}, Explain("read current", err)
	}
	s := l.snapshot(filepath.Base(target))
	if target != filepath.Join("snapshots", s.ID) {
		return Snapshot{}, hinted(damagedHint, "read current: it points outside the snapshots: %w", ErrDamaged)
	}
	if _, err := os.Stat(s.Path); err != nil {
		return Snapshot{}, hinted(damagedHint, "read current: snapshot %s is missing: %w", s.ID, ErrDamaged)
	}
	return s, nil
}

func (l *Lake) snapshot(id string) Snapshot {
	return Snapshot{ID: id, Path: filepath.Join(l.snapshots(), id)}
}

// Snapshots are those on disk, oldest as-at first.
func (l *Lake) Snapshots() ([]Snapshot, error) {
	entries, err := os.ReadDir(l.snapshots())
	if err != nil {
		return nil, Explain("list snapshots", err)
	}
	found := make([]Snapshot, 0, len(entries))
	for _, entry := range entries {
		found = append(found, l.snapshot(entry.Name()))
	}
	slices.SortFunc(found, func(a, b Snapshot) int {
		atA, nA := splitRunID(a.ID)
		atB, nB := splitRunID(b.ID)
		return cmp.Or(strings.Compare(atA, atB), cmp.Compare(nA, nB))
	})
	return found, nil
}

// splitRunID parts 20261101T070000Z-10 into its time and 10, so that -10 sorts after -2.
func splitRunID(id string) (at string, n int) {
	at, suffix, _ := strings.Cut(id, "-")
	n, _ = strconv.Atoi(suffix)
	return at, n
}
