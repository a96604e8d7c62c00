package lake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"careshare/load/audit"
)

// VerifyOptions say how much is read.
type VerifyOptions struct {
	ReadData bool    // hash every byte of every file, not only sizes, footers and modes
	Roots    []Noted // the log's roots of earlier days, kept elsewhere: the log must have grown from each
}

// Noted is a root that somebody kept outside the lake.
type Noted struct {
	Root string // its hash, or SIZE HASH
	By   string // who kept it
}

// Finding is one thing that is not as it should be: where and which rule, never a value.
type Finding struct {
	Path    string `json:"path"` // within the lake
	Rule    string `json:"rule"`
	Follows bool   `json:"follows,omitempty"` // missing, and only an audit log that can be believed could say whether retention removed it
}

// rank puts what is broken before what follows from it, and the log, which proves all else, before anything.
func (f Finding) rank() int {
	switch {
	case f.Follows:
		return 2
	case strings.HasPrefix(f.Path, "audit"):
		return 0
	}
	return 1
}

// Verification is what Verify read and found.
type Verification struct {
	Findings  []Finding  `json:"findings"` // those of the audit log first, then by path
	Snapshots int        `json:"snapshots"`
	Files     int        `json:"files"`
	Bytes     int64      `json:"bytes"` // of the files that are there
	Audit     audit.Root `json:"audit"` // the newest root: note it elsewhere, and no later log can leave an entry out
}

// Verify compares the lake with what its log and manifests say of it. Findings are not errors: an error means that it
// could not be finished. It changes nothing, but under the lock a sound log is told of it.
//
// A flipped byte of a file shows against its manifest, of a manifest against the log, of the log against its head and
// the manifests' roots, of the head against the log and its own spelling.
func Verify(ctx context.Context, l *Lake, o VerifyOptions) (Verification, error) {
	v := &verifier{lake: l, options: o}
	v.verifyLog()
	v.verifyNoted()
	v.verifyReviews()
	v.verifyWays()
	if err := v.verifySnapshots(ctx); err != nil {
		return v.Verification, fmt.Errorf("verify: %w", err)
	}
	if err := v.verifyBucket(ctx); err != nil {
		return v.Verification, fmt.Errorf("verify: %w", err)
	}
	slices.SortFunc(v.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule, b.Rule))
	})
	if v.log == nil || v.log.Torn || !l.lock.Locked() {
		return v.Verification, nil
	}
	count := int64(len(v.Findings))
	var err error
	v.Audit, err = l.record(audit.Entry{Event: audit.Verified, Findings: &count, Note: v.depth()})
	return v.Verification, err
}

type verifier struct {
	Verification
	lake    *Lake
	options VerifyOptions
	log     *audit.Log // null where it cannot be believed
	mu      sync.Mutex
}

func (v *verifier) depth() string {
	if v.options.ReadData {
		return "all data read"
	}
	return "sizes, footers and modes"
}

func (v *verifier) found(path, rule string, args ...any) {
	v.add(Finding{Path: filepath.ToSlash(path), Rule: fmt.Sprintf(rule, args...)})
}

func (v *verifier) add(f Finding) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.Findings = append(v.Findings, f)
}

// verifyWays holds the folders above the snapshots: others may at most pass through, and only to the snapshots.
func (v *verifier) verifyWays() {
	for path, most := range map[string]fs.FileMode{".": 0o755, "snapshots": through, "runs": 0o700, "audit": 0o700} {
		info, err := os.Stat(filepath.Join(v.lake.path, path))
		if err != nil {
			v.found(path, "cannot be read")
		} else if info.Mode().Perm()&^most != 0 {
			v.found(path, "mode is %04o, at most %04o", info.Mode().Perm(), most)
		}
	}
}

func (v *verifier) verifySnapshots(ctx context.Context) error {
	published, gone := map[string]string{}, map[string]map[string]string{}
	if v.log != nil {
		published, gone = v.log.Published(), v.log.Pruned()
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
	switch newest := v.log.Newest(); {
	case errors.Is(err, ErrNoSnapshot) && newest == "":
	case err != nil:
		v.found("current", "%v", err)
	case current.ID != newest:
		v.found("current", "is not the newest published snapshot; the next run completes it")
	}
}
