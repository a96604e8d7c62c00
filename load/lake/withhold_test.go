package lake

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"careshare/load/audit"
	"careshare/load/fault"
)

const canary = "canary reason in the council's words"

// rows counts in a dataset of a snapshot.
func (w *world) rows(s Snapshot, dataset, where string) int64 {
	w.Helper()
	m, err := s.Manifest()
	w.ok(err)
	path, _ := s.Dataset(m, dataset)
	return w.count("select count(*) from read_parquet('" + path + "') where " + where)
}

func TestWithhold(t *testing.T) {
	const stopped = "gate = 'not_restricted' and reason = 'withheld_by_council' and person_id = "
	for name, c := range map[string]struct {
		person       int64
		rows         map[string]int64
		decisions    int64
		withheldRows int64 // of the dataset medications, by this withholding
	}{
		"shared":             {3, map[string]int64{"medications": 3, "case_status": 2, "people": 1}, 3, 3},
		"withheld by a gate": {9, map[string]int64{"case_status": 2, "people": 1}, 3, 3},
		"out of scope":       {15, nil, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			first := w.publish(asAt)
			done, err := Withhold(t.Context(), w.db, w.lake, nil, c.person, canary)
			w.ok(err)
			if done.Decisions != c.decisions || len(done.Rows) != len(c.rows) || len(c.rows) > 0 && !reflect.DeepEqual(done.Rows, c.rows) {
				t.Errorf("withdrawal %+v", done)
			}
			if (done.Snapshot == first) != (c.decisions == 0) || w.current() != done.Snapshot.ID {
				t.Errorf("snapshot %s after %s, current %s", done.Snapshot.ID, first.ID, w.current())
			}
			for _, dataset := range []string{"medications", "case_status", "people"} {
				if n := w.rows(done.Snapshot, dataset, personIs(c.person)); n != 0 {
					t.Errorf("%s still holds %d rows", dataset, n)
				}
				others := "not " + personIs(c.person)
				if got, want := w.rows(done.Snapshot, dataset, others), w.rows(first, dataset, others); got != want {
					t.Errorf("%s: %d rows of others, want %d", dataset, got, want)
				}
			}
			if n := w.rows(done.Snapshot, "decisions", "decision = 'withheld' and "+stopped+text(c.person)); n != c.decisions {
				t.Errorf("%d decisions were stopped", n)
			}
			if n := w.rows(done.Snapshot, "withheld", "dataset = 'medications' and count_rows = 3 and "+stopped+text(c.person)); (n == 1) != (c.withheldRows == 3) {
				t.Errorf("withheld says %d", n)
			}
			if n := w.rows(done.Snapshot, "conservation", "difference <> 0 or rows_in <> rows_out + withheld + out_of_scope"); n != 0 {
				t.Error("conservation does not balance")
			}
			if found := w.verify(true); len(found) > 0 {
				t.Errorf("verify finds %v", found)
			}
		})
	}
}

func personIs(id int64) string { return "person_id = " + text(id) }
func text(id int64) string     { return string(rune('0'+id/10)) + string(rune('0'+id%10)) }

func TestWithheldReasonStaysInTheLog(t *testing.T) {
	w := newWorld(t)
	w.publish(asAt)
	_, err := Withhold(t.Context(), w.db, w.lake, nil, 3, canary)
	w.ok(err)
	for _, path := range w.everyFile() {
		content, err := os.ReadFile(path)
		w.ok(err)
		if holds := strings.Contains(string(content), canary); holds != (path == audit.LogPath(w.lake.audit())) {
			t.Errorf("%s holds the reason: %v", path, holds)
		}
	}
}

func TestWithholdAgainAndLift(t *testing.T) {
	w := newWorld(t)
	if done, err := Withhold(t.Context(), w.db, w.lake, nil, 19, canary); err != nil || done.Snapshot.ID != "" {
		t.Fatalf("before the first run: %+v, %v", done, err)
	}
	w.ok(Lift(w.lake, 19, "a mistake"))
	w.publish(asAt)
	_, err := w.lake.recordWithholding(3, canary) // a crash came before the snapshot
	w.ok(err)
	for range 2 {
		done, err := Withhold(t.Context(), w.db, w.lake, nil, 3, "again")
		w.ok(err)
		if w.rows(done.Snapshot, "medications", "person_id = 3") != 0 || w.current() != "20261101T070000Z-2" {
			t.Errorf("current is %s", w.current())
		}
	}
	if people := w.log().WithheldPeople(); len(people) != 1 || people[0].Reason != canary {
		t.Errorf("withheld %+v", people)
	}
	w.ok(Lift(w.lake, 3, "the court's order has ended"))
	if people := w.log().WithheldPeople(); len(people) != 0 {
		t.Errorf("withheld %+v", people)
	}
	if Lift(w.lake, 3, "twice") == nil {
		t.Error("lifted twice")
	}
	if _, err := Withhold(t.Context(), w.db, w.lake, nil, 3, ""); err == nil {
		t.Error("withheld without a reason")
	}
}

func TestWithholdDoesNotTakeOverDamage(t *testing.T) {
	for _, pattern := range []string{"trusted/direct-care/case_status", "trusted/audit/decisions", "raw/casestore/dm_persons", "reports/summary"} {
		w := newWorld(t)
		first := w.publish(asAt)
		for _, path := range w.everySnapshotFile() {
			if !strings.Contains(path, pattern) {
				continue
			}
			content, err := os.ReadFile(path)
			w.ok(err)
			content[len(content)/2] ^= 1
			w.ok(os.WriteFile(path, content, 0o600))
		}
		if _, err := Withhold(t.Context(), w.db, w.lake, nil, 3, canary); !errors.Is(err, fault.ErrDamaged) {
			t.Errorf("%s: error %v", pattern, err)
		}
		if w.current() != first.ID || len(w.log().WithheldPeople()) != 1 {
			t.Errorf("%s: current %s, withheld %v", pattern, w.current(), w.log().WithheldPeople())
		}
	}
}

func TestTakenOverFilesTakeNoRoom(t *testing.T) {
	w := newWorld(t)
	first := w.publish(asAt)
	done, err := Withhold(t.Context(), w.db, w.lake, nil, 3, canary)
	w.ok(err)
	const raw = "raw/casestore/dm_persons/part-0.parquet"
	was, err := os.Stat(filepath.Join(first.Path, raw))
	w.ok(err)
	is, err := os.Stat(filepath.Join(done.Snapshot.Path, raw))
	w.ok(err)
	if !os.SameFile(was, is) {
		t.Error("a file that did not change was copied")
	}
}
