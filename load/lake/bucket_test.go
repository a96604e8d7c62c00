package lake

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/load/fault"
	"careshare/load/store"
	"careshare/load/store/storetest"
)

// bucketWorld is the small council on a machine of its own, whose lake is in a bucket.
func bucketWorld(t *testing.T, o store.Options) *world {
	t.Helper()
	w := councilAt(t, filepath.Join(t.TempDir(), "copy"))
	w.ok(w.lake.Unlock())
	w.lake = w.openBucket(o, w.lake.path)
	w.ok(w.lake.Lock())
	_, err := w.lake.Recover(t.Context())
	w.ok(err)
	return w
}

func (w *world) openBucket(o store.Options, folder string) *Lake {
	w.Helper()
	objects, err := store.Open(o)
	w.ok(err)
	l, err := OpenBucket(w.Context(), folder, func() time.Time { return w.now }, objects)
	w.ok(err)
	return l
}

// verified is what verify finds when it reads all, on another machine.
func (w *world) verified(o store.Options) []Finding {
	w.Helper()
	l := w.openBucket(o, filepath.Join(w.TempDir(), "elsewhere"))
	found, err := Verify(w.Context(), l, VerifyOptions{ReadData: true})
	w.ok(err)
	return found.Findings
}

func (w *world) keys(o store.Options) (keys []string) {
	w.Helper()
	objects, err := store.Open(o)
	w.ok(err)
	list, err := objects.List(w.Context(), "")
	w.ok(err)
	for _, object := range list {
		keys = append(keys, object.Key)
	}
	return keys
}

func TestALakeInABucketIsReadOnAnotherMachine(t *testing.T) {
	o := storetest.Bucket(t)
	w := bucketWorld(t, o)
	if _, err := w.lake.Current(); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("an empty bucket: %v", err)
	}
	w.publish(asAt)
	second := w.publish(later)
	w.ok(w.lake.Unlock())

	other := w.openBucket(o, filepath.Join(t.TempDir(), "other"))
	current, err := other.Current()
	w.ok(err)
	manifest, err := os.ReadFile(filepath.Join(second.Path, manifestName))
	w.ok(err)
	there, err := os.ReadFile(filepath.Join(current.Path, manifestName))
	w.ok(err)
	if current.ID != second.ID || !bytes.Equal(manifest, there) {
		t.Errorf("the other machine reads %s", current.ID)
	}
	if found := w.verified(o); len(found) > 0 {
		t.Errorf("verify finds %v", found)
	}
	for _, key := range w.keys(o) {
		if strings.Contains(key, "private") || strings.HasPrefix(key, "runs") {
			t.Errorf("%s left the run's folder", key)
		}
	}
}

