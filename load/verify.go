package load

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// VerifyOptions say how much is read.
type VerifyOptions struct {
	ReadData bool // hash every byte of every file, not only sizes, footers and modes
}

// Finding is one thing that is not as it should be: where and which rule, never a value.
type Finding struct {
	Path string `json:"path"` // within the lake
	Rule string `json:"rule"`
}

// Verification is what Verify read and found.
type Verification struct {
	Findings  []Finding `json:"findings"` // by path
	Snapshots int       `json:"snapshots"`
	Files     int       `json:"files"`
	Bytes     int64     `json:"bytes"` // of the files that are there
	Audit     Root      `json:"audit"` // the newest root: note it elsewhere, and no later log can leave an entry out
}

// Verify compares the lake with what its log and manifests say of it. Findings are not errors: an error means that it
// could not be finished. It changes nothing, but under the lock a sound log is told of it.
//
// A flipped byte of a file shows against its manifest, of a manifest against the log, of the log against its head and
// the manifests' roots, of the head against the log and its own spelling.
func Verify(ctx context.Context, l *Lake, o VerifyOptions) (Verification, error) {
	v := &verifier{lake: l, options: o}
	v.verifyLog()
	if err := v.verifySnapshots(ctx); err != nil {
		return v.Verification, fmt.Errorf("verify: %w", err)
	}
	slices.SortFunc(v.Findings, func(a, b Finding) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule, b.Rule)) })
	if v.log == nil || v.log.torn || !l.lock.Locked() {
		return v.Verification, nil
	}
	count := int64(len(v.Findings))
	var err error
	v.Audit, err = l.record(Entry{Event: Verified, Findings: &count, Note: v.depth()})
	return v.Verification, err
}

type verifier struct {
	Verification
	lake    *Lake
	options VerifyOptions
	log     *Log // null where it cannot be believed
	mu      sync.Mutex
}

func (v *verifier) depth() string {
	if v.options.ReadData {
		return "all data read"
	}
	return "sizes, footers and modes"
}

func (v *verifier) found(path, rule string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.Findings = append(v.Findings, Finding{Path: filepath.ToSlash(path), Rule: fmt.Sprintf(rule, args...)})
}

func (v *verifier) verifyLog() {
	log, err := v.lake.Log()
	if err != nil {
		v.found("audit", "%v", err)
	} else {
		v.log, v.Audit = log, log.Root()
		if log.torn {
			v.found("audit/log.ndjson", "the last append was cut short; the next run takes it back")
		}
	}
	entries, err := os.ReadDir(v.lake.audit())
	if err != nil {
		v.found("audit", "cannot be read")
	}
	for _, entry := range entries {
		path := filepath.Join("audit", entry.Name())
		if entry.Name() != "log.ndjson" && entry.Name() != "head.json" {
			v.found(path, "stray file")
		} else if info, err := entry.Info(); err != nil || info.Mode() != 0o600 {
			v.found(path, "not a file of mode 0600")
		}
	}
}

func (v *verifier) verifySnapshots(ctx context.Context) error {
	published, gone := map[string]string{}, map[string]map[string]string{}
	if v.log != nil {
		published, gone = v.log.published(), v.log.pruned()
		v.verifyCurrent()
	}
	onDisk, err := v.lake.Snapshots()
	if err != nil {
		return err
	}
	for _, s := range onDisk {
		v.Snapshots++
		manifest, told := published[s.ID]
		if !told && v.log != nil {
			v.found("snapshots/"+s.ID, "not in the audit log; the next run sweeps it")
			continue
		}
		delete(published, s.ID)
		if err := v.verifySnapshot(ctx, s, manifest, gone[s.ID]); err != nil {
			return err
		}
	}
	for id := range published {
		if _, pruned := gone[id][manifestName]; !pruned {
			v.found("snapshots/"+id, "missing")
		}
	}
	return nil
}

func (v *verifier) verifyCurrent() {
	current, err := v.lake.Current()
	switch newest := v.log.newest(); {
	case errors.Is(err, ErrNoSnapshot) && newest == "":
	case err != nil:
		v.found("current", "%v", err)
	case current.ID != newest:
		v.found("current", "is not the newest published snapshot; the next run completes it")
	}
}

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
	if v.log != nil && sum(data) != digest {
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
	proof, err := v.log.ProveExtension(m.Audit.Size)
	if err != nil || proof.Earlier != m.Audit || CheckExtension(proof) != nil {
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
	group.SetLimit(hands)
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
		v.found(at, "missing")
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
	if digest, _, err := hashFile(ctx, path); err != nil {
		v.found(at, "cannot be read")
	} else if digest != want.SHA256 {
		v.found(at, "not the bytes that were published")
	}
}
