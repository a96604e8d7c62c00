package schedules

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrPaused says that a job rests and must be resumed first.
var ErrPaused = errors.New("the job is paused")

// Missing are a job's slots in [from, to) that are not done, by its timing as it is now.
func (k *Keeper) Missing(name string, from, to time.Time) (slots []time.Time, err error) {
	if !k.known(name, from) || !k.known(name, to) {
		return nil, fmt.Errorf("job %s: %w", name, ErrUnknownYear)
	}
	r := k.Ledger.record(name)
	for at := k.schedules[name].Next(from.Add(-time.Nanosecond)); !at.IsZero() && at.Before(to); at = k.schedules[name].Next(at) {
		if slot, known := r.slots[at.Unix()]; !known || slot.State != Done {
			slots = append(slots, at)
		}
	}
	return slots, nil
}

// known is whether a job's slots about that moment can be told.
func (k *Keeper) known(name string, at time.Time) bool {
	return k.job(name).WorkingDay == "" || k.Holidays.covers(at)
}

// Backfill carries out a job's missing slots of [from, to), oldest first; no policy skips them. One that fails is
// tried again by later passes. It returns the entries that it wrote.
func (k *Keeper) Backfill(ctx context.Context, name string, from, to time.Time) ([]Entry, error) {
	release, err := k.Ledger.hold()
	if err != nil {
		return nil, err
	}
	defer release()
	if _, err := k.takeOver(); err != nil {
		return nil, err
	}
	if _, err := k.notice(); err != nil {
		return nil, err
	}
	if reason := k.Ledger.Paused(name); reason != "" {
		return nil, fmt.Errorf("job %s: %w: %s", name, ErrPaused, reason)
	}
	missing, err := k.Missing(name, from, to)
	if err != nil {
		return nil, err
	}
	asked := map[int64]bool{}
	var entries []Entry
	for _, at := range missing {
		asked[at.Unix()] = true
		entries = append(entries, Entry{Job: name, Slot: at, State: Due, Reason: "backfill", Backfill: true})
	}
	written, err := k.write(entries...)
	wanted := func(s Slot) bool { return s.Job == name && asked[s.At.Unix()] }
	for err == nil && ctx.Err() == nil {
		job, slot, found := k.ready(wanted)
		if !found {
			break
		}
		var carried []Entry
		carried, err = k.carryOut(ctx, job, slot)
		written = append(written, carried...)
	}
	return written, errors.Join(err, ctx.Err())
}