// Wherever the network or the machine goes, before a request or after it, another machine finds the lake whole: before or after.
func TestCutAtAnyRequest(t *testing.T) {
	o := storetest.Bucket(t)
	w := bucketWorld(t, o)
	w.publish(asAt)
	w.ok(w.lake.Unlock())
	published, at := 0, later
	if err := w.publishOver(o, at.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	for cut := int64(1); ; cut++ {
		breaker := &storetest.Breaker{LoseAnswer: cut%2 == 0}
		breaker.Left.Store(cut)
		broken := o
		broken.Transport, broken.Attempts = breaker, 1
		before := len(w.bucketSnapshots(o))
		err := w.publishOver(broken, at)
		w.now = w.now.Add(2 * leaseTime) // the lease of the dead run has run out
		if found := w.strays(o); len(found) > 0 {
			t.Fatalf("cut %d: verify finds %v", cut, found)
		}
		after := len(w.bucketSnapshots(o))
		if after < before || after > before+1 || err == nil && after != before+1 {
			t.Fatalf("cut %d: %d snapshots before, %d after: %v", cut, before, after, err)
		}
		if after > before {
			at = at.Add(24 * time.Hour)
		}
		if err == nil {
			published++
		}
		if published == 2 {
			break
		}
		if cut > 200 {
			t.Fatal("nothing is ever published: ", err)
		}
		if published == 0 && cut > 3 && cut%3 != 0 { // most requests are alike
			cut++
		}
	}
	next := bucketWorld(t, o)
	next.now = w.now
	next.publish(at.Add(240 * time.Hour))
	if found := next.verified(o); len(found) > 0 {
		t.Errorf("after the next run verify finds %v", found)
	}
}

// publishOver runs on a machine of its own, over a network that may break.
func (w *world) publishOver(o store.Options, at time.Time) (err error) {
	objects, err := store.Open(o)
	w.ok(err)
	machine, err := os.MkdirTemp(w.lake.path, "machine-") // where the engine may write
	w.ok(err)
	l, err := OpenBucket(w.Context(), machine, func() time.Time { return w.now }, objects)
	if err != nil {
		return err
	}
	if err := l.Lock(); err != nil {
		return err
	}
	defer l.Unlock()
	if _, err := l.Recover(w.Context()); err != nil {
		return err
	}
	was := w.lake
	w.lake = l
	defer func() { w.lake = was }()
	run, err := l.Begin(at)
	if err != nil {
		return err
	}
	w.ok(w.fill(run))
	staged, err := run.Stage(w.Context(), w.db, Staging{Agreement: w.agreement, Contracts: w.contracts, Refined: []string{"everyone"}})
	if err == nil {
		_, err = run.Publish(w.Context(), Publication{Audiences: w.agreement.Audiences, Staged: staged})
	}
	return errors.Join(err, run.End("publish"))
}

func (w *world) fill(run *Run) error {
	return os.WriteFile(filepath.Join(run.Private, "health.ndjson"), []byte("canary"), 0o600)
}

func (w *world) bucketSnapshots(o store.Options) []Snapshot {
	w.Helper()
	l := w.openBucket(o, filepath.Join(w.TempDir(), "reader"))
	found, err := l.Snapshots()
	w.ok(err)
	return found
}

// strays are the findings but objects that nothing names, which the next run removes.
func (w *world) strays(o store.Options) (found []Finding) {
	for _, f := range w.verified(o) {
		if f.Rule != "stray object" {
			found = append(found, f)
		}
	}
	return found
}

// One run at a time: the second machine is refused, and takes over when the lease has run out. The first can then change nothing.
func TestTwoMachinesOneLease(t *testing.T) {
	o := storetest.Bucket(t)
	first := bucketWorld(t, o)
	run, publication := first.stage(asAt)
	second := first.openBucket(o, filepath.Join(t.TempDir(), "second"))
	err := second.Lock()
	var hinted *fault.Fault
	if !errors.Is(err, ErrLocked) || !errors.As(err, &hinted) || !strings.Contains(hinted.Hint(), "its lease ends at 2026-11-01T08:05:00Z") {
		t.Fatalf("the second machine's error is %v", err)
	}
	first.now = first.now.Add(leaseTime + time.Second)
	first.ok(second.Lock())
	notes, err := second.Recover(t.Context())
	first.ok(err)
	log, err := second.Log()
	first.ok(err)
	if len(log.Unended()) > 0 {
		t.Errorf("the first run has not ended: %v", notes)
	}
	if _, err := run.Publish(t.Context(), publication); !errors.Is(err, ErrLocked) {
		t.Errorf("the first machine publishes: %v", err)
	}
	if err := run.End("publish"); err == nil {
		t.Error("the first machine changes the log without a lease")
	}
	first.ok(first.lake.Unlock())
	if _, err := second.Current(); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("something was published: %v", err)
	}
	w := &world{T: t, now: first.now, db: first.db, agreement: first.agreement, contracts: first.contracts, lake: second}
	if _, err := second.sweepBucket(t.Context()); err != nil {
		t.Error(err)
	}
	if found := w.verified(o); len(found) > 0 {
		t.Errorf("verify finds %v", found)
	}
	first.ok(second.Unlock())
}

// A process of this machine that died holds nobody up: the copy's lock has died with it, and the lease is the copy's.
func TestADeadProcessOfThisMachineHoldsNothingUp(t *testing.T) {
	o := storetest.Bucket(t)
	w := bucketWorld(t, o)
	w.stage(asAt)
	w.ok(w.lake.lock.Unlock()) // as the kernel does
	again := w.openBucket(o, w.lake.path)
	w.ok(again.Lock())
	notes, err := again.Recover(t.Context())
	w.ok(err)
	if len(notes) == 0 {
		t.Error("the unfinished run was not swept")
	}
	w.lake.bucket.stop()
	w.ok(again.Unlock())
}

func TestDamageInABucketIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(w *world, objects *store.Bucket) error
		want  string
	}{
		"torn pointer": {func(w *world, b *store.Bucket) error { return overwrite(w, b, pointerKey, []byte(`{"snapshot":`)) }, "not as it was written"},
		"no pointer":   {func(w *world, b *store.Bucket) error { return b.Delete(w.Context(), pointerKey) }, "current.json is missing"},
		"no log": {func(w *world, b *store.Bucket) error { return b.Delete(w.Context(), w.lake.bucket.now().Audit.Key) },
			"there is no such object"},
		"flipped log": {func(w *world, b *store.Bucket) error { return flip(w, b, w.lake.bucket.now().Audit.Key) }, "read audit log"},
		"manifest":    {func(w *world, b *store.Bucket) error { return flip(w, b, "snapshots/"+w.current()+"/"+manifestName) }, "is not what the lake says"},
	} {
		t.Run(name, func(t *testing.T) {
			o := storetest.Bucket(t)
			w := bucketWorld(t, o)
			w.publish(asAt)
			w.ok(w.lake.Unlock())
			objects, err := store.Open(o)
			w.ok(err)
			w.ok(c.spoil(w, objects))
			if _, err := OpenBucket(t.Context(), filepath.Join(t.TempDir(), "fresh"), time.Now, objects); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want %q", err, c.want)
			}
		})
	}
}

// verify reads what the bucket has, not the copy of it.
func TestVerifyReadsTheBucket(t *testing.T) {
	o := storetest.Bucket(t)
	w := bucketWorld(t, o)
	s := w.publish(asAt)
	objects, err := store.Open(o)
	w.ok(err)
	m, err := s.Manifest()
	w.ok(err)
	flipped, gone := "snapshots/"+s.ID+"/"+m.Outputs[0].Path, "snapshots/"+s.ID+"/"+m.Outputs[1].Path
	w.ok(errors.Join(flip(w, objects, flipped), objects.Delete(t.Context(), gone), overwrite(w, objects, "snapshots/stray.csv", []byte("x"))))
	found, err := Verify(t.Context(), w.lake, VerifyOptions{ReadData: true})
	w.ok(err)
	want := map[string]string{flipped: "not the bytes that were published", gone: "missing", "snapshots/stray.csv": "stray object"}
	if len(found.Findings) != len(want) {
		t.Errorf("verify finds %v", found.Findings)
	}
	for _, f := range found.Findings {
		if want[strings.TrimPrefix(f.Path, w.lake.Address()+"/")] != f.Rule {
			t.Errorf("verify finds %v", f)
		}
	}
	w.ok(w.lake.Unlock())
}

// A bucket that was set back to an older state may have lost a refusal: a machine that knows better refuses it.
func TestABucketThatWasSetBackIsRefused(t *testing.T) {
	o := storetest.Bucket(t)
	w := bucketWorld(t, o)
	w.publish(asAt)
	w.ok(w.lake.Unlock())
	objects, err := store.Open(o)
	w.ok(err)
	old := map[string][]byte{}
	for _, key := range w.keys(o) {
		old[key], _, err = objects.Get(t.Context(), key)
		w.ok(err)
	}
	w.ok(w.lake.Lock())
	w.publish(later)
	w.ok(w.lake.Unlock())
	for key, data := range old {
		w.ok(overwrite(w, objects, key, data))
	}
	_, err = OpenBucket(t.Context(), w.lake.path, time.Now, objects)
	if !errors.Is(err, fault.ErrDamaged) || !strings.Contains(err.Error(), "not the continuation") {
		t.Errorf("the error is %v", err)
	}
}

// A folder that is a lake of its own is never made a copy: the copy's sweeping would remove it.
func TestAFolderWithALakeIsNoCopy(t *testing.T) {
	o := storetest.Bucket(t)
	w := newWorld(t)
	w.publish(asAt)
	w.ok(w.lake.Unlock())
	objects, err := store.Open(o)
	w.ok(err)
	if _, err := OpenBucket(t.Context(), w.lake.path, time.Now, objects); err == nil || !strings.Contains(err.Error(), "a lake of its own") {
		t.Errorf("the error is %v", err)
	}
	if len(w.everySnapshotFile()) == 0 {
		t.Error("the lake's snapshot is gone")
	}
}

func overwrite(w *world, b *store.Bucket, key string, data []byte) error {
	_, tag, err := b.Get(w.Context(), key)
	if errors.Is(err, store.ErrMissing) {
		tag, err = "", nil
	}
	if err == nil {
		_, err = b.PutIf(w.Context(), key, data, tag)
	}
	return err
}

func flip(w *world, b *store.Bucket, key string) error {
	data, _, err := b.Get(w.Context(), key)
	if err != nil {
		return err
	}
	data[len(data)/2] ^= 1
	return overwrite(w, b, key, data)
}

// careless answers as a service that ignores the condition of a put.
type careless struct{}

func (careless) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err == nil && answer.StatusCode == http.StatusPreconditionFailed {
		answer.StatusCode, answer.Status = http.StatusOK, "200 OK"
		answer.Header.Set("ETag", `"d41d8cd98f00b204e9800998ecf8427e"`)
	}
	return answer, err
}

func TestAServiceThatCannotKeepTheLakeIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(o *store.Options)
		want  string
	}{
		"ignores conditions": {func(o *store.Options) { o.Transport = careless{} }, "ignores the condition of a put"},
		"keeps old versions": {func(o *store.Options) { storetest.KeepOldVersions(t, *o) }, "keeps old versions"},
	} {
		t.Run(name, func(t *testing.T) {
			o := storetest.Bucket(t)
			c.spoil(&o)
			w := &world{T: t, now: asAt}
			l := w.openBucket(o, filepath.Join(t.TempDir(), "copy"))
			if err := l.Lock(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want %q", err, c.want)
			}
			if l.lock.Locked() {
				t.Error("the lake stayed locked")
			}
		})
	}
}

// Retention takes the objects too, and reviewers' decisions are in the bucket.
func TestPruneAndReviewsReachTheBucket(t *testing.T) {
	o := storetest.Bucket(t)
	w := bucketWorld(t, o)
	first := w.publish(asAt)
	w.publish(later)
	w.ok(w.lake.Remember("A Reviewer", []Review{{PersonID: 7, NHSNumber: "9990000000", Decision: "accept"}}))
	w.now = asAt.AddDate(20, 0, 0)
	_, err := Prune(t.Context(), w.lake, PruneOptions{Retention: w.agreement.Retention, ConsentWindowDays: 7})
	w.ok(err)
	reviews := 0
	for _, key := range w.keys(o) {
		if strings.HasPrefix(key, "snapshots/"+first.ID) {
			t.Errorf("%s is still there", key)
		}
		if strings.HasPrefix(key, "reviews/") {
			reviews++
		}
	}
	if reviews != 1 {
		t.Errorf("%d files of reviews", reviews)
	}
	w.ok(w.lake.Unlock())
	other := w.openBucket(o, filepath.Join(t.TempDir(), "other"))
	known, err := other.Reviews()
	if err != nil || len(known) != 1 || known[0].PersonID != 7 {
		t.Errorf("another machine reads %v: %v", known, err)
	}
	if found := w.verified(o); len(found) > 0 {
		t.Errorf("verify finds %v", found)
	}
}

// A process that publishes to a bucket without end is killed, again and again.
func TestKillsOverABucket(t *testing.T) {
	const variable = "CARESHARE_TEST_BUCKET"
	if said := os.Getenv(variable); said != "" {
		part := strings.Split(said, " ")
		w := councilAt(t, part[2])
		w.ok(w.lake.Unlock())
		w.lake = w.openBucket(store.Options{URL: part[0], Endpoint: part[1], Region: "eu-west-2"}, part[2])
		w.ok(w.lake.Lock())
		_, err := w.lake.Recover(t.Context())
		w.ok(err)
		for {
			w.publish(asAt)
		}
	}
	o := storetest.Bucket(t)
	folder := filepath.Join(t.TempDir(), "copy")
	random := rand.New(rand.NewPCG(3, 12))
	w := &world{T: t, now: asAt.Add(time.Hour)}
	snapshots, mended := 0, 0
	for round := 0; round < 6 || round < 30 && (snapshots == 0 || mended == 0); round++ { // a busy machine starts processes slowly
		other := exec.Command(os.Args[0], "-test.run=TestKillsOverABucket")
		other.Env = append(os.Environ(), variable+"="+strings.Join([]string{o.URL, o.Endpoint, folder}, " "), "TMPDIR="+t.TempDir())
		w.ok(other.Start())
		time.Sleep(time.Duration(400+random.IntN(1500+300*round)) * time.Millisecond)
		w.ok(other.Process.Kill())
		_ = other.Wait() // it was killed
		if found := w.strays(o); len(found) > 0 {
			t.Fatalf("verify finds %v", found)
		}
		l := w.openBucket(o, folder)
		w.ok(l.Lock())
		notes, err := l.Recover(t.Context())
		w.ok(err)
		mended += len(notes)
		list, err := l.Snapshots()
		w.ok(err)
		if len(list) < snapshots {
			t.Fatalf("%d snapshots after %d", len(list), snapshots)
		}
		snapshots = len(list)
		w.ok(l.Unlock())
		if found := w.verified(o); len(found) > 0 {
			t.Fatalf("after the next start verify finds %v", found)
		}
	}
	if snapshots == 0 || mended == 0 {
		t.Errorf("%d snapshots were published, %d faults mended: the kills proved nothing", snapshots, mended)
	}
}
