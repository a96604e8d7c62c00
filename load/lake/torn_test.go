package lake

import (
	"errors"
	"os"
	"testing"

	"careshare/load/audit"
	"careshare/load/fault"
)

// Wherever the last append is cut off, by a crash or by damage, none of its entries is lost.
func TestTornAppendIsCompleted(t *testing.T) {
	w := &world{T: t, now: asAt}
	w.lake = w.open(t.TempDir())
	for range 2 {
		_, err := w.lake.record(audit.Entry{Event: audit.Started, Run: "a"}, audit.Entry{Event: audit.Failed, Run: "a"})
		w.ok(err)
	}
	info, err := os.Stat(audit.LogPath(w.lake.audit()))
	w.ok(err)
	bytesBefore := info.Size()
	_, err = w.lake.record(audit.Entry{Event: audit.Started, Run: "b"}, audit.Entry{Event: audit.Failed, Run: "b", Note: "health"})
	w.ok(err)
	whole, err := os.ReadFile(audit.LogPath(w.lake.audit()))
	w.ok(err)
	headAfter, err := os.ReadFile(audit.HeadPath(w.lake.audit()))
	w.ok(err)
	written := w.log().Root()
	for length := bytesBefore; length < int64(len(whole)); length++ {
		w.ok(os.WriteFile(audit.LogPath(w.lake.audit()), whole[:length], 0o600))
		w.ok(os.WriteFile(audit.HeadPath(w.lake.audit()), headAfter, 0o600))
		if log := w.log(); !log.Torn || log.Root() != written {
			t.Fatalf("length %d: a reader beside it sees another log", length)
		}
		notes, err := w.lake.Recover(t.Context())
		w.ok(err)
		after := w.log()
		w.ok(after.Extends(written))
		if len(notes) != 1 || after.Torn || after.Entries[written.Size].Event != audit.Recovered {
			t.Fatalf("length %d: recovered %v", length, notes)
		}
	}
	w.ok(os.WriteFile(audit.HeadPath(w.lake.audit()), headAfter, 0o600))
	w.ok(os.WriteFile(audit.LogPath(w.lake.audit()), whole[:bytesBefore-1], 0o600))
	if _, err := w.lake.Recover(t.Context()); !errors.Is(err, fault.ErrDamaged) {
		t.Errorf("entries were cut away and the error is %v", err)
	}
}

// Cut one byte off the log of a lake that readers use: no entry goes, and their snapshot stays (it removed both once).
func TestAByteCutOffTheLogTakesNothingAway(t *testing.T) {
	for name, cut := range map[string]int64{"one byte": 1, "all of the publication": 1 << 40} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			first, second := w.publish(asAt), w.publish(later)
			entries, files := w.log().Entries, w.everySnapshotFile()
			path := audit.LogPath(w.lake.audit())
			info, err := os.Stat(path)
			w.ok(err)
			w.ok(os.Truncate(path, max(info.Size()-cut, 0)))
			if cut > info.Size() { // more than the last append: refused, with nothing removed
				if _, err := w.lake.Recover(t.Context()); !errors.Is(err, fault.ErrDamaged) {
					t.Errorf("error %v", err)
				}
			} else {
				w.restart()
				if after := w.log().Entries; len(after) != len(entries)+1 || w.current() != second.ID {
					t.Errorf("%d entries, %d before; current is %s", len(after), len(entries), w.current())
				}
			}
			if after := w.everySnapshotFile(); len(after) != len(files) {
				t.Errorf("%d files, %d before, of %s and %s", len(after), len(files), first.ID, second.ID)
			}
		})
	}
}
