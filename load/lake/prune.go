package lake

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"careshare/load/agreement"
	"careshare/load/audit"
	"careshare/load/fault"
	"careshare/schedules/london"
)

// PruneOptions say how long files are kept.
type PruneOptions struct {
	Retention         agreement.Retention
	ConsentWindowDays int  // shared health records go when the last consent that they rest on has closed
	Plan              bool // only say what would go
}

// Removal is what retention takes from one snapshot.
type Removal struct {
	Run   string       `json:"run"`
	Whole bool         `json:"whole"` // nothing of the snapshot is left
	Files []audit.Held `json:"files"`
}

// Prune removes what retention no longer allows, from every snapshot but the current one, by the lake's clock. The log
// has it first, so that a crash in between is completed at the next start.
func Prune(ctx context.Context, l *Lake, o PruneOptions) ([]Removal, error) {
	if err := l.mustBeLocked("prune"); err != nil {
		return nil, err
	}
	log, err := l.Log()
	if err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	removals, err := l.expired(log, o)
	if err != nil || o.Plan || len(removals) == 0 {
		return removals, err
	}
	var entries []audit.Entry
	for _, r := range removals {
		entries = append(entries, audit.Entry{Event: audit.Pruned, Run: r.Run, Files: r.Files, Note: "retention"})
	}
	if _, err := l.record(entries...); err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if log, err = l.Log(); err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	if _, err = l.completePrune(log); err == nil {
		_, err = l.sweepBucket(ctx)
	}
	return removals, err
}

// expired are the files whose days have passed, by snapshot.
func (l *Lake) expired(log *audit.Log, o PruneOptions) (removals []Removal, err error) {
	snapshots, err := l.Snapshots()
	if err != nil || len(snapshots) == 0 {
		return nil, err
	}
	current, err := l.Current()
	if err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	published, pruned := log.Published(), log.Pruned()
	for _, s := range snapshots {
		digest, told := published[s.ID]
		if s == current || !told {
			continue
		}
		r, err := o.of(s, pruned[s.ID], digest, l.clock())
		if err != nil {
			return nil, err
		}
		if len(r.Files) > 0 {
			removals = append(removals, r)
		}
	}
	return removals, nil
}

// of is what goes of one snapshot. The manifest goes last, with the folder.
func (o PruneOptions) of(s Snapshot, gone map[string]string, digest string, now time.Time) (Removal, error) {
	m, err := s.Manifest()
	if err != nil {
		return Removal{}, fmt.Errorf("prune: %w", err)
	}
	asAt, err := london.In(m.AsAt)
	if err != nil {
		return Removal{}, err
	}
	r := Removal{Run: s.ID, Whole: true}
	for _, file := range m.Outputs {
		if _, already := gone[file.Path]; already {
			continue
		}
		if until := asAt.AddDate(0, 0, o.days(m, file.Path)); now.Before(until) {
			r.Whole = false
			continue
		}
		r.Files = append(r.Files, audit.Held{Path: file.Path, SHA256: file.SHA256})
	}
	if r.Whole {
		r.Files = append(r.Files, audit.Held{Path: manifestName, SHA256: digest})
	}
	return r, nil
}

// days is how long a file is kept after its snapshot's as-at time.
func (o PruneOptions) days(m Manifest, path string) int {
	parts := strings.Split(path, "/")
	health := slices.ContainsFunc(m.Datasets, func(d Disclosure) bool { return d.Path == path && d.Direction == "in" })
	switch {
	case parts[0] == "raw":
		return o.Retention.RawDays
	case health:
		return min(o.Retention.SharedHealthDays, o.ConsentWindowDays)
	case len(parts) > 1 && (parts[1] == "returns" || parts[1] == "audit"):
		return o.Retention.ReturnsDays
	}
	return o.Retention.SnapshotsDays
}

// completePrune removes what the log says was pruned and is still there.
func (l *Lake) completePrune(log *audit.Log) (notes []string, err error) {
	for run, files := range log.Pruned() {
		s := l.snapshot(run)
		if _, err := os.Stat(s.Path); err != nil {
			continue
		}
		removed, err := s.remove(files)
		if err != nil {
			return notes, fault.Explain("prune "+run, err)
		}
		if removed > 0 {
			notes = append(notes, "the pruning of "+run+" was completed")
		}
	}
	slices.Sort(notes)
	return notes, nil
}

func (s Snapshot) remove(files map[string]string) (removed int, err error) {
	if _, whole := files[manifestName]; whole {
		return len(files), os.RemoveAll(s.Path)
	}
	for path := range files {
		switch err := os.Remove(filepath.Join(s.Path, filepath.FromSlash(path))); {
		case err == nil:
			removed++
		case !os.IsNotExist(err):
			return removed, err
		}
	}
	if removed == 0 {
		return 0, nil
	}
	return removed, removeEmpty(s.Path)
}
