package pipeline

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"careshare/pipeline/exit"

	"github.com/gofrs/flock"
)

// Whatever goes wrong, the old snapshot is still served whole and the next run starts clean.

func TestUnreachableCaseStore(t *testing.T) {
	t.Parallel()
	w := published(t)
	environment(t, "CARESHARE_TEST_UNREACHABLE", "postgres://nobody:secret@127.0.0.1:1/none?connect_timeout=2")
	w.edit(t, embeddedStore, "kind: postgres\n  location_env: CARESHARE_TEST_UNREACHABLE")
	w.mustFail(t, exit.Failed, "extract casestore")
	if strings.Contains(w.stderr, "secret") {
		t.Error("the password is said")
	}
}

func TestMissingSourceFolder(t *testing.T) {
	t.Parallel()
	w := published(t)
	w.edit(t, "folder: sources/health/community", "folder: sources/health/nowhere")
	w.mustFail(t, exit.Failed, "extract health-community")
}

func TestTooManyUnreadableRows(t *testing.T) {
	t.Parallel()
	w := published(t)
	w.edit(t, "threshold_percent: 1 ", "threshold_percent: 0 ")
	w.mustFail(t, exit.ChecksFailed, "cannot be read")
	if !strings.Contains(w.stderr, "7 in dm_addresses.person_id (null in a required column)") {
		t.Errorf("where they stand is not said: %s", w.stderr)
	}
}

func TestAnotherRunHoldsTheLake(t *testing.T) {
	t.Parallel()
	w := published(t)
	other := flock.New(filepath.Join(w.lake(), "lock"))
	if taken, err := other.TryLock(); err != nil || !taken {
		t.Fatalf("lock: %v %v", taken, err)
	}
	w.mustFail(t, exit.Locked, "hint:")
	if err := other.Unlock(); err != nil {
		t.Fatal(err)
	}
	if code := w.run("run", "--config", w.config(), "--as-at", asAt); code != exit.Quarantined {
		t.Errorf("after the lock was given back, run ends with %d: %s", code, w.stderr)
	}
}

func TestAgreementOutOfDateSharesNothing(t *testing.T) {
	t.Parallel()
	w := published(t)
	late := "2036-11-01T07:00:00Z"
	if code := w.run("run", "--config", w.config(), "--as-at", late, "--accept", "cpis_children"); code != exit.Quarantined {
		t.Fatalf("run ended with %d: %s", code, w.stderr)
	}
	for _, d := range w.manifest(t).Datasets {
		if d.Audience == "direct-care" && d.Rows > 0 {
			t.Errorf("%s has %d rows under an agreement that is out of date", d.Dataset, d.Rows)
		}
	}
}

// What follows publishing may fail; readers have the new snapshot, the summary says so, and so does the exit code.
func TestPublishedButNotDelivered(t *testing.T) {
	t.Parallel()
	uploads, err := filepath.Glob(filepath.Join(demo(t).folder, "outbox", "cpis", "upload-*.xml"))
	if err != nil || len(uploads) != 1 {
		t.Fatalf("the demo delivers %v, %v", uploads, err)
	}
	w := demo(t).copyOf(t)
	inTheWay := filepath.Join(w.folder, "outbox", "cpis", filepath.Base(uploads[0]), "folder")
	if err := os.MkdirAll(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	if code := w.run("run", "--config", w.config(), "--as-at", asAt); code != exit.Failed {
		t.Errorf("run ended with %d, want %d", code, exit.Failed)
	}
	if !strings.Contains(w.stderr, "published, but") || !strings.Contains(w.stdout, "Published ") {
		t.Errorf("not said: %s", w.stderr)
	}
	w.mustStillServe(t)
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	w := published(t)
	command := exec.Command(program("careshare"), "run", "--config", w.config(), "--as-at", asAt)
	var said strings.Builder
	command.Stderr = &said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	if err := command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
	if code := command.ProcessState.ExitCode(); code != exit.Interrupted {
		t.Errorf("ended with %d, want %d", code, exit.Interrupted)
	}
	if !strings.Contains(said.String(), "careshare: interrupted: ") {
		t.Errorf("not said: %s", said.String())
	}
	w.mustStillServe(t)
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "48m")
	w := demo(t).copyOf(t)
	w.edit(t, "lake: lake ", "lake: "+filepath.Join(disk, "lake")+" ")
	if err := errors.Join(os.RemoveAll(w.lake()), os.Symlink(filepath.Join(disk, "lake"), w.lake())); err != nil {
		t.Fatal(err)
	}
	if code := w.run("run", "--config", w.config(), "--as-at", asAt); code != exit.Quarantined {
		t.Fatalf("first run ended with %d: %s", code, w.stderr)
	}
	filler := filepath.Join(disk, "filler")
	fill(t, disk, filler)
	w.mustFail(t, exit.Failed, "hint: free space")
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if code := w.run("run", "--config", w.config(), "--as-at", asAt); code != exit.Quarantined {
		t.Errorf("with space again, run ends with %d: %s", code, w.stderr)
	}
}

// embeddedStore is how the template names the embedded case store.
const embeddedStore = "kind: duckdb              # duckdb (a file), csv (a folder, one file a table), parquet (a folder), postgres or sqlserver\n  location: sources/case_store.duckdb"

// published is a world of its own with the demo's snapshot and all else that its run left.
func published(t *testing.T) world {
	t.Helper()
	w := demo(t).copyOf(t)
	if err := os.RemoveAll(w.lake()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"lake", "outbox"} {
		if said, err := exec.Command("cp", "-Rp", filepath.Join(demo(t).folder, name), w.folder).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
	}
	return w
}

// mustFail runs, expects the exit code and the words, and that readers notice nothing.
func (w *world) mustFail(t *testing.T, code int, words string) {
	t.Helper()
	if got := w.run("run", "--config", w.config(), "--as-at", asAt); got != code {
		t.Errorf("run ended with %d, want %d: %s", got, code, w.stderr)
	}
	if !strings.Contains(w.stderr, words) {
		t.Errorf("no word of %q: %s", words, w.stderr)
	}
	w.mustStillServe(t)
}

func (w world) mustStillServe(t *testing.T) {
	t.Helper()
	verify := world{}
	if code := verify.run("verify", "--read-data", "--config", w.config()); code != exit.Done {
		t.Errorf("verify ends with %d: %s%s", code, verify.stdout, verify.stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(w.lake(), "runs", "*")); len(left) > 0 {
		t.Errorf("left of the run: %v", left)
	}
}

// smallDisk mounts a file system of its own, which needs root.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	folder := t.TempDir()
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size+",mode=0700", "tmpfs", folder).CombinedOutput()
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("SKIPPED: a small disk cannot be mounted here: %v: %s", err, out)
	}
	if err != nil {
		t.Fatalf("mount: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", folder).Run() })
	return folder
}

// fill leaves about a megabyte free.
func fill(t *testing.T, disk, filler string) {
	t.Helper()
	var stat syscall.Statfs_t
	if err := syscall.Statfs(disk, &stat); err != nil {
		t.Fatal(err)
	}
	free := int64(stat.Bavail)*stat.Bsize - 1<<20
	if err := os.WriteFile(filler, make([]byte, max(free, 0)), 0o600); err != nil {
		t.Fatal(fmt.Errorf("fill the disk: %w", err))
	}
}
