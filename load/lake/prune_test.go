package lake

import (
	"os"
	"strings"
	"testing"
	"time"

	"careshare/load/audit"
)

func (w *world) prune(day int, o PruneOptions) []Removal {
	w.Helper()
	w.now = asAt.AddDate(0, 0, day)
	removed, err := Prune(w.Context(), w.lake, o)
	w.ok(err)
	return removed
}

func (w *world) options() PruneOptions {
	return PruneOptions{Retention: w.agreement.Retention, ConsentWindowDays: 7}
}

func (w *world) zones(s Snapshot) string {
	var held []string
	for _, zone := range []string{"raw", "refined", "quarantine", "reports", "trusted/direct-care/medications", "trusted/direct-care/people", "trusted/audit", "manifest.json"} {
		if _, err := os.Stat(s.Path + "/" + zone); err == nil {
			held = append(held, zone)
		}
	}
	return strings.Join(held, " ")
}

func TestPruneKeepsWhatRetentionSays(t *testing.T) {
	w := newWorld(t)
	first := w.publish(asAt)
	last := w.publish(later)
	for _, step := range []struct {
		day  int
		left string
	}{
		{6, "raw refined quarantine reports trusted/direct-care/medications trusted/direct-care/people trusted/audit manifest.json"},
		{7, "refined quarantine reports trusted/direct-care/people trusted/audit manifest.json"},
		{27, "refined quarantine reports trusted/direct-care/people trusted/audit manifest.json"},
		{28, "trusted/audit manifest.json"},
		{364, "trusted/audit manifest.json"},
		{365, ""},
	} {
		w.prune(step.day, w.options())
		if got := w.zones(first); got != step.left {
			t.Errorf("day %d: left %s", step.day, got)
		}
		if found := w.verify(true); len(found) > 0 {
			t.Errorf("day %d: verify finds %v", step.day, found)
		}
		if again := w.prune(step.day, w.options()); len(again) > 0 {
			t.Errorf("day %d: pruned again %v", step.day, again)
		}
	}
	if got := w.zones(last); !strings.HasPrefix(got, "raw refined") {
		t.Errorf("the current snapshot was pruned: %s", got)
	}
}

// A scheduled job must not fail for nights that published nothing yet.
func TestPruneOfAnEmptyLakeTakesNothing(t *testing.T) {
	w := newWorld(t)
	w.ok(w.lake.Lock())
	if removed := w.prune(40, w.options()); len(removed) != 0 {
		t.Errorf("removed %v from an empty lake", removed)
	}
}

func TestConsentWindowClosesBeforeRetention(t *testing.T) {
	w := newWorld(t)
	first := w.publish(asAt)
	w.publish(later)
	o := w.options()
	o.ConsentWindowDays = 2
	w.now = asAt.AddDate(0, 0, 2).Add(-time.Second)
	if removed, err := Prune(t.Context(), w.lake, o); err != nil || len(removed) > 0 {
		t.Errorf("a second early: %v, %v", removed, err)
	}
	o.Plan = true
	if removed := w.prune(2, o); len(removed) != 1 || !strings.Contains(w.zones(first), "medications") {
		t.Errorf("the plan is %v", removed)
	}
	o.Plan = false
	if removed := w.prune(2, o); len(removed) != 1 || strings.Contains(w.zones(first), "medications") {
		t.Errorf("pruned %v", removed)
	}
}

func TestCrashInPruningIsCompleted(t *testing.T) {
	w := newWorld(t)
	first := w.publish(asAt)
	w.publish(later)
	w.now = asAt.AddDate(0, 0, 400)
	removals, err := w.lake.expired(w.log(), w.options())
	w.ok(err)
	for _, files := range [][]audit.Held{removals[0].Files[:3], removals[0].Files[3:]} { // the second holds the manifest
		_, err = w.lake.record(audit.Entry{Event: audit.Pruned, Run: first.ID, Files: files})
		w.ok(err)
		if found := w.verify(false); len(found) == 0 || !strings.Contains(found[0].Rule, "recorded as pruned and still there") {
			t.Errorf("verify finds %v", found)
		}
		if notes := w.restart(); len(notes) != 1 {
			t.Errorf("recovered %v", notes)
		}
		if found := w.verify(true); len(found) > 0 {
			t.Errorf("verify finds %v", found)
		}
	}
	if _, err := os.Stat(first.Path); !os.IsNotExist(err) {
		t.Error("the snapshot is still there")
	}
}

func TestPrunedBeforeItsTimeIsMissing(t *testing.T) {
	w := newWorld(t)
	first := w.publish(asAt)
	w.publish(later)
	w.ok(os.RemoveAll(first.Path + "/raw"))
	if found := w.verify(false); len(found) != 1 || found[0].Rule != "missing" {
		t.Errorf("verify finds %v", found)
	}
}
