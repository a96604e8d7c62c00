package lake

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/load/store"
)

// A lake in a bucket. The folder of such a lake is this machine's copy: runs work there, and readers of this machine read there. The
// bucket has what was published:
//
//	current.json                    the pointer: the newest snapshot, the audit log's object and root, and who has the lease
//	snapshots/<run id>/...          the files of the snapshots, under the same paths as on disk; never written twice
//	audit/<entries>-<root>.ndjson   the audit log
//	reviews/<hash>.ndjson           what reviewers decided
//
// Every change of the lake is one conditional put of the pointer, after all that it names is there: a reader sees the lake before or
// after, and a crash leaves objects that nothing names, which the next start removes. The pointer holds the lease too. Who takes
// over a lease that has run out changes the pointer, so that the former holder's next put is refused: no clock decides that.
const (
	pointerKey  = "current.json"
	copyName    = "copy-of.json" // in the copy: whose it is
	leaseTime   = 5 * time.Minute
	leaseMargin = time.Minute // nothing is deleted so shortly before the lease runs out
	atATime     = 4           // objects that are put or got at the same time
)

// pointer is the object that readers and runs begin with.
type pointer struct {
	Snapshot string     `json:"snapshot,omitempty"`        // snapshots/<run id>; empty: nothing is published
	Manifest string     `json:"manifest_sha256,omitempty"` // of its manifest.json
	Audit    storedLog  `json:"audit"`
	Lease    *leaseHeld `json:"lease,omitempty"`
}

// storedLog is the audit log's object.
type storedLog struct {
	audit.Root
	Key string `json:"key,omitempty"` // empty: no entry yet
}

// leaseHeld is who may change the lake, and until when.
type leaseHeld struct {
	Holder string    `json:"holder"`
	Until  time.Time `json:"until"`
}

// copyOf is what a copy knows of its bucket.
type copyOf struct {
	Bucket string     `json:"bucket"`
	Holder string     `json:"holder"` // this copy's name in a lease
	Seen   audit.Root `json:"seen"`   // the newest log that the bucket had

	IsWhole bool `json:"whole"` // the copy was brought up to date once
}

// bucket is the bucket of a lake, and the lease on it.
type bucket struct {
	store *store.Bucket
	clock func() time.Time

	mu      sync.Mutex
	known   copyOf
	tag     string // of the pointer, as it was last read or written
	pointer pointer
	lost    error  // why this process may change nothing any more
	stop    func() // ends the renewing; null without the lease
}

// OpenBucket gives the lake of a bucket, whose copy on this machine is in the folder. The copy is brought up to date unless a
// process of this machine works with it.
func OpenBucket(ctx context.Context, folder string, clock func() time.Time, objects *store.Bucket) (*Lake, error) {
	l, err := Open(folder, clock)
	if err != nil {
		return nil, err
	}
	l.bucket = &bucket{store: objects, clock: clock}
	taken, err := l.lock.TryLock()
	if err != nil {
		return nil, fault.Explain("open lake", err)
	}
	if !taken {
		if err := l.readCopyOf(false); err != nil {
			return nil, err
		}
		if !l.bucket.known.IsWhole {
			return nil, fault.Hinted("try again when it is done", "open lake: another process is making the first copy of %s: %w", objects, ErrLocked)
		}
		return l, nil
	}
	err = l.readCopyOf(true)
	if err == nil {
		err = l.refresh(ctx)
	}
	return l, errors.Join(err, l.lock.Unlock())
}

// Address is where readers of other machines find the lake: its bucket, or its folder.
func (l *Lake) Address() string {
	if l.bucket == nil {
		return l.path
	}
	return l.bucket.store.String()
}

// refresh brings the copy up to date without the lease.
func (l *Lake) refresh(ctx context.Context) error {
	p, _, err := l.bucket.read(ctx)
	if err == nil {
		err = l.pull(ctx, p)
	}
	return err
}

