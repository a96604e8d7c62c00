package pipeline

import (
	"strings"
	"testing"
	"time"

	"careshare/load/lake"
	"careshare/pipeline/borough"
	"careshare/pipeline/exit"
	"careshare/pipeline/flow"
)

// TestReadersAreNotLedBackInTime: what readers have speaks for the demo's moment.
func TestReadersAreNotLedBackInTime(t *testing.T) {
	t.Parallel()
	w := demo(t)
	lake, err := lake.Open(w.lake(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		asAt    time.Time
		older   bool
		refused bool
	}{
		"an earlier moment":                {borough.DefaultAsAt().Add(-time.Second), false, true},
		"an earlier moment that was meant": {borough.DefaultAsAt().Add(-time.Second), true, false},
		"the same moment again":            {borough.DefaultAsAt(), false, false},
		"a later moment":                   {borough.DefaultAsAt().Add(time.Second), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			j := flow.Job{AsAt: c.asAt, Older: c.older}
			if err := j.MayBecomeCurrent(lake); (err != nil) != c.refused {
				t.Errorf("refused: %v", err)
			}
		})
	}
	w.now = func() time.Time { return borough.DefaultAsAt().AddDate(0, 0, -3) }
	if code := w.run("run", "--config", "nowhere.yaml", "--as-at", asAt); code != exit.WrongUsage || !strings.Contains(w.stderr, "72h0m0s ahead of this machine's clock") {
		t.Errorf("a run for a moment that lies ahead ended with %d: %s", code, w.stderr)
	}
	if code := w.run("status", "--config", w.config(), "--max-age", "26h"); code != exit.Stale || !strings.Contains(w.stderr, "ahead of the clock") {
		t.Errorf("a snapshot of a moment that lies ahead passes for new: %d: %s", code, w.stderr)
	}
	if code := w.run("run", "--config", w.config(), "--as-at", "2026-10-31T07:00:00Z"); code != exit.WrongUsage || !strings.Contains(w.stderr, "--older") {
		t.Errorf("run ended with %d: %s", code, w.stderr)
	}
}
