// Package flow carries a run out, from the sources to the published snapshot.
package flow

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/exit"
	"careshare/pipeline/snapshot"
)

// Run is the mission: extract, resolve, scope, consent, share, report, publish. Whatever fails before publish, readers
// keep the snapshot that they have.
func (j *Job) Run(ctx context.Context) (summary Summary, err error) {
	l, err := snapshot.LockLake(ctx, j.Console, j.Config)
	if err != nil {
		return Summary{}, err
	}
	defer l.Unlock()
	if err := j.MayBecomeCurrent(l); err != nil {
		return Summary{}, err
	}
	j.askOrWarn(ctx, l) // what a crash kept the last run from asking
	if err := l.MakeKey(rand.Reader); err != nil {
		return Summary{}, err
	}
	run, err := l.Begin(j.AsAt)
	if err != nil {
		return Summary{}, err
	}
	defer func() { err = errors.Join(err, run.End(j.at)) }()
	known, err := j.remember(ctx, l)
	if err != nil {
		return Summary{}, err
	}
	w := &work{run: run, known: known}
	defer w.close()
	err = runUntilError(
		func() error { return j.extract(ctx, w) },
		func() error { return j.resolveScopeConsent(ctx, w) },
		func() error { return j.share(ctx, w) },
		func() error { return j.report(ctx, w) },
		func() error { return j.publish(ctx, w) },
	)
	if err != nil {
		return Summary{}, err
	}
	summary = j.summarise(w)
	err = j.follow(ctx, l, &summary)
	return summary, err
}

// MayBecomeCurrent refuses to publish for an earlier moment than readers have, unless the caller says so: what a run
// publishes becomes current, is delivered to CP-IS and is what the next run remembers.
func (j *Job) MayBecomeCurrent(l *lake.Lake) error {
	current, err := l.Current()
	if j.Older || errors.Is(err, lake.ErrNoSnapshot) {
		return nil
	}
	if err != nil {
		return err
	}
	manifest, err := current.Manifest()
	if err != nil || !j.AsAt.Before(manifest.AsAt) {
		return err
	}
	return exit.Usage(fault.WithHint(fmt.Errorf("readers have a snapshot of a later moment, %s", current.ID),
		"careshare report makes an old snapshot's reports again; --older publishes for the earlier moment all the same"))
}

// publish makes the run's snapshot the current one.
func (j *Job) publish(ctx context.Context, w *work) (err error) {
	j.step("publish")
	w.snapshot, err = w.run.Publish(ctx, j.publication(w))
	return err
}

// follow does what comes after publishing. Whatever of it fails, readers have the new snapshot, and the next run does it.
func (j *Job) follow(ctx context.Context, l *lake.Lake, summary *Summary) error {
	j.step("deliver")
	delivered := deliver(l, j.Config.CPIS.Outbox)
	j.step("ask the trace service")
	summary.TraceRequest = j.askOrWarn(ctx, l)
	j.step("prune")
	_, err := snapshot.Prune(ctx, l, j.Config, j.agreement, false)
	j.step("witness")
	return errors.Join(delivered, err, snapshot.WitnessPublication(j.Console, j.Config, l))
}