// readCopyOf refuses a folder that is another lake's, and marks an empty one.
func (l *Lake) readCopyOf(mayMark bool) error {
	b := l.bucket
	data, err := os.ReadFile(filepath.Join(l.path, copyName))
	if err == nil {
		if err := json.Unmarshal(data, &b.known); err != nil {
			return fault.Damaged("read " + copyName + ": not as it was written")
		}
		if b.known.Bucket != b.store.String() {
			return fault.Hinted("name another folder under s3.copy, or remove this one: it is only a copy", "open lake: the folder is a copy of %s", b.known.Bucket)
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fault.Explain("open lake", err)
	}
	snapshots, err := l.Snapshots()
	if err != nil {
		return err
	}
	if _, err := os.Stat(audit.LogPath(l.audit())); err == nil || len(snapshots) > 0 {
		return fault.Hinted("name an empty folder under s3.copy", "open lake: the folder is a lake of its own, not a copy of %s", b.store)
	}
	if !mayMark {
		return nil
	}
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	b.known = copyOf{Bucket: b.store.String(), Holder: host + "-" + rand.Text()[:12], Seen: new(audit.Log).Root()}
	return l.writeCopyOf()
}

func (l *Lake) writeCopyOf() error {
	data, err := json.Marshal(l.bucket.known)
	if err != nil {
		return err
	}
	return fault.Explain("mark copy", disk.WriteWhole(filepath.Join(l.path, copyName), append(data, '\n')))
}

// read gives the pointer and its tag, empty if there is none.
func (b *bucket) read(ctx context.Context) (p pointer, tag string, err error) {
	data, tag, err := b.store.Get(ctx, pointerKey)
	if err == nil {
		if err := json.Unmarshal(data, &p); err != nil || !bytes.Equal(data, p.encode()) {
			return pointer{}, "", fault.Damaged("read " + b.store.String() + "/" + pointerKey + ": not as it was written")
		}
		return p, tag, nil
	}
	if !errors.Is(err, store.ErrMissing) {
		return pointer{}, "", err
	}
	left, err := b.store.List(ctx, "")
	if err != nil {
		return pointer{}, "", err
	}
	if len(left) > 0 {
		return pointer{}, "", fault.Damaged(fmt.Sprintf("read %s: %s is missing, and %d other objects are there", b.store, pointerKey, len(left)))
	}
	return pointer{Audit: storedLog{Root: new(audit.Log).Root()}}, "", nil
}

// now is the pointer as this process wrote it last.
func (b *bucket) now() pointer {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pointer
}

func (p pointer) encode() []byte {
	data, _ := json.Marshal(p) // texts, numbers and times only
	return append(data, '\n')
}

// acquire takes the lease: one that is free, has run out, or is this copy's own, whose process has ended.
func (b *bucket) acquire(ctx context.Context) error {
	p, tag, err := b.read(ctx)
	if err != nil {
		return err
	}
	now := b.clock().UTC().Round(0)
	if p.Lease != nil && p.Lease.Holder != b.known.Holder && now.Before(p.Lease.Until) {
		return fault.Hinted(fmt.Sprintf("wait until the run on %s has ended; if its machine died, its lease ends at %s", p.Lease.Holder, p.Lease.Until.Format(time.RFC3339)), "%w", ErrLocked)
	}
	p.Lease = &leaseHeld{Holder: b.known.Holder, Until: now.Add(leaseTime)}
	if err := b.isFit(ctx); err != nil {
		return err
	}
	written, err := b.store.PutIf(ctx, pointerKey, p.encode(), tag)
	if errors.Is(err, store.ErrChanged) {
		var is pointer
		if is, written, err = b.read(ctx); err == nil && !bytes.Equal(is.encode(), p.encode()) {
			return fault.Hinted("wait until the other run has ended", "%w", ErrLocked)
		}
	}
	if err != nil {
		return err
	}
	b.mu.Lock()
	b.tag, b.pointer, b.lost = written, p, nil
	b.mu.Unlock()
	return b.isConditional(ctx)
}

// isFit refuses a bucket that keeps what retention deletes.
func (b *bucket) isFit(ctx context.Context) error {
	keeps, err := b.store.KeepsOldVersions(ctx)
	if err == nil && keeps {
		err = fault.Hinted("use a bucket without versioning", "lock lake: %s keeps old versions, so what retention deletes would stay", b.store)
	}
	return err
}

// isConditional refuses a service that ignores the condition of a put: there two runs could overwrite each other.
func (b *bucket) isConditional(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, tag := range []string{"", "00000000000000000000000000000000"} {
		if _, err := b.store.PutIf(ctx, pointerKey, b.pointer.encode(), tag); err == nil {
			return fault.Hinted("use a service that honours If-Match and If-None-Match", "lock lake: %s ignores the condition of a put", b.store)
		} else if !errors.Is(err, store.ErrChanged) {
			return err
		}
	}
	return nil
}

// renew keeps the lease while the process works.
func (b *bucket) renew(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(leaseTime / 4):
		}
		_ = b.change(ctx, func(*pointer) {}) // a lease that is lost shows at the next change
	}
}

