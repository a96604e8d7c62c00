package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/reports"
)

// Verification is what verify read and found.
type Verification struct {
	lake.Verification
	All bool `json:"-"` // each finding on a line of its own
}

func (v Verification) Text(w io.Writer) {
	following := map[string]int{} // by snapshot
	for _, f := range v.Findings {
		if f.Follows && !v.All {
			parts := strings.Split(f.Path, "/")
			following[path.Join(parts[:2]...)]++
			continue
		}
		fmt.Fprintf(w, "%s: %s\n", f.Path, f.Rule)
	}
	for _, snapshot := range slices.Sorted(maps.Keys(following)) {
		fmt.Fprintf(w, "%s: %s missing; which of them retention removed only a sound audit log could say (--all lists them)\n",
			snapshot, reports.Counted(following[snapshot], "file"))
	}
	fmt.Fprintf(w, "%s in %s, %s, %s\n", v.Count(), reports.Counted(v.Snapshots, "snapshot"), reports.Counted(v.Files, "file"), reports.Counted(v.Bytes, "byte"))
	if v.Audit.Size > 0 {
		fmt.Fprintf(w, "audit log: %s, root %s\n", reports.Counted(v.Audit.Size, "entry"), v.Audit.Hash)
	}
}

// Count tells what is broken from what may only look so since the audit log cannot be believed.
func (v Verification) Count() string {
	follow := 0
	for _, f := range v.Findings {
		if f.Follows {
			follow++
		}
	}
	words := reports.Counted(len(v.Findings)-follow, "finding")
	if follow > 0 {
		words += fmt.Sprintf(", and %d that follow from the audit log's,", follow)
	}
	return words
}

// NotedRoots are the root that the caller noted, and those that the witness's folder has.
func NotedRoots(c config.Config, o ProofOptions) (roots []lake.Noted, err error) {
	signed, err := signedRoots(c.Witness)
	if err != nil {
		return nil, err
	}
	for _, s := range signed {
		roots = append(roots, lake.Noted{Root: fmt.Sprintf("%d %s", s.root.Size, s.root.Hash), By: s.name})
	}
	if o.Root == "" {
		return roots, nil
	}
	noted, err := notedRoot(o.Root, o.Public, c.Witness)
	return append(roots, lake.Noted{Root: noted, By: "--root"}), err
}

// VerifyLake holds the lock where it can, so that the log is told; while a run holds it, verify only looks. It mends nothing.
func VerifyLake(ctx context.Context, p *console.Console, c config.Config, o lake.VerifyOptions) (lake.Verification, error) {
	l, err := c.OpenLake(p.Now)
	if err != nil {
		return lake.Verification{}, err
	}
	if err := l.Lock(); err == nil {
		defer l.Unlock()
	} else if !errors.Is(err, lake.ErrLocked) {
		return lake.Verification{}, err
	}
	return lake.Verify(ctx, l, o)
}
