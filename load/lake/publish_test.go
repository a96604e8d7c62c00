package lake

import (
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"careshare/load/agreement"
	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"
)

func TestPublishedSnapshot(t *testing.T) {
	w := newWorld(t)
	s := w.publish(asAt)
	if s.ID != "20261101T070000Z" || w.current() != s.ID {
		t.Fatalf("snapshot %s, current %s", s.ID, w.current())
	}
	m, err := s.Manifest()
	w.ok(err)
	medications, ok := s.Dataset(m, "medications")
	want := "trusted/direct-care/medications/import_year=2026/import_month=11/import_day=01/import_date=20261101/part-0.parquet"
	if !ok || !strings.HasSuffix(medications, want) {
		t.Errorf("medications lie at %s", medications)
	}
	if got := w.count("select count(*) from read_parquet('" + medications + "')"); got != 24 {
		t.Errorf("%d medications, want 24", got)
	}
	if got := w.count("select count(*) from (describe from read_parquet('" + medications + "')) where column_name = 'display'"); got != 0 {
		t.Error("a column that the agreement does not name was published")
	}
	left, err := os.ReadDir(w.lake.runs())
	w.ok(err)
	if len(left) != 0 {
		t.Errorf("the run left %v", left)
	}
	last := w.log().Entries[len(w.log().Entries)-1]
	manifest, err := os.ReadFile(filepath.Join(s.Path, manifestName))
	w.ok(err)
	if last.Event != audit.Published || last.Manifest != disk.SHA256(manifest) {
		t.Errorf("last entry %+v", last)
	}
}

func TestSameInputsSameBytes(t *testing.T) {
	var digests []string
	for range 2 {
		w := newWorld(t)
		w.exec("create or replace table everyone as select range as person_id, hash(range)::varchar as nhs_number from range(300_000)")
		m, err := w.publish(asAt).Manifest()
		w.ok(err)
		encoded, err := m.encode()
		w.ok(err)
		digests = append(digests, disk.SHA256(encoded))
	}
	if digests[0] != digests[1] {
		t.Errorf("two runs differ: %v", digests)
	}
}

func TestCrashAfterEachStep(t *testing.T) {
	for n, want := range map[string]string{"": "old", "seal": "old", "move": "old", "link": "old", "log": "new", "swap": "new"} {
		t.Run("after "+n, func(t *testing.T) {
			w := newWorld(t)
			first := w.publish(asAt)
			run, publication := w.stage(later)
			for _, step := range run.steps(t.Context(), publication) {
				if n == "" {
					break
				}
				w.ok(step.do())
				if step.name == n {
					break
				}
			}
			if got := w.current(); n != "swap" && got != first.ID {
				t.Fatalf("before the next start readers see %s", got)
			}
			notes := w.restart()
			now := map[string]string{"old": first.ID, "new": run.ID}[want]
			if got := w.current(); got != now {
				t.Errorf("current is %s, want %s (%v)", got, now, notes)
			}
			_, published := w.log().Published()[run.ID]
			if published != (want == "new") {
				t.Errorf("the log says published: %v", published)
			}
			if left, _ := os.ReadDir(w.lake.runs()); len(left) > 0 {
				t.Error("runs were not swept")
			}
			if again := w.restart(); len(again) > 0 {
				t.Errorf("a second start still mends: %v", again)
			}
			if s := w.publish(later); want == "old" && s.ID != run.ID {
				t.Errorf("the run tried again is named %s", s.ID)
			}
		})
	}
}

func TestFailedStepLeavesTheOldSnapshot(t *testing.T) {
	w := newWorld(t)
	first := w.publish(asAt)
	for _, failing := range []string{"seal", "move", "link", "log", "swap"} {
		run, publication := w.stage(later)
		disk := errors.New("no space left on device")
		err := run.carryOut(run.failing(t.Context(), publication, failing, disk))
		var fault *fault.Fault
		if !errors.Is(err, disk) || !errors.As(err, &fault) {
			t.Fatalf("%s: error %v has no hint", failing, err)
		}
		w.ok(run.End("publish"))
		if w.current() != first.ID {
			t.Errorf("%s: current is %s", failing, w.current())
		}
		if notes := w.restart(); len(notes) > 0 {
			t.Errorf("%s: the next start had to mend: %v", failing, notes)
		}
		if s, _ := w.lake.Snapshots(); len(s) != 1 {
			t.Errorf("%s: %d snapshots", failing, len(s))
		}
	}
}

