package lake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"careshare/load/agreement"
	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"
)

// Publication is all that a manifest says beside the files themselves.
type Publication struct {
	Versions  Versions
	Audiences map[string]agreement.Access
	Inputs    []Input
	Checks    []Check
	Staged    Staged
	from      string            // the snapshot that this one was made from, without a run; else empty
	unchanged map[string]string // path -> SHA-256 of files taken over from it
}

// step is one step of publishing. A crash after any of them leaves a lake that Recover puts right:
//
//	seal  nothing to be seen: the run is swept
//	move  the snapshot stands, but neither the log nor current knows it: it is swept
//	link  as move
//	upload (of a lake in a bucket) as move; the bucket's next start removes the objects
//	log   the log says published: the next start swaps current and says so (recovered)
//	swap  done
//
// Readers follow current, so they see the old snapshot until swap and the new one after it. The log is written just
// before: nothing is ever read that it does not tell of.
type step struct {
	name string
	do   func() error
}

type publication struct {
	Publication
	run      *Run
	manifest []byte
	content  string
	outputs  map[string]File
}

// Publish makes the run's folders the current snapshot, whole, or leaves the old one. It refuses sums that do not
// balance and checks that block. What a failed step left End takes back, once it has made room.
func (r *Run) Publish(ctx context.Context, p Publication) (Snapshot, error) {
	if err := p.mayBePublished(); err != nil {
		return Snapshot{}, err
	}
	if err := r.carryOut(r.steps(ctx, p)); err != nil {
		return Snapshot{}, err
	}
	return r.lake.snapshot(r.ID), nil
}

func (r *Run) carryOut(steps []step) error {
	for _, step := range steps {
		if err := step.do(); err != nil {
			r.failedAt = "publish: " + step.name
			return fault.Explain(r.failedAt, err)
		}
	}
	r.told = true
	return nil
}

func (p Publication) mayBePublished() error {
	for _, check := range p.Checks {
		if check.Severity == "block" && check.Bad > 0 {
			return fmt.Errorf("publish: check %s found %d rows", check.Name, check.Bad)
		}
	}
	return balanced(p.Staged.Conservation)
}

func (r *Run) steps(ctx context.Context, p Publication) []step {
	state := &publication{Publication: p, run: r}
	steps := []step{
		{"seal", func() error { return state.seal(ctx) }},
		{"move", state.move},
		{"link", func() error { return r.lake.link(r.ID) }},
	}
	if r.lake.bucket != nil {
		steps = append(steps, step{"upload", func() error { return state.upload(ctx) }})
	}
	return append(steps, step{"log", state.log}, step{"swap", r.lake.swap})
}

// seal grants the rights, measures every file, writes the manifest and has all of it safe on disk.
func (p *publication) seal(ctx context.Context) error {
	r := p.run
	if err := removeEmpty(r.snapshot); err != nil {
		return err
	}
	outputs, err := measure(ctx, r.snapshot)
	if err != nil {
		return err
	}
	p.outputs = map[string]File{}
	for _, file := range outputs {
		p.outputs[file.Path] = file
		if was, taken := p.unchanged[file.Path]; taken && was != file.SHA256 {
			return fault.Damaged(file.Path + " is not what its manifest says")
		}
	}
	if err := p.mayLeave(); err != nil {
		return err
	}
	p.content = contentDigest(outputs)
	manifest := Manifest{
		Run: r.ID, AsAt: r.AsAt, From: p.from, Versions: p.Versions, Audiences: p.Audiences, Inputs: p.Inputs,
		Datasets: p.Staged.Datasets, Withheld: p.Staged.Withheld, Conservation: p.Staged.Conservation, Checks: p.Checks,
		Outputs: outputs, Content: p.content, Audit: r.Audit,
		Promises: p.Staged.Promises, Pseudonyms: p.Staged.Pseudonyms,
	}
	if p.manifest, err = manifest.encode(); err != nil {
		return err
	}
	if err := disk.WriteWhole(filepath.Join(r.snapshot, manifestName), p.manifest); err != nil {
		return err
	}
	if err := rights(p.Audiences).grant(r.snapshot); err != nil {
		return err
	}
	return disk.SyncTree(ctx, r.snapshot)
}

// mayLeave holds the files to what was staged: nothing lies under trusted/ that no dataset names, none is missing.
func (p *publication) mayLeave() error {
	named := map[string]bool{}
	for _, d := range p.Staged.Datasets {
		named[d.Path] = true
		if _, there := p.outputs[d.Path]; !there {
			return fmt.Errorf("dataset %s has no file", d.Dataset)
		}
	}
	for path := range p.outputs {
		zone, _, _ := strings.Cut(path, "/")
		known := slices.Contains([]string{"raw", "quarantine", "refined", "trusted", "reports"}, zone)
		if !known || zone == "trusted" && !named[path] {
			return fmt.Errorf("%s was not staged", path)
		}
	}
	return nil
}

// removeEmpty drops folders that hold nothing, deepest first, so that a snapshot is its files.
func removeEmpty(root string) error {
	entries, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		folder := filepath.Join(root, entry.Name())
		if err := removeEmpty(folder); err != nil {
			return err
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
			continue
		}
		if err := os.Remove(folder); err != nil {
			return err
		}
	}
	return nil
}

// move puts the snapshot among the others; no reader is led to it yet.
func (p *publication) move() error {
	lake := p.run.lake
	if err := lake.letThrough(p.Audiences); err != nil {
		return err
	}
	if err := os.Rename(p.run.snapshot, filepath.Join(lake.snapshots(), p.run.ID)); err != nil {
		return err
	}
	return errors.Join(disk.SyncPath(p.run.folder), disk.SyncPath(lake.snapshots()))
}

// link prepares the new current beside the old one, so that only a rename is left after the log was written.
func (l *Lake) link(id string) error {
	next := l.current() + ".next"
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Symlink(filepath.Join("snapshots", id), next); err != nil {
		return err
	}
	return disk.SyncPath(l.path)
}

// log tells, in one append that is whole or nothing, what is given to whom and that it is.
func (p *publication) log() error {
	var entries []audit.Entry
	for _, d := range p.Staged.Datasets {
		entries = append(entries, audit.Entry{
			Event: audit.Disclosed, Run: p.run.ID, Dataset: d.Dataset, Direction: d.Direction, Audience: d.Audience, Purpose: d.Purpose,
			LegalBases: d.LegalBases, Rows: &d.Rows, People: d.People, Agreement: p.Versions.Agreement,
			RowsRoot: d.RowsRoot, Files: []audit.Held{{Path: d.Path, SHA256: p.outputs[d.Path].SHA256}},
		})
	}
	for _, w := range p.Staged.Withheld {
		entries = append(entries, audit.Entry{
			Event: audit.KeptBack, Run: p.run.ID, Dataset: w.Dataset, Gate: w.Gate, Reason: w.Reason, Rows: &w.Rows, People: &w.People,
		})
	}
	entries = append(entries, audit.Entry{
		Event: audit.Published, Run: p.run.ID, From: p.from, Agreement: p.Versions.Agreement, Manifest: disk.SHA256(p.manifest), Content: p.content,
	})
	_, err := p.run.lake.record(entries...)
	return err
}

// swap leads the readers to the new snapshot. Whether the rename is safe on disk already does not matter: the log is,
// and the next start would swap again.
func (l *Lake) swap() error {
	if err := os.Rename(l.current()+".next", l.current()); err != nil {
		return err
	}
	_ = disk.SyncPath(l.path)
	return nil
}