// change alters the pointer, and prolongs the lease, by one conditional put. Where its outcome cannot be known, or another has
// taken over, this process may change nothing more: the next start reads what is true.
func (b *bucket) change(ctx context.Context, alter func(*pointer)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lost != nil {
		return b.lost
	}
	next := b.pointer
	next.Lease = &leaseHeld{Holder: b.known.Holder, Until: b.clock().UTC().Round(0).Add(leaseTime)}
	alter(&next)
	tag, err := b.store.PutIf(ctx, pointerKey, next.encode(), b.tag)
	if err != nil {
		tag, err = b.settle(ctx, next, err)
	}
	if err != nil {
		b.lost = err
		return err
	}
	b.tag, b.pointer = tag, next
	return nil
}

// settle finds out what became of a put whose answer was lost or which was refused: it may have been done, or an earlier renewal may.
func (b *bucket) settle(ctx context.Context, next pointer, failed error) (tag string, err error) {
	is, tag, err := b.read(ctx)
	switch {
	case err != nil:
		return "", fault.Hinted("careshare status tells whether the change was made", "change %s: the outcome is not known: %w", b.store, errors.Join(failed, err))
	case bytes.Equal(is.encode(), next.encode()):
		return tag, nil
	case is.Audit == b.pointer.Audit && is.Lease != nil && is.Lease.Holder == b.known.Holder:
		if tag, err = b.store.PutIf(ctx, pointerKey, next.encode(), tag); err == nil {
			return tag, nil
		}
		return "", err
	}
	return "", fault.Hinted("run again; nothing of this run was published", "change %s: another process has taken the lease over: %w", b.store, ErrLocked)
}

// mayDelete says whether the lease is surely held for long enough.
func (b *bucket) mayDelete() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lost == nil && (b.pointer.Lease == nil || b.pointer.Lease.Until.Sub(b.clock()) < leaseMargin) {
		return fmt.Errorf("delete from %s: the lease has run out", b.store)
	}
	return b.lost
}

// take takes the lease, brings the copy up to date and keeps the lease until leave.
func (l *Lake) take(ctx context.Context) error {
	b := l.bucket
	if err := l.readCopyOf(true); err != nil {
		return err
	}
	if err := b.acquire(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.renew(ctx)
	}()
	b.stop = func() { cancel(); <-done }
	if err := l.pull(ctx, b.now()); err != nil {
		return errors.Join(err, l.leave())
	}
	return nil
}

// leave gives the lease back. Where that fails it runs out.
func (l *Lake) leave() error {
	b := l.bucket
	if b.stop == nil {
		return nil
	}
	b.stop()
	b.stop = nil
	if b.lost != nil {
		return nil // said when it was lost
	}
	return b.change(context.Background(), func(p *pointer) { p.Lease = nil })
}

// commit makes what the log now says the bucket's: the log's object first, then the pointer.
func (l *Lake) commit(ctx context.Context, log *audit.Log) error {
	b := l.bucket
	data, err := os.ReadFile(audit.LogPath(l.audit()))
	if err != nil {
		return fault.Explain("read audit log", err)
	}
	was, root := b.now().Audit, log.Root()
	stored := storedLog{Root: root, Key: fmt.Sprintf("audit/%08d-%x.ndjson", root.Size, root.Hash[:8])}
	if err := b.store.Upload(ctx, stored.Key, audit.LogPath(l.audit()), disk.SHA256(data)); err != nil {
		return err
	}
	newest := log.Newest()
	err = b.change(ctx, func(p *pointer) {
		p.Audit, p.Snapshot, p.Manifest = stored, "", ""
		if newest != "" {
			p.Snapshot, p.Manifest = "snapshots/"+newest, log.Published()[newest]
		}
	})
	if err != nil {
		return err
	}
	b.known.Seen = root
	if err := l.writeCopyOf(); err != nil {
		return err
	}
	if was.Key == "" || was.Key == stored.Key {
		return nil
	}
	_ = b.store.Delete(ctx, was.Key) // else the next start sweeps it
	return nil
}