// failing are the steps of a run, one of which fails.
func (r *Run) failing(ctx context.Context, p Publication, name string, err error) []step {
	steps := r.steps(ctx, p)
	for i := range steps {
		if steps[i].name == name {
			steps[i].do = func() error { return err }
		}
	}
	return steps
}

func TestNothingUnsoundIsPublished(t *testing.T) {
	for name, spoil := range map[string]func(*world, *Run, *Publication){
		"blocking check":  func(w *world, r *Run, p *Publication) { p.Checks = []Check{{"twins", "block", 1}} },
		"difference":      func(w *world, r *Run, p *Publication) { p.Staged.Conservation[0].Difference = 1 },
		"lost row":        func(w *world, r *Run, p *Publication) { p.Staged.Conservation[0].RowsOut-- },
		"not staged":      func(w *world, r *Run, p *Publication) { w.plant(r.Trusted+"/direct-care/extra.csv", "x") },
		"unknown zone":    func(w *world, r *Run, p *Publication) { w.plant(r.snapshot+"/extra.csv", "x") },
		"dataset gone":    func(w *world, r *Run, p *Publication) { w.ok(os.RemoveAll(r.Trusted + "/direct-care/people")) },
		"broken Parquet":  func(w *world, r *Run, p *Publication) { w.plant(r.Raw+"/x/part-0.parquet", "PAR1PAR1") },
		"neither of both": func(w *world, r *Run, p *Publication) { w.ok(os.Symlink("/etc", r.Raw+"/etc")) },
		"unknown group": func(w *world, r *Run, p *Publication) {
			p.Audiences = map[string]agreement.Access{"audit": {Group: "no such group"}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			run, publication := w.stage(asAt)
			spoil(w, run, &publication)
			if _, err := run.Publish(t.Context(), publication); err == nil {
				t.Error("published")
			}
			w.ok(run.End("checks"))
			if w.current() != "" {
				t.Error("a snapshot stands")
			}
		})
	}
}

func TestAudienceOfAGroup(t *testing.T) {
	w := newWorld(t)
	own, err := user.LookupGroupId(strconv.Itoa(os.Getgid()))
	if err != nil {
		t.Skip("this user's group has no name")
	}
	w.agreement.Audiences["audit"] = agreement.Access{FileMode: "0640", FolderMode: "0750", Group: own.Name, Exemption: agreement.InternalAudit, LegalBasis: "UK GDPR, Article 5(2)"}
	s := w.publish(asAt)
	info, err := os.Stat(s.Path + "/trusted/audit")
	w.ok(err)
	if info.Mode().Perm() != 0o750 || info.Sys().(*syscall.Stat_t).Gid != uint32(os.Getgid()) {
		t.Errorf("trusted/audit is %v", info.Mode())
	}
	if found := w.verify(false); len(found) > 0 {
		t.Errorf("verify finds %v", found)
	}
}

func TestFaultsOfTheMachineHaveAHint(t *testing.T) {
	for name, err := range map[string]error{
		"disk full":         &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC},
		"disk full, DuckDB": errors.New(`IO Error: Could not write file "x": No space left on device`),
		"no permission":     &os.PathError{Op: "open", Path: "x", Err: syscall.EACCES},
		"read-only disk":    &os.PathError{Op: "open", Path: "x", Err: syscall.EROFS},
	} {
		var f *fault.Fault
		if told := fault.Explain("write", err); !errors.As(told, &f) || f.Hint() == "" || !errors.Is(told, err) {
			t.Errorf("%s: %v has no hint", name, told)
		}
	}
}
