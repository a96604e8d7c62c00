package audit

import (
	"os"
	"reflect"
	"testing"
	"time"
)

var startedAt = time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC)

// kept is an audit log on disk.
type kept struct {
	*testing.T
	trail *Trail
	now   time.Time // the clock stands still unless a test moves it
}

func (w *kept) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *kept) log() *Log {
	w.Helper()
	log, err := w.trail.Read()
	w.ok(err)
	return log
}

// logged is a log with a few entries, in two appends.
func logged(t *testing.T) *kept {
	t.Helper()
	w := &kept{T: t, now: startedAt}
	trail, err := OpenTrail(t.TempDir(), func() time.Time { return w.now })
	w.ok(err)
	w.trail = trail
	person := int64(7)
	for range 2 {
		_, err := w.trail.Append(Entry{Event: Started, Run: "a"}, Entry{Event: Withheld, Person: &person, Reason: "asked by court"}, Entry{Event: Failed, Run: "a"})
		w.ok(err)
	}
	return w
}

func TestLogProofs(t *testing.T) {
	w := logged(t)
	earlier := w.log()
	_, err := w.trail.Append(Entry{Event: Lifted, Person: earlier.Entries[1].Person})
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

// A trail that has read its log before reads only what came after, and has the log that one opened anew has.
func TestALogThatWasReadBeforeIsReadOn(t *testing.T) {
	w := logged(t)
	first := w.log()
	for range 3 {
		_, err := w.trail.Append(Entry{Event: Recovered, Note: "again"})
		w.ok(err)
		other, err := OpenTrail(w.trail.folder, w.trail.clock)
		w.ok(err)
		anew, err := other.Read()
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
	for _, path := range []string{LogPath(w.trail.folder), HeadPath(w.trail.folder)} {
		whole, err := os.ReadFile(path)
		w.ok(err)
		for i := range whole {
			for _, flip := range []byte{0x01, 0x80, whole[i]} { // the last makes it a zero byte
				spoilt := append([]byte(nil), whole...)
				spoilt[i] ^= flip
				w.ok(os.WriteFile(path, spoilt, 0o600))
				if log, err := w.trail.Read(); err == nil && !log.Torn {
					t.Fatalf("%s: byte %d ^ %#x is not seen", path, i, flip)
				}
			}
		}
		w.ok(os.WriteFile(path, whole, 0o600))
	}
	w.log()
}

func TestWithheldPeople(t *testing.T) {
	w := logged(t)
	people := w.log().WithheldPeople()
	if len(people) != 1 || people[0] != (Withholding{7, "asked by court", startedAt, 4}) {
		t.Errorf("withheld %+v", people)
	}
	w.now = startedAt.Add(time.Minute)
	_, err := w.trail.Append(Entry{Event: Lifted, Person: &people[0].PersonID})
	w.ok(err)
	if people := w.log().WithheldPeople(); len(people) != 0 {
		t.Errorf("withheld %+v", people)
	}
}
