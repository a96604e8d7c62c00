package schedules

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Outcome is what became of one attempt: Done, Failed, or Due where it is put back without counting as a failure.
type Outcome struct {
	State  State
	Reason string // never a value of a person
}

// Options are what a Keeper works with.
type Options struct {
	Plan     Plan
	Holidays Holidays
	Ledger   *Ledger
	Clock    func() time.Time
	Carry    func(ctx context.Context, job Job, slot time.Time) Outcome // carries a job out for one slot
	By       string                                                     // this process, for the ledger
}

// Keeper keeps a plan's slots: it notices them, skips by policy, and carries out, one at a time.
type Keeper struct {
	Options
	schedules map[string]Schedule
}

// NewKeeper checks the plan and makes its schedules.
func NewKeeper(o Options) (*Keeper, error) {
	if err := o.Plan.Validate(o.Holidays); err != nil {
		return nil, err
	}
	k := &Keeper{Options: o, schedules: map[string]Schedule{}}
	for _, job := range o.Plan.Jobs {
		schedule, err := job.Schedule(o.Holidays)
		if err != nil {
			return nil, err
		}
		k.schedules[job.Name] = schedule
	}
	return k, nil
}

// Pass brings the ledger up to now and carries out what is ready until nothing is. It returns the entries that it
// wrote; ErrBusy where another process is at it.
func (k *Keeper) Pass(ctx context.Context) ([]Entry, error) {
	release, err := k.Ledger.hold()
	if err != nil {
		return nil, err
	}
	defer release()
	written, err := k.takeOver()
	for err == nil {
		var noticed []Entry
		noticed, err = k.notice()
		written = append(written, noticed...)
		job, slot, found := k.ready(func(Slot) bool { return true })
		if err != nil || !found || ctx.Err() != nil {
			break
		}
		var carried []Entry
		carried, err = k.carryOut(ctx, job, slot)
		written = append(written, carried...)
	}
	if err == nil {
		err = ctx.Err()
	}
	return written, err
}

// write appends entries of this process, of one moment.
func (k *Keeper) write(entries ...Entry) ([]Entry, error) {
	now := k.Clock().UTC()
	for i := range entries {
		entries[i].At, entries[i].By = now, k.By
	}
	if err := k.Ledger.Append(entries...); err != nil {
		return nil, err
	}
	return entries, nil
}

// takeOver fails what dead processes had claimed, so that it is tried again.
func (k *Keeper) takeOver() ([]Entry, error) {
	if err := k.Ledger.Refresh(); err != nil {
		return nil, err
	}
	var entries []Entry
	for _, name := range k.Ledger.jobs() {
		for _, slot := range k.Ledger.open(name) {
			if slot.State == Claimed {
				entries = append(entries, k.failed(k.job(name), slot, "its process ended before it did")...)
			}
		}
	}
	return k.write(entries...)
}

// job is the plan's, or one by that name alone where it has left the plan.
func (k *Keeper) job(name string) Job {
	if i := slices.IndexFunc(k.Plan.Jobs, func(j Job) bool { return j.Name == name }); i >= 0 {
		return k.Plan.Jobs[i]
	}
	return Job{Name: name}
}

// failed is a failed attempt, and the end of the slot where it was the last.
func (k *Keeper) failed(job Job, slot Slot, reason string) []Entry {
	wait, again := job.backoff(slot.Failures + 1)
	entry := Entry{Job: slot.Job, Slot: slot.At, State: Failed, Reason: reason}
	if again {
		entry.RetryAt = k.Clock().UTC().Add(wait)
		return []Entry{entry}
	}
	end := entry
	end.State, end.Reason = Skipped, fmt.Sprintf("gave up after %d attempts: %s", slot.Failures+1, reason)
	return []Entry{entry, end}
}

// carryOut claims a slot, does its job and writes down what became of it.
func (k *Keeper) carryOut(ctx context.Context, job Job, slot Slot) ([]Entry, error) {
	claimed, err := k.write(Entry{Job: slot.Job, Slot: slot.At, State: Claimed})
	if err != nil {
		return nil, err
	}
	end := []Entry{{Job: slot.Job, Slot: slot.At}}
	switch outcome := k.safely(ctx, job, slot.At); outcome.State {
	case Failed:
		end = k.failed(job, slot, outcome.Reason)
	case Due:
		end[0].State, end[0].Reason = Due, outcome.Reason
		if wait, _ := job.backoff(1); ctx.Err() == nil {
			end[0].RetryAt = k.Clock().UTC().Add(wait)
		}
	default:
		end[0].State, end[0].Reason = Done, outcome.Reason
	}
	ended, err := k.write(end...)
	return append(claimed, ended...), err
}

// safely turns a panic into a failure, so that one job does not end the others.
func (k *Keeper) safely(ctx context.Context, job Job, slot time.Time) (outcome Outcome) {
	defer func() {
		if recover() != nil {
			outcome = Outcome{Failed, "panicked"}
		}
	}()
	return k.Carry(ctx, job, slot)
}

// ready is the oldest slot that may be carried out now, of those wanted.
func (k *Keeper) ready(wanted func(Slot) bool) (job Job, slot Slot, found bool) {
	now := k.Clock()
	for _, j := range k.Plan.Jobs {
		if k.Ledger.Paused(j.Name) != "" {
			continue
		}
		for _, s := range k.Ledger.open(j.Name) {
			if wanted(s) && !s.RetryAt.After(now) && (!found || s.At.Before(slot.At)) {
				job, slot, found = j, s, true
			}
			if j.CatchUp == all && !s.Backfill {
				break // the others wait for their turn
			}
		}
	}
	return job, slot, found
}
