package lake

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/load/audit"
	"careshare/load/fault"
)

func TestReviewsAreRememberedForEver(t *testing.T) {
	w := newWorld(t)
	w.ok(w.lake.Remember("A Reviewer", []Review{{PersonID: 1, NHSNumber: "9990000018", Decision: "accept"}, {PersonID: 2, NHSNumber: "9990000018", Decision: "reject"}}))
	w.ok(w.lake.Remember("B Reviewer", []Review{{PersonID: 1, NHSNumber: "9990000018", Decision: "reject"}}))
	all, err := w.lake.Reviews()
	w.ok(err)
	if len(all) != 3 || all[2].Position != 3 || all[2].DecidedBy != "B Reviewer" || all[0].DecidedBy != "A Reviewer" || all[0].DecidedAt.IsZero() {
		t.Errorf("%+v", all)
	}
	log, err := os.ReadFile(audit.LogPath(w.lake.audit()))
	w.ok(err)
	if strings.Contains(string(log), "9990000018") || strings.Count(string(log), `"by":"A Reviewer"`) != 1 {
		t.Error("the log must say who, and no number")
	}
	v, err := Verify(t.Context(), w.lake, VerifyOptions{})
	w.ok(err)
	if len(v.Findings) > 0 {
		t.Errorf("findings %+v", v.Findings)
	}
}

func TestPlantedFaultsOfReviews(t *testing.T) {
	for name, c := range map[string]struct {
		damage    func(path string) error
		isDamaged bool
	}{
		"a word changed": {func(path string) error { return os.WriteFile(path, []byte(`{"decision":"accept"}`+"\n"), 0o600) }, true},
		"a file gone":    {os.Remove, true},
		"a mode opened":  {func(path string) error { return os.Chmod(path, 0o644) }, false},
		"never finished": {func(path string) error {
			return os.WriteFile(filepath.Join(filepath.Dir(path), "x.ndjson"), []byte("{}\n"), 0o600)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.ok(w.lake.Remember("A Reviewer", []Review{{PersonID: 1, NHSNumber: "9990000018", Decision: "reject"}}))
			files, err := filepath.Glob(filepath.Join(w.lake.reviews(), "*"))
			w.ok(err)
			w.ok(c.damage(files[0]))
			if all, err := w.lake.Reviews(); errors.Is(err, fault.ErrDamaged) != c.isDamaged || err == nil && len(all) != 1 {
				t.Errorf("%d reviews, %v", len(all), err)
			}
			v, err := Verify(t.Context(), w.lake, VerifyOptions{})
			w.ok(err)
			if len(v.Findings) != 1 || !strings.HasPrefix(v.Findings[0].Path, "reviews/") {
				t.Errorf("findings %+v", v.Findings)
			}
		})
	}
}

func TestKeptIsProvedAgainstTheManifest(t *testing.T) {
	w := newWorld(t)
	if _, found, err := w.lake.Kept(t.Context(), "everyone"); found || err != nil {
		t.Errorf("kept of nothing: %v %v", found, err)
	}
	s := w.publish(asAt)
	kept, found, err := w.lake.Kept(t.Context(), "everyone")
	if err != nil || !found || *kept.File.Rows == 0 {
		t.Fatalf("%+v %v %v", kept, found, err)
	}
	if _, found, err := w.lake.Kept(t.Context(), "of_a_later_version"); found || err != nil {
		t.Errorf("kept of another version: %v %v", found, err)
	}
	w.ok(os.WriteFile(filepath.Join(s.Path, "refined", "everyone", "part-0.parquet"), []byte("PAR1"), 0o600))
	if _, _, err := w.lake.Kept(t.Context(), "everyone"); !errors.Is(err, fault.ErrDamaged) {
		t.Errorf("a changed file: %v", err)
	}
}

// A run that is made again for its moment is compared with what came before: of two snapshots of a moment, neither.
func TestKeptBeforeAMoment(t *testing.T) {
	w := newWorld(t)
	first := w.publish(asAt)
	if _, found, err := w.lake.KeptBefore(t.Context(), "everyone", asAt); found || err != nil {
		t.Errorf("kept before the first moment: %v %v", found, err)
	}
	next := asAt.AddDate(0, 0, 1)
	w.publish(next)
	w.publish(next)
	kept, found, err := w.lake.KeptBefore(t.Context(), "everyone", next)
	if err != nil || !found || !strings.HasPrefix(kept.Path, first.Path+"/") {
		t.Fatalf("%+v %v %v", kept, found, err)
	}
	w.ok(os.Remove(kept.Path))
	if _, found, err := w.lake.KeptBefore(t.Context(), "everyone", next); found || err != nil {
		t.Errorf("kept of what was pruned: %v %v", found, err)
	}
}
