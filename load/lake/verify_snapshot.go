package lake

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"

	"careshare/load/disk"

	"golang.org/x/sync/errgroup"
)

// verifySnapshot holds the folder to its manifest, and the manifest to the log.
func (v *verifier) verifySnapshot(ctx context.Context, s Snapshot, digest string, gone map[string]string) error {
	at := filepath.Join("snapshots", s.ID)
	if _, whole := gone[manifestName]; whole {
		v.found(at, "recorded as pruned and still there; the next run removes it")
		return nil
	}
	data, err := os.ReadFile(filepath.Join(s.Path, manifestName))
	if err != nil {
		v.found(filepath.Join(at, manifestName), "cannot be read")
		return nil
	}
	if v.log != nil && disk.SHA256(data) != digest {
		v.found(filepath.Join(at, manifestName), "not what the audit log says")
		return nil
	}
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		v.found(filepath.Join(at, manifestName), "not a manifest")
		return nil
	}
	v.verifyRoot(at, m)
	if contentDigest(m.Outputs) != m.Content {
		v.found(filepath.Join(at, manifestName), "content digest is not that of its outputs")
	}
	for _, d := range m.Datasets {
		if _, marked := m.Pseudonyms[d.Audience]; d.IsPseudonymised && !marked {
			v.found(filepath.Join(at, manifestName), "does not say which key made the pseudonyms of %s", d.Dataset)
		}
	}
	if err := v.verifyFolder(s, m, gone); err != nil {
		return err
	}
	return v.verifyFiles(ctx, s, m, gone)
}

// verifyRoot proves that today's log holds the log of the manifest's day, unchanged.
func (v *verifier) verifyRoot(at string, m Manifest) {
	if v.log == nil {
		return
	}
	if v.log.Extends(m.Audit) != nil {
		v.found(filepath.Join(at, manifestName), "the audit log is not the continuation of the one it was made under")
	}
}

// verifyFolder walks what is there: strays, modes, groups.
func (v *verifier) verifyFolder(s Snapshot, m Manifest, gone map[string]string) error {
	expected := map[string]bool{manifestName: true}
	for _, file := range m.Outputs {
		_, pruned := gone[file.Path]
		expected[file.Path] = !pruned
	}
	return filepath.WalkDir(s.Path, func(path string, entry fs.DirEntry, err error) error {
		at, _ := filepath.Rel(v.lake.path, path) // both absolute
		if err != nil {
			v.found(at, "cannot be read")
			return nil
		}
		inside, _ := filepath.Rel(s.Path, path)
		wanted, known := expected[filepath.ToSlash(inside)]
		info, err := entry.Info()
		switch {
		case err != nil:
			v.found(at, "cannot be read")
		case !entry.IsDir() && !known:
			v.found(at, "stray file")
		case !entry.IsDir() && !wanted:
			v.found(at, "recorded as pruned and still there; the next run removes it")
		case !entry.IsDir() && !info.Mode().IsRegular():
			v.found(at, "neither a file nor a folder")
		default:
			if rule := rights(m.Audiences).fault(inside, info); rule != "" {
				v.found(at, "%s", rule)
			}
		}
		return nil
	})
}

func (v *verifier) verifyFiles(ctx context.Context, s Snapshot, m Manifest, gone map[string]string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(disk.Parallel)
	for _, file := range m.Outputs {
		if hash, pruned := gone[file.Path]; pruned {
			if hash != file.SHA256 {
				v.found(filepath.Join("snapshots", s.ID, file.Path), "pruned as another file than it was")
			}
			continue
		}
		v.Files++
		group.Go(func() error {
			v.verifyFile(ctx, s, file)
			return ctx.Err()
		})
	}
	return group.Wait()
}

func (v *verifier) verifyFile(ctx context.Context, s Snapshot, want File) {
	at, path := filepath.Join("snapshots", s.ID, want.Path), filepath.Join(s.Path, filepath.FromSlash(want.Path))
	info, err := os.Lstat(path)
	if err != nil {
		v.add(Finding{Path: filepath.ToSlash(at), Rule: "missing", Follows: v.log == nil})
		return
	}
	v.mu.Lock()
	v.Bytes += info.Size()
	v.mu.Unlock()
	if info.Size() != want.Bytes {
		v.found(at, "%d bytes, not %d", info.Size(), want.Bytes)
		return
	}
	if want.Rows != nil {
		if rows, err := footerRows(path); err != nil {
			v.found(at, "%v", err)
		} else if rows != *want.Rows {
			v.found(at, "%d rows, not %d", rows, *want.Rows)
		}
	}
	if !v.options.ReadData {
		return
	}
	if digest, _, err := disk.HashFile(ctx, path); err != nil {
		v.found(at, "cannot be read")
	} else if digest != want.SHA256 {
		v.found(at, "not the bytes that were published")
	}
}
