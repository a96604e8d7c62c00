package schedules

import (
	"fmt"
	"time"
)

// State is what an entry of the ledger says. Of a slot: it came due, was claimed by a process, is done, failed (and will
// be tried again) or was skipped. Of a job: it came into the plan or its timing changed (added), left the plan, was
// paused or resumed.
type State string

// The states of slots, then those of jobs.
const (
	Due     State = "due"
	Claimed State = "claimed"
	Done    State = "done"
	Failed  State = "failed"
	Skipped State = "skipped"

	Added   State = "added"
	Removed State = "removed"
	Paused  State = "paused"
	Resumed State = "resumed"
)

// Entry is one line of the ledger.
type Entry struct {
	At       time.Time `json:"at"` // when it was written
	Job      string    `json:"job"`
	Slot     time.Time `json:"slot,omitzero"` // UTC; zero where the entry is of the job
	State    State     `json:"state"`
	Reason   string    `json:"reason,omitempty"`
	By       string    `json:"by,omitempty"`       // the process: host and number
	RetryAt  time.Time `json:"retry_at,omitzero"`  // not before
	Backfill bool      `json:"backfill,omitempty"` // asked for by a person: no policy skips it
	Timing   *Timing   `json:"timing,omitempty"`   // of added
}

// Slot is one moment of one job, and how it stands.
type Slot struct {
	Job      string    `json:"job"`
	At       time.Time `json:"slot"` // UTC
	State    State     `json:"state"`
	Reason   string    `json:"reason,omitempty"`
	Failures int       `json:"failures"`          // attempts that failed
	RetryAt  time.Time `json:"retry_at,omitzero"` // not before
	Backfill bool      `json:"backfill,omitempty"`
	Changed  time.Time `json:"changed"` // when it came to stand so
}

func (s Slot) open() bool { return s.State != Done && s.State != Skipped }

// record is what the ledger says of one job.
type record struct {
	active bool
	timing Timing
	seen   time.Time // every slot up to here is in the ledger
	pauses []pause
	slots  map[int64]*Slot // by Unix time
	open   map[int64]*Slot // those of them that are not done or skipped
}

// pause is half-open; until is zero while it lasts.
type pause struct {
	from, until time.Time
	reason      string
}

// pausedAt says why no slot of that moment is to be carried out, or "".
func (r *record) pausedAt(at time.Time) string {
	for _, p := range r.pauses {
		if !at.Before(p.from) && (p.until.IsZero() || at.Before(p.until)) {
			return p.reason
		}
	}
	return ""
}

// paused says why the job rests now, or "".
func (r *record) paused() string {
	if n := len(r.pauses); n > 0 && r.pauses[n-1].until.IsZero() {
		return r.pauses[n-1].reason
	}
	return ""
}

// apply takes an entry in, or says why it cannot follow on what stands.
func (r *record) apply(e Entry) error {
	switch e.State {
	case Due, Claimed, Done, Failed, Skipped:
		return r.applySlot(e)
	case Added:
		if e.Timing == nil {
			return fmt.Errorf("job %s: added without its timing", e.Job)
		}
		r.active, r.timing, r.seen = true, *e.Timing, e.At
	case Removed:
		r.active = false
	case Paused:
		if r.paused() != "" {
			return fmt.Errorf("job %s: is paused already", e.Job)
		}
		if e.Reason == "" {
			return fmt.Errorf("job %s: paused without a reason", e.Job)
		}
		r.pauses = append(r.pauses, pause{from: e.At, reason: e.Reason})
	case Resumed:
		if r.paused() == "" {
			return fmt.Errorf("job %s: is not paused", e.Job)
		}
		r.pauses[len(r.pauses)-1].until = e.At
	default:
		return fmt.Errorf("job %s: unknown state %q", e.Job, e.State)
	}
	return nil
}

func (r *record) applySlot(e Entry) error {
	key := e.Slot.Unix()
	slot, known := r.slots[key]
	if !known {
		slot = &Slot{Job: e.Job, At: e.Slot}
	}
	if !follows(*slot, e) {
		return fmt.Errorf("job %s: slot %s cannot be %s after %q", e.Job, e.Slot.Format(time.RFC3339), e.State, slot.State)
	}
	slot.State, slot.Reason, slot.RetryAt, slot.Changed = e.State, e.Reason, e.RetryAt, e.At
	switch {
	case e.Backfill:
		slot.Backfill, slot.Failures = true, 0
	case e.State == Failed:
		slot.Failures++
	}
	r.slots[key], r.open[key] = slot, slot
	if !slot.open() {
		delete(r.open, key)
	}
	if e.Slot.After(r.seen) {
		r.seen = e.Slot
	}
	return nil
}

// follows holds the promise that a slot is carried out by one claimant at a time and done once.
func follows(s Slot, e Entry) bool {
	switch e.State {
	case Due: // new; put back by its claimant; or asked for again
		return s.State == "" || s.State == Claimed || e.Backfill && s.State != Done
	case Claimed:
		return s.State == Due || s.State == Failed
	case Done, Failed:
		return s.State == Claimed
	case Skipped:
		return s.State == "" || s.State == Due || s.State == Failed
	}
	return false
}
