package lake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"

	"golang.org/x/sync/errgroup"
)

// pull makes the copy what the bucket's pointer says: the log, the reviews and the snapshots that it lists, and nothing else.
func (l *Lake) pull(ctx context.Context, p pointer) error {
	log, err := l.pullLog(ctx, p)
	if err != nil {
		return fmt.Errorf("copy %s: %w", l.bucket.store, err)
	}
	if newest := log.Newest(); newest != strings.TrimPrefix(p.Snapshot, "snapshots/") || log.Published()[newest] != p.Manifest {
		return fault.Damaged("copy " + l.bucket.store.String() + ": the pointer names another snapshot than the audit log")
	}
	for _, held := range reviewsOf(log) {
		if err := l.pullFile(ctx, held.Path, held.SHA256); err != nil {
			return err
		}
	}
	if err := l.pullSnapshots(ctx, log); err != nil {
		return fmt.Errorf("copy %s: %w", l.bucket.store, err)
	}
	if err := l.pointCopy(log.Newest()); err != nil || l.bucket.known.IsWhole {
		return err
	}
	l.bucket.known.IsWhole = true
	return l.writeCopyOf()
}

// pullLog brings the log. It must have grown from the one that this copy saw last: a bucket that was set back could have lost a refusal.
func (l *Lake) pullLog(ctx context.Context, p pointer) (*audit.Log, error) {
	if log, err := l.trail.Read(); err == nil && !log.Torn && log.Root() == p.Audit.Root {
		return log, nil
	}
	var data []byte
	if p.Audit.Key != "" {
		var err error
		if data, _, err = l.bucket.store.Get(ctx, p.Audit.Key); err != nil {
			return nil, err
		}
	}
	log, err := l.trail.Restore(data, p.Audit.Root, l.bucket.known.Seen)
	if err != nil {
		return nil, err
	}
	l.bucket.known.Seen = p.Audit.Root
	return log, l.writeCopyOf()
}

func reviewsOf(log *audit.Log) (held []audit.Held) {
	for _, entry := range log.Entries {
		if entry.Event == audit.Reviewed {
			held = append(held, entry.Files...)
		}
	}
	return held
}

// pullFile brings a file of the lake unless the copy has the right one.
func (l *Lake) pullFile(ctx context.Context, key, digest string) error {
	file := filepath.Join(l.path, filepath.FromSlash(key))
	if there, _, err := disk.HashFile(ctx, file); err == nil && there == digest {
		return nil
	}
	return l.download(ctx, key, file, digest)
}

func (l *Lake) download(ctx context.Context, key, file, digest string) error {
	got, err := l.bucket.store.Download(ctx, key, file)
	if err != nil {
		return fault.Explain("copy "+key, err)
	}
	if got != digest {
		return errors.Join(fault.Damaged(key+" in "+l.bucket.store.String()+" is not what the lake says"), os.Remove(file))
	}
	return nil
}

func (l *Lake) pullSnapshots(ctx context.Context, log *audit.Log) error {
	published, pruned := log.Published(), log.Pruned()
	for run := range pruned {
		if _, whole := pruned[run][manifestName]; whole {
			delete(published, run)
		}
	}
	here, err := l.Snapshots()
	if err != nil {
		return err
	}
	for _, s := range here {
		if _, known := published[s.ID]; !known {
			if err := os.RemoveAll(s.Path); err != nil {
				return fault.Explain("sweep copy", err)
			}
		}
	}
	for _, run := range slices.Sorted(maps.Keys(published)) {
		if err := l.pullSnapshot(ctx, l.snapshot(run), published[run], pruned[run]); err != nil {
			return err
		}
	}
	return nil
}

// pullSnapshot brings a snapshot's files that the copy lacks. Their sizes are compared, and of those that come the bytes; verify
// --read-data reads all.
func (l *Lake) pullSnapshot(ctx context.Context, s Snapshot, manifest string, pruned map[string]string) error {
	key := "snapshots/" + s.ID + "/"
	if err := disk.MakeFolder(s.Path); err != nil {
		return fault.Explain("copy snapshot", err)
	}
	if err := l.pullFile(ctx, key+manifestName, manifest); err != nil {
		return err
	}
	m, err := s.Manifest()
	if err != nil {
		return err
	}
	group, sub := errgroup.WithContext(ctx)
	group.SetLimit(atATime)
	brought := false
	for _, output := range m.Outputs {
		file := filepath.Join(s.Path, filepath.FromSlash(output.Path))
		info, err := os.Lstat(file)
		_, isGone := pruned[output.Path]
		switch {
		case isGone && err == nil:
			if err := os.Remove(file); err != nil {
				return errors.Join(fault.Explain("sweep copy", err), group.Wait())
			}
		case !isGone && (err != nil || info.Size() != output.Bytes):
			brought = true
			group.Go(func() error { return l.download(sub, key+output.Path, file, output.SHA256) })
		}
	}
	if err := group.Wait(); err != nil || !brought {
		return err
	}
	if err := l.letThrough(m.Audiences); err != nil {
		return fault.Explain("copy snapshot", err)
	}
	return fault.Explain("copy snapshot", rights(m.Audiences).grant(s.Path))
}

