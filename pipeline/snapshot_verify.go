package pipeline

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
	"careshare/pipeline/console"
	"careshare/reports"
)

// verification is what verify read and found.
type verification struct {
	lake.Verification
	all bool // each finding on a line of its own
}

func (v verification) Text(w io.Writer) {
	following := map[string]int{} // by snapshot
	for _, f := range v.Findings {
		if f.Follows && !v.all {
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
	fmt.Fprintf(w, "%s in %s, %s, %s\n", v.count(), reports.Counted(v.Snapshots, "snapshot"), reports.Counted(v.Files, "file"), reports.Counted(v.Bytes, "byte"))
	if v.Audit.Size > 0 {
		fmt.Fprintf(w, "audit log: %s, root %s\n", reports.Counted(v.Audit.Size, "entry"), v.Audit.Hash)
	}
}

// count tells what is broken from what may only look so since the audit log cannot be believed.
func (v verification) count() string {
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

// notedRoots are the root that the caller noted, and those that the witness's folder has.
func (c Config) notedRoots(o proofOptions) (roots []lake.Noted, err error) {
	signed, err := c.Witness.signedRoots()
	if err != nil {
		return nil, err
	}
	for _, s := range signed {
		roots = append(roots, lake.Noted{Root: fmt.Sprintf("%d %s", s.root.Size, s.root.Hash), By: s.name})
	}
	if o.root == "" {
		return roots, nil
	}
	noted, err := notedRoot(o.root, o.public, c.Witness)
	return append(roots, lake.Noted{Root: noted, By: "--root"}), err
}

// verifyLake holds the lock where it can, so that the log is told; while a run holds it, verify only looks. It mends nothing.
func verifyLake(ctx context.Context, p *console.Console, c Config, o lake.VerifyOptions) (lake.Verification, error) {
	l, err := lake.Open(c.Lake, p.Now)
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
