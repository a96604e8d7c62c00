package schedules

import (
	"fmt"
	"time"
)

// notice brings the ledger up to now: jobs that came, changed or left, slots that came due, and what policy skips.
func (k *Keeper) notice() ([]Entry, error) {
	if err := k.Ledger.Refresh(); err != nil {
		return nil, err
	}
	came, err := k.came(k.Clock())
	if err != nil {
		return nil, err
	}
	written, err := k.write(came...)
	if err != nil {
		return written, err
	}
	skipped, err := k.write(k.skips(k.Clock())...)
	return append(written, skipped...), err
}

// came is what time and the plan brought since the ledger last looked.
func (k *Keeper) came(now time.Time) (entries []Entry, err error) {
	for _, job := range k.Plan.Jobs {
		r := k.Ledger.record(job.Name)
		switch {
		case r.active && r.timing == job.Timing:
			entries = append(entries, r.slotsUpTo(now, job.Name, k.schedules[job.Name])...)
			continue
		case r.active: // its old timing held until now
			if entries, err = k.byOldTiming(entries, job.Name, now); err != nil {
				return nil, err
			}
		}
		timing := job.Timing
		entries = append(entries, Entry{Job: job.Name, State: Added, Timing: &timing})
	}
	for _, name := range k.Ledger.jobs() {
		if _, planned := k.schedules[name]; planned || !k.Ledger.record(name).active {
			continue
		}
		if entries, err = k.byOldTiming(entries, name, now); err != nil {
			return nil, err
		}
		entries = append(entries, Entry{Job: name, State: Removed})
	}
	return entries, nil
}

func (k *Keeper) byOldTiming(entries []Entry, name string, now time.Time) ([]Entry, error) {
	r := k.Ledger.record(name)
	schedule, err := r.timing.Schedule(k.Holidays)
	if err != nil {
		return nil, fmt.Errorf("job %s: the timing in the ledger: %w", name, err)
	}
	return append(entries, r.slotsUpTo(now, name, schedule)...), nil
}

// slotsUpTo are the slots that the ledger does not have yet; those of a pause are skipped from the first.
func (r *record) slotsUpTo(now time.Time, job string, schedule Schedule) (entries []Entry) {
	for at := schedule.Next(r.seen); !at.IsZero() && !at.After(now); at = schedule.Next(at) {
		entry := Entry{Job: job, Slot: at, State: Due}
		if reason := r.pausedAt(at); reason != "" {
			entry.State, entry.Reason = Skipped, "paused: "+reason
		}
		entries = append(entries, entry)
	}
	return entries
}

// skips are the open slots that policy ends: too old, overtaken by a newer one, or of a job that has left the plan.
func (k *Keeper) skips(now time.Time) (entries []Entry) {
	for _, name := range k.Ledger.jobs() {
		job, slots, active := k.job(name), k.Ledger.open(name), k.Ledger.record(name).active
		for _, slot := range slots {
			if reason := reasonToSkip(job, active, slot, slots, now); reason != "" {
				entries = append(entries, Entry{Job: name, Slot: slot.At, State: Skipped, Reason: reason})
			}
		}
	}
	return entries
}

func reasonToSkip(job Job, active bool, slot Slot, open []Slot, now time.Time) string {
	limit, newest := job.staleAfter(), open[len(open)-1]
	switch {
	case !active:
		return "the job has left the plan"
	case slot.Backfill:
		return ""
	case limit > 0 && now.Sub(slot.At) > limit:
		return fmt.Sprintf("not done within %s", limit)
	case job.CatchUp != all && slot.At.Before(newest.At):
		return "missed: the slot of " + newest.At.Format(time.RFC3339) + " stands for it"
	}
	return ""
}