// pointCopy has the copy's readers follow the newest snapshot.
func (l *Lake) pointCopy(newest string) error {
	target, err := l.readCurrent()
	switch {
	case err != nil:
		return err
	case newest == "" && target == "":
		return nil
	case newest == "":
		return fault.Explain("point copy", os.Remove(l.current()))
	case target == filepath.Join("snapshots", newest):
		return nil
	}
	return fault.Explain("point copy", errors.Join(l.link(newest), l.swap()))
}

// upload puts a snapshot's files into the bucket, the manifest last. No reader is led to them before the pointer is changed.
func (p *publication) upload(ctx context.Context) error {
	l := p.run.lake
	s := l.snapshot(p.run.ID)
	group, sub := errgroup.WithContext(ctx)
	group.SetLimit(atATime)
	for _, output := range p.outputs {
		group.Go(func() error {
			return l.bucket.store.Upload(sub, "snapshots/"+s.ID+"/"+output.Path, filepath.Join(s.Path, filepath.FromSlash(output.Path)), output.SHA256)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return l.bucket.store.Upload(ctx, "snapshots/"+s.ID+"/"+manifestName, filepath.Join(s.Path, manifestName), disk.SHA256(p.manifest))
}

// uploadReviews puts the decisions that entries name into the bucket.
func (l *Lake) uploadReviews(ctx context.Context, entries []audit.Entry) error {
	for _, entry := range entries {
		if entry.Event != audit.Reviewed {
			continue
		}
		for _, held := range entry.Files {
			if err := l.bucket.store.Upload(ctx, held.Path, filepath.Join(l.path, filepath.FromSlash(held.Path)), held.SHA256); err != nil {
				return err
			}
		}
	}
	return nil
}

// wanted are the objects that the lake consists of, by key, with their files' sizes and hashes as far as they are known.
func (l *Lake) wanted(p pointer, log *audit.Log) (map[string]File, error) {
	wanted := map[string]File{pointerKey: {}}
	if p.Audit.Key != "" {
		wanted[p.Audit.Key] = File{}
	}
	for _, held := range reviewsOf(log) {
		wanted[held.Path] = File{SHA256: held.SHA256}
	}
	pruned := log.Pruned()
	for run, digest := range log.Published() {
		if _, whole := pruned[run][manifestName]; whole {
			continue
		}
		key := "snapshots/" + run + "/"
		wanted[key+manifestName] = File{SHA256: digest}
		m, err := l.snapshot(run).Manifest()
		if err != nil {
			return nil, err
		}
		for _, output := range m.Outputs {
			if _, isGone := pruned[run][output.Path]; !isGone {
				wanted[key+output.Path] = output
			}
		}
	}
	return wanted, nil
}

// sweepBucket removes the objects that nothing names: of runs that never published, and of what retention took.
func (l *Lake) sweepBucket(ctx context.Context) (notes []string, err error) {
	if l.bucket == nil {
		return nil, nil
	}
	log, err := l.Log()
	if err != nil {
		return nil, err
	}
	wanted, err := l.wanted(l.bucket.now(), log)
	if err != nil {
		return nil, err
	}
	objects, err := l.bucket.store.List(ctx, "")
	if err != nil {
		return nil, err
	}
	swept := 0
	for _, object := range objects {
		folder, _, _ := strings.Cut(object.Key, "/")
		if _, named := wanted[object.Key]; named || !slices.Contains([]string{"snapshots", "audit", "reviews"}, folder) {
			continue
		}
		if err := l.bucket.mayDelete(); err != nil {
			return nil, err
		}
		if err := l.bucket.store.Delete(ctx, object.Key); err != nil {
			return nil, err
		}
		swept++
	}
	if swept == 0 {
		return nil, nil
	}
	return []string{fmt.Sprintf("%d objects that no snapshot names were removed from %s", swept, l.bucket.store)}, nil
}

// verifyBucket compares the bucket with the log and the manifests.
func (v *verifier) verifyBucket(ctx context.Context) error {
	if v.lake.bucket == nil || v.log == nil {
		return nil
	}
	p, _, err := v.lake.bucket.read(ctx)
	if err != nil {
		return err
	}
	if p.Audit.Root != v.log.Root() {
		v.found(pointerKey, "names another audit log than the one that was read; a run may have changed it, so verify again")
		return nil
	}
	wanted, err := v.lake.wanted(p, v.log)
	if err != nil {
		v.found("snapshots", "cannot be read, so the bucket was not compared")
		return nil
	}
	objects, err := v.lake.bucket.store.List(ctx, "")
	if err != nil {
		return err
	}
	group, sub := errgroup.WithContext(ctx)
	group.SetLimit(atATime)
	for _, object := range objects {
		want, named := wanted[object.Key]
		delete(wanted, object.Key)
		switch at := v.lake.Address() + "/" + object.Key; {
		case !named:
			v.found(at, "stray object")
		case want.Path != "" && object.Bytes != want.Bytes:
			v.found(at, "%d bytes, not %d", object.Bytes, want.Bytes)
		case v.options.ReadData && want.SHA256 != "":
			group.Go(func() error {
				digest, _, err := v.lake.bucket.store.Hash(sub, object.Key)
				if err == nil && digest != want.SHA256 {
					v.found(at, "not the bytes that were published")
				}
				return err
			})
		}
	}
	for key := range wanted {
		v.found(v.lake.Address()+"/"+key, "missing")
	}
	return group.Wait()
}
