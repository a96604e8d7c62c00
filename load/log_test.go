package load

import (
	"errors"
	"os"
	"reflect"
	"testing"
	"time"
)

// logged is a lake with a few entries, in two appends.
func logged(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: asAt}
	w.lake = w.open(t.TempDir())
	person := int64(7)
	for range 2 {
		_, err := w.lake.record(Entry{Event: Started, Run: "a"}, Entry{Event: Withheld, Person: &person, Reason: "asked by court"}, Entry{Event: Failed, Run: "a"})
		w.ok(err)
	}
	return w
}

func TestLogProofs(t *testing.T) {
	w := logged(t)
	earlier := w.log()
	_, err := w.lake.record(Entry{Event: Lifted, Person: earlier.Entries[1].Person})
	w.ok(err)
	log := w.log()
	for number := range int64(7) {
		proof, err := log.Prove(number)
		w.ok(err)
		w.ok(CheckProof(proof, log.Root()))
		if CheckProof(proof, earlier.Root()) == nil {
			t.Errorf("entry %d: proved against another root", number)
		}
		proof.Entry = proof.Entry[:len(proof.Entry)-1] + " "
		if CheckProof(proof, log.Root()) == nil {
			t.Errorf("entry %d: another text was proved", number)
		}
	}
	for size := int64(1); size <= 7; size++ {
		proof, err := log.ProveExtension(size)
		w.ok(err)
		w.ok(CheckExtension(proof))
		proof.Earlier.Hash[0] ^= 1
		if CheckExtension(proof) == nil {
			t.Errorf("size %d: another past was proved", size)
		}
	}
	if _, err := log.Prove(7); err == nil {
		t.Error("an entry that is not there was proved")
	}
}

// A lake that has read its log before reads only what came after, and has the log that one opened anew has.
func TestALogThatWasReadBeforeIsReadOn(t *testing.T) {
	w := logged(t)
	first := w.log()
	for range 3 {
		_, err := w.lake.record(Entry{Event: Recovered, Note: "again"})
		w.ok(err)
		other, err := Open(w.lake.Path(), w.lake.clock)
		w.ok(err)
		anew, err := other.Log()
		w.ok(err)
		if log := w.log(); log.Root() != anew.Root() || !reflect.DeepEqual(log.Entries, anew.Entries) {
			t.Errorf("read on: %d entries, read anew: %d", len(log.Entries), len(anew.Entries))
		}
	}
	if len(first.Entries) != 6 {
		t.Errorf("a log that was read holds %d entries after appends, not 6", len(first.Entries))
	}
}

func TestAnyFlippedByteOfTheLogIsFound(t *testing.T) {
	w := logged(t)
	for _, path := range []string{logPath(w.lake.audit()), headPath(w.lake.audit())} {
		whole, err := os.ReadFile(path)
		w.ok(err)
		for i := range whole {
			for _, flip := range []byte{0x01, 0x80, whole[i]} { // the last makes it a zero byte
				spoilt := append([]byte(nil), whole...)
				spoilt[i] ^= flip
				w.ok(os.WriteFile(path, spoilt, 0o600))
				if log, err := w.lake.Log(); err == nil && !log.torn {
					t.Fatalf("%s: byte %d ^ %#x is not seen", path, i, flip)
				}
			}
		}
		w.ok(os.WriteFile(path, whole, 0o600))
	}
	w.log()
}

func TestTornAppendIsTakenBack(t *testing.T) {
	w := logged(t)
	before := w.log()
	_, err := w.lake.record(Entry{Event: Started, Run: "b"}, Entry{Event: Failed, Run: "b", Note: "health"})
	w.ok(err)
	whole, err := os.ReadFile(logPath(w.lake.audit()))
	w.ok(err)
	headAfter, err := os.ReadFile(headPath(w.lake.audit()))
	w.ok(err)
	for length := before.bytes; length < int64(len(whole)); length++ {
		w.ok(os.WriteFile(logPath(w.lake.audit()), whole[:length], 0o600))
		w.ok(os.WriteFile(headPath(w.lake.audit()), headAfter, 0o600))
		if log := w.log(); !log.torn || log.Root() != before.Root() {
			t.Fatalf("length %d: a reader beside it sees another log", length)
		}
		if _, err := w.lake.record(Entry{Event: Started}); err == nil {
			t.Fatalf("length %d: a torn log was appended to", length)
		}
		notes, err := w.lake.Recover(t.Context())
		w.ok(err)
		after := w.log()
		root, err := after.RootAt(before.Root().Size)
		w.ok(err)
		if len(notes) != 1 || root != before.Root() || after.Entries[len(before.Entries)].Event != Recovered {
			t.Fatalf("length %d: recovered %v", length, notes)
		}
	}
	w.ok(os.WriteFile(headPath(w.lake.audit()), headAfter, 0o600))
	w.ok(os.WriteFile(logPath(w.lake.audit()), whole[:before.bytes-1], 0o600))
	if _, err := w.lake.Recover(t.Context()); !errors.Is(err, ErrDamaged) {
		t.Errorf("entries were cut away and the error is %v", err)
	}
}

func TestWithheldPeople(t *testing.T) {
	w := logged(t)
	people := w.log().WithheldPeople()
	if len(people) != 1 || people[0] != (Withholding{7, "asked by court", asAt, 4}) {
		t.Errorf("withheld %+v", people)
	}
	w.now = asAt.Add(time.Minute)
	_, err := w.lake.record(Entry{Event: Lifted, Person: &people[0].PersonID})
	w.ok(err)
	if people := w.log().WithheldPeople(); len(people) != 0 {
		t.Errorf("withheld %+v", people)
	}
}
