package lake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"
)

// Recover puts right what a crash left, under the lock and before anything else is done: a torn append is completed,
// a publication that the log records is completed, and unfinished runs are swept with their private files. It
// returns what it did, a note a deed. A lake that is damaged rather than unfinished it leaves alone (ErrDamaged).
func (l *Lake) Recover(ctx context.Context) (notes []string, err error) {
	if err := l.mustBeLocked("recover lake"); err != nil {
		return nil, err
	}
	log, err := l.Log()
	if err != nil {
		return nil, err
	}
	if log.Torn {
		if err := l.trail.Complete(); err != nil {
			return nil, err
		}
		notes = append(notes, "the last append to the audit log was cut short and completed")
	}
	for _, mend := range []func(*audit.Log) ([]string, error){l.completeSwap, l.sweepSnapshots, l.completePrune, l.sweepRuns} {
		did, err := mend(log)
		if err != nil {
			return notes, fmt.Errorf("recover lake: %w", err)
		}
		notes = append(notes, did...)
		if err := ctx.Err(); err != nil {
			return notes, err
		}
	}
	if err := l.tell(log, notes); err != nil {
		return notes, err
	}
	swept, err := l.sweepBucket(ctx)
	return append(notes, swept...), err
}

// tell logs what was recovered, and that the runs which a crash ended have failed.
func (l *Lake) tell(log *audit.Log, notes []string) error {
	var entries []audit.Entry
	for _, note := range notes {
		entries = append(entries, audit.Entry{Event: audit.Recovered, Note: note})
	}
	for _, run := range log.Unended() {
		entries = append(entries, audit.Entry{Event: audit.Failed, Run: run, Note: "the process ended"})
	}
	if len(entries) == 0 {
		return nil
	}
	_, err := l.record(entries...)
	return err
}

// completeSwap leads readers to the newest snapshot that the log records.
func (l *Lake) completeSwap(log *audit.Log) ([]string, error) {
	id := log.Newest()
	target, err := l.readCurrent()
	if err != nil {
		return nil, err
	}
	if filepath.Base(target) == id || target == "" && id == "" {
		return nil, nil
	}
	manifest, err := os.ReadFile(filepath.Join(l.snapshots(), id, manifestName))
	if id == "" || err != nil || disk.SHA256(manifest) != log.Published()[id] {
		return nil, fault.Damaged("complete publication: the log and the snapshots do not agree")
	}
	if err := errors.Join(l.link(id), l.swap()); err != nil {
		return nil, fault.Explain("complete publication", err)
	}
	return []string{"the publication of " + id + " was completed"}, nil
}

// sweepSnapshots removes those of runs that began and never published. The one that readers have is never removed.
func (l *Lake) sweepSnapshots(log *audit.Log) (notes []string, err error) {
	snapshots, err := l.Snapshots()
	if err != nil {
		return nil, err
	}
	published := log.Published()
	target, err := l.readCurrent()
	if err != nil {
		return nil, err
	}
	for _, s := range snapshots {
		if _, told := published[s.ID]; told {
			continue
		}
		if !log.Started(s.ID) || s.ID == filepath.Base(target) {
			return nil, fault.Damaged("sweep snapshots: the audit log does not know " + s.ID)
		}
		if err := os.RemoveAll(s.Path); err != nil {
			return nil, fault.Explain("sweep snapshot", err)
		}
		notes = append(notes, "the unpublished snapshot "+s.ID+" was swept")
	}
	if err := os.Remove(l.current() + ".next"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fault.Explain("sweep snapshot", err)
	}
	return notes, nil
}

// sweepRuns wipes what unfinished runs left, health records first of all.
func (l *Lake) sweepRuns(*audit.Log) (notes []string, err error) {
	left, err := os.ReadDir(l.runs())
	if err != nil {
		return nil, fault.Explain("sweep runs", err)
	}
	for _, entry := range left {
		if err := os.RemoveAll(filepath.Join(l.runs(), entry.Name())); err != nil {
			return nil, fault.Explain("sweep runs", err)
		}
		notes = append(notes, "the unfinished run "+entry.Name()+" was swept")
	}
	return notes, nil
}
