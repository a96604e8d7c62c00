package flow

import (
	"context"
	"errors"
	"os"

	"careshare/load/lake"
)

// Plan decides as a run does, in a scratch lake that is wiped; the real lake gives only what it remembers.
func (j *Job) Plan(ctx context.Context) (summary Summary, err error) {
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
	decided, err := j.decide(ctx, known, run)
	if err != nil {
		return Summary{}, err
	}
	return j.summarise(decided, lake.Snapshot{}), nil
}
