package schedules

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// longest is how long Run sleeps at most: a machine that slept, or another process's pause, is noticed by then.
const longest = time.Minute

// Run passes again and again until the context ends. Wait sleeps; report takes what each pass wrote.
func (k *Keeper) Run(ctx context.Context, wait func(context.Context, time.Duration) error, report func([]Entry) error) error {
	for {
		written, err := k.Pass(ctx)
		if err := report(written); err != nil {
			return err
		}
		if err != nil && !errors.Is(err, ErrBusy) {
			return err
		}
		if err := wait(ctx, k.sleep(err != nil)); err != nil {
			return err
		}
	}
}

// sleep is the time until something may be ready: from a second to longest.
func (k *Keeper) sleep(busy bool) time.Duration {
	now := k.Clock()
	wake := now.Add(longest)
	earlier := func(at time.Time) {
		if !busy && !at.IsZero() && at.Before(wake) {
			wake = at
		}
	}
	for _, job := range k.Plan.Jobs {
		earlier(k.schedules[job.Name].Next(now))
		for _, slot := range k.Ledger.open(job.Name) {
			if k.Ledger.Paused(job.Name) == "" {
				earlier(slot.RetryAt)
			}
		}
	}
	return max(wake.Sub(now), time.Second)
}

// Next are a job's next n slots after a moment, fewer where the bank holidays are not known that far.
func (k *Keeper) Next(name string, after time.Time, n int) (slots []time.Time) {
	for at := k.schedules[name].Next(after); !at.IsZero() && len(slots) < n; at = k.schedules[name].Next(at) {
		slots = append(slots, at)
	}
	return slots
}

// Waiting are a job's slots that have come and are neither done nor skipped, oldest first: those of the ledger, and
// those that no pass has noticed yet.
func (k *Keeper) Waiting(name string) []Slot {
	slots, r := k.Ledger.open(name), k.Ledger.record(name)
	if !r.active || r.timing != k.job(name).Timing {
		return slots
	}
	for _, came := range r.slotsUpTo(k.Clock(), name, k.schedules[name]) {
		if came.State == Due {
			slots = append(slots, Slot{Job: name, At: came.Slot, State: Due})
		}
	}
	return slots
}

// horizon is the time that a council has to put a newer list of bank holidays in place.
const horizon = 90 * 24 * time.Hour

// ErrUnknownYear says that a working day cannot be computed: that year's bank holidays are missing.
var ErrUnknownYear = errors.New("the bank holidays of that year are not known")

// mostAhead is how far the ledger may know slots that are still to come before that is worth a word: clocks are put right by less.
const mostAhead = time.Hour

// ahead warns where a clock that has been turned back since made the ledger know slots that are still to come: until they have come,
// the job has no others.
func (k *Keeper) ahead() string {
	for _, job := range k.Plan.Jobs {
		if r := k.Ledger.record(job.Name); r.active && r.seen.After(k.Clock().Add(mostAhead)) {
			return fmt.Sprintf("job %s: the ledger knows its slots until %s, which lies ahead: a clock was wrong, and nothing comes due before that; schedule backfill does what is missed",
				job.Name, r.seen.UTC().Format(time.RFC3339))
		}
	}
	return ""
}

// Horizon warns when the bank holidays that the plan's jobs need will soon end, and is ErrUnknownYear once they have.
// Until they are given, the jobs with a working-day rule have no slots; then the slots that they missed come due. It warns first of a
// ledger that knows slots which are still to come, since nothing is done before them.
func (k *Keeper) Horizon() (warning string, err error) {
	warning = k.ahead()
	for _, job := range k.Plan.Jobs {
		if job.WorkingDay == "" {
			continue
		}
		switch left := k.Holidays.End().Sub(k.Clock()); {
		case left <= 0:
			return warning, fmt.Errorf("job %s: %w", job.Name, ErrUnknownYear)
		case left < horizon && warning == "":
			warning = fmt.Sprintf("bank holidays are known until the end of %d only: give bank_holidays a newer list", k.Holidays.last)
		}
	}
	return warning, nil
}
