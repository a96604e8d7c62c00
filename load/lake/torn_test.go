package lake

import (
	"errors"
	"os"
	"testing"

	"careshare/load/audit"
	"careshare/load/fault"
)

func TestTornAppendIsTakenBack(t *testing.T) {
	w := &world{T: t, now: asAt}
	w.lake = w.open(t.TempDir())
	for range 2 {
		_, err := w.lake.record(audit.Entry{Event: audit.Started, Run: "a"}, audit.Entry{Event: audit.Failed, Run: "a"})
		w.ok(err)
	}
	info, err := os.Stat(audit.LogPath(w.lake.audit()))
	w.ok(err)
	bytesBefore := info.Size()
	before := w.log()
	_, err = w.lake.record(audit.Entry{Event: audit.Started, Run: "b"}, audit.Entry{Event: audit.Failed, Run: "b", Note: "health"})
	w.ok(err)
	whole, err := os.ReadFile(audit.LogPath(w.lake.audit()))
	w.ok(err)
	headAfter, err := os.ReadFile(audit.HeadPath(w.lake.audit()))
	w.ok(err)
	for length := bytesBefore; length < int64(len(whole)); length++ {
		w.ok(os.WriteFile(audit.LogPath(w.lake.audit()), whole[:length], 0o600))
		w.ok(os.WriteFile(audit.HeadPath(w.lake.audit()), headAfter, 0o600))
		if log := w.log(); !log.Torn || log.Root() != before.Root() {
			t.Fatalf("length %d: a reader beside it sees another log", length)
		}
		if _, err := w.lake.record(audit.Entry{Event: audit.Started}); err == nil {
			t.Fatalf("length %d: a torn log was appended to", length)
		}
		notes, err := w.lake.Recover(t.Context())
		w.ok(err)
		after := w.log()
		root, err := after.RootAt(before.Root().Size)
		w.ok(err)
		if len(notes) != 1 || root != before.Root() || after.Entries[len(before.Entries)].Event != audit.Recovered {
			t.Fatalf("length %d: recovered %v", length, notes)
		}
	}
	w.ok(os.WriteFile(audit.HeadPath(w.lake.audit()), headAfter, 0o600))
	w.ok(os.WriteFile(audit.LogPath(w.lake.audit()), whole[:bytesBefore-1], 0o600))
	if _, err := w.lake.Recover(t.Context()); !errors.Is(err, fault.ErrDamaged) {
		t.Errorf("entries were cut away and the error is %v", err)
	}
}
