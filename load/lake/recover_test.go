package lake

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/load/audit"
	"careshare/load/fault"
)

func TestBeginLogsAndRefusesWithoutLock(t *testing.T) {
	w := &world{T: t, now: asAt}
	w.lake = w.open(t.TempDir())
	run, err := w.lake.Begin(asAt)
	w.ok(err)
	if run.Audit.Size != 1 || run.Audit != w.log().Root() {
		t.Errorf("the run's root is %+v", run.Audit)
	}
	w.ok(w.lake.Unlock())
	if _, err := w.lake.Begin(asAt); err == nil {
		t.Error("a run began without the lock")
	}
	if _, err := w.lake.Recover(t.Context()); err == nil {
		t.Error("recovered without the lock")
	}
}

// TestSecondProcessIsLockedOut runs this test's own binary as the other process; the kill shows that the lock dies with it.
func TestSecondProcessIsLockedOut(t *testing.T) {
	if folder := os.Getenv("CARESHARE_TEST_LAKE"); folder != "" {
		lake, err := Open(folder, time.Now)
		if err != nil || lake.Lock() != nil {
			os.Exit(1)
		}
		os.Stdout.WriteString("locked\n")
		select {}
	}
	folder := t.TempDir()
	other := exec.Command(os.Args[0], "-test.run=TestSecondProcessIsLockedOut")
	other.Env = append(os.Environ(), "CARESHARE_TEST_LAKE="+folder)
	said, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := said.Read(make([]byte, 7)); err != nil {
		t.Fatal(err)
	}
	lake, err := Open(folder, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := lake.Lock(); !errors.Is(err, ErrLocked) {
		t.Errorf("the lock's error is %v", err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait() // it was killed
	if err := lake.Lock(); err != nil {
		t.Errorf("the lock outlived its process: %v", err)
	}
}

func TestModesDoNotRestOnUmask(t *testing.T) {
	w := newWorld(t)
	w.publish(asAt)
	for path, want := range map[string]os.FileMode{
		w.lake.runs(): 0o700, w.lake.audit(): 0o700, audit.LogPath(w.lake.audit()): 0o600, filepath.Join(w.lake.path, "lock"): 0o600,
		w.lake.path: 0o711, w.lake.snapshots(): 0o711, // the agreement lets a group read direct-care
	} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, want %v (%v)", path, info.Mode().Perm(), want, err)
		}
	}
}

func TestRecoverLeavesADamagedLakeAlone(t *testing.T) {
	for name, spoil := range map[string]func(w *world) error{
		"log is gone": func(w *world) error { return os.RemoveAll(w.lake.audit()) },
		"log and current are gone": func(w *world) error {
			return errors.Join(os.RemoveAll(w.lake.audit()), os.Remove(w.lake.current()))
		},
		"newest snapshot is gone": func(w *world) error {
			return errors.Join(os.RemoveAll(w.lake.snapshot(w.current()).Path), os.Remove(w.lake.current()))
		},
		"manifest was changed": func(w *world) error {
			s := w.lake.snapshot(w.current())
			return errors.Join(os.Remove(w.lake.current()), os.WriteFile(filepath.Join(s.Path, manifestName), []byte("{}"), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.publish(asAt)
			w.ok(spoil(w))
			before := w.everySnapshotFile()
			w.ok(os.MkdirAll(w.lake.audit(), 0o700))
			if _, err := w.lake.Recover(t.Context()); !errors.Is(err, fault.ErrDamaged) {
				t.Errorf("error %v", err)
			}
			if after := w.everySnapshotFile(); len(after) != len(before) {
				t.Errorf("%d files were there, %d are left", len(before), len(after))
			}
		})
	}
}

// A lake that was copied with its links followed has a folder for its current snapshot: what to do is said.
func TestACopyThatFollowedTheLinkIsSaid(t *testing.T) {
	w := newWorld(t)
	w.publish(asAt)
	w.ok(os.Remove(w.lake.current()))
	w.ok(os.Mkdir(w.lake.current(), 0o700))
	_, err := w.lake.Current()
	var f *fault.Fault
	if !errors.Is(err, fault.ErrDamaged) || !errors.As(err, &f) || !strings.Contains(f.Hint(), "cp -a") {
		t.Errorf("the error is %v", err)
	}
}
