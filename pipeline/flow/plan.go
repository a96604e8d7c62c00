package flow

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"careshare/load/lake"
)

// Plan decides as a run does, in a scratch lake that is wiped; the real lake gives only what it remembers. Against the current
// snapshot it also lists whose decisions would change, whether or not a safeguard is breached.
func (j *Job) Plan(ctx context.Context, againstCurrent bool) (summary Summary, err error) {
	folder, err := os.MkdirTemp("", "careshare-plan-")
	if err != nil {
		return Summary{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	scratch, err := lake.Open(folder, j.Now)
	if err != nil {
		return Summary{}, err
	}
	if err := scratch.Lock(); err != nil {
		return Summary{}, err
	}
	defer scratch.Unlock()
	run, err := scratch.Begin(j.AsAt)
	if err != nil {
		return Summary{}, err
	}
	known, err := j.Recall(ctx)
	if err != nil {
		return Summary{}, err
	}
	if againstCurrent {
		if j.accepted, err = safeguardNames(j.Config); err != nil {
			return Summary{}, err
		}
	}
	w := &work{run: run, known: known}
	defer w.close()
	err = runUntilError(
		func() error { return j.extract(ctx, w) },
		func() error { return j.resolveScopeConsent(ctx, w) },
		func() error { return j.share(ctx, w) },
	)
	if err != nil {
		return Summary{}, err
	}
	summary = j.summarise(w)
	if againstCurrent {
		summary.Changes, err = j.changedDecisions(ctx, w.staged.Datasets, filepath.Dir(run.Trusted))
	}
	return summary, err
}
