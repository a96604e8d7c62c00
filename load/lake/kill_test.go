package lake

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestKilledAtAnyMoment kills a process that publishes without end, again and again, and looks at the lake each time.
func TestKilledAtAnyMoment(t *testing.T) {
	if folder := os.Getenv("CARESHARE_TEST_PUBLISH"); folder != "" {
		publishForever(t, folder)
	}
	if testing.Short() {
		t.Skip("many processes")
	}
	w := &world{T: t, now: asAt}
	folder := filepath.Join(t.TempDir(), "lake")
	w.lake = w.open(folder)
	random := rand.New(rand.NewPCG(2, 11))
	snapshots, mended := 0, 0
	for round := 0; round < 10 || round < 60 && (snapshots == 0 || mended == 0); round++ { // a busy machine starts processes slowly
		w.ok(w.lake.Unlock())
		other := exec.Command(os.Args[0], "-test.run=TestKilledAtAnyMoment")
		other.Env = append(os.Environ(), "CARESHARE_TEST_PUBLISH="+folder, "TMPDIR="+t.TempDir())
		w.ok(other.Start())
		time.Sleep(time.Duration(100+random.IntN(500+100*round)) * time.Millisecond)
		w.ok(other.Process.Kill())
		_ = other.Wait() // it was killed
		mended += len(w.restart())
		if found := w.verify(true); len(found) > 0 {
			t.Fatalf("verify finds %v", found)
		}
		list, err := w.lake.Snapshots()
		w.ok(err)
		if len(list) < snapshots {
			t.Fatalf("%d snapshots after %d", len(list), snapshots)
		}
		snapshots = len(list)
	}
	if snapshots == 0 || mended == 0 {
		t.Errorf("%d snapshots were published, %d faults mended: the kills proved nothing", snapshots, mended)
	}
}

func publishForever(t *testing.T, folder string) {
	w := councilAt(t, folder)
	_, err := w.lake.Recover(t.Context())
	w.ok(err)
	for {
		w.publish(asAt)
	}
}
