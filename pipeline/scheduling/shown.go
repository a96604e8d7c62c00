package scheduling

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"careshare/pipeline/exit"
	"careshare/pipeline/spool"
	"careshare/schedules"
)

// slotList is what waits, and what comes next.
type slotList struct {
	Slots   []listedSlot `json:"slots"`
	Warning string       `json:"warning,omitempty"`
}

// listedSlot is one of them.
type listedSlot struct {
	Job        string    `json:"job"`
	At         time.Time `json:"slot"`  // UTC
	Shown      string    `json:"shown"` // by the job's own clock
	Verb       []string  `json:"verb"`
	From       time.Time `json:"period_from,omitzero"` // what the slot covers, half-open
	To         time.Time `json:"period_to,omitzero"`
	State      string    `json:"state"` // planned, missing (of a backfill), or as in the ledger
	Reason     string    `json:"reason,omitempty"`
	RetryAt    time.Time `json:"retry_at,omitzero"`
	Paused     string    `json:"paused,omitempty"` // why the job rests
	Recipients []string  `json:"recipients,omitempty"`
}

func (l slotList) Text(w io.Writer) {
	for _, slot := range l.Slots {
		fmt.Fprintf(w, "%s  %-16s %-8s %s%s", slot.Shown, slot.Job, slot.State, strings.Join(slot.Verb, " "), spool.Because(slot.Reason, slot.RetryAt))
		if !slot.From.IsZero() {
			fmt.Fprintf(w, " for %s to %s", slot.From.Format(time.DateOnly), slot.To.Format(time.DateOnly))
		}
		if slot.Paused != "" {
			fmt.Fprintf(w, " (paused: %s)", slot.Paused)
		}
		fmt.Fprintln(w)
	}
	if l.Warning != "" {
		fmt.Fprintln(w, "warning:", l.Warning)
	}
}

func listSlot(job schedules.Job, slot schedules.Slot) (listedSlot, error) {
	from, to, err := job.Covers(slot.At)
	return listedSlot{
		Job: job.Name, At: slot.At, Shown: slotTime(job, slot.At), Verb: job.Verb, From: from, To: to,
		State: string(slot.State), Reason: slot.Reason, RetryAt: slot.RetryAt, Recipients: job.Recipients,
	}, err
}

// SlotHistory is how the slots of the past ended.
type SlotHistory struct {
	Slots []schedules.Slot `json:"slots"`
}

func (h SlotHistory) Text(w io.Writer) {
	for _, slot := range h.Slots {
		fmt.Fprintf(w, "%s  %-16s %s%s\n", slot.At.Format(time.RFC3339), slot.Job, slot.State, spool.Because(slot.Reason, slot.RetryAt))
	}
}

// Rests says which jobs were paused or resumed.
type Rests struct {
	Jobs   []string        `json:"jobs"`
	State  schedules.State `json:"state"`
	Reason string          `json:"reason"`
}

func (r Rests) Text(w io.Writer) {
	for _, job := range r.Jobs {
		fmt.Fprintf(w, "%s is %s: %s\n", job, r.State, r.Reason)
	}
}

// ListSlots are the slots of jobs that wait, and those that come next.
func ListSlots(k *schedules.Keeper, now time.Time, jobs []schedules.Job, next int) (list slotList, err error) {
	if list.Warning, err = k.Horizon(); err != nil {
		list.Warning = err.Error()
	}
	for _, job := range jobs {
		slots := k.Waiting(job.Name)
		for _, at := range k.Next(job.Name, now, next) {
			slots = append(slots, schedules.Slot{Job: job.Name, At: at, State: "planned"})
		}
		for _, slot := range slots {
			listed, err := listSlot(job, slot)
			if err != nil {
				return list, err
			}
			listed.Paused = k.Ledger.Paused(job.Name)
			list.Slots = append(list.Slots, listed)
		}
	}
	slices.SortStableFunc(list.Slots, func(a, b listedSlot) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Job, b.Job)) })
	return list, nil
}

// MissingSlots is a backfill's dry run.
func MissingSlots(k *schedules.Keeper, jobs []schedules.Job, from, to time.Time) (slotList, error) {
	list := slotList{Slots: []listedSlot{}}
	for _, job := range jobs {
		missing, err := k.Missing(job.Name, from, to)
		if err != nil {
			return list, Busy(err)
		}
		for _, at := range missing {
			listed, err := listSlot(job, schedules.Slot{Job: job.Name, At: at, State: "missing"})
			if err != nil {
				return list, err
			}
			list.Slots = append(list.Slots, listed)
		}
	}
	return list, nil
}

// Rest pauses or resumes jobs.
func Rest(keeper *schedules.Keeper, now time.Time, names []string, state schedules.State, reason string) error {
	if _, err := Chosen(keeper, names); err != nil {
		return err
	}
	var entries []schedules.Entry
	for _, job := range names {
		if paused := keeper.Ledger.Paused(job) != ""; paused == (state == schedules.Paused) {
			return exit.Usage(fmt.Errorf("schedule: job %s is in that state already: not %s again", job, state))
		}
		entries = append(entries, schedules.Entry{At: now.UTC(), Job: job, State: state, Reason: reason, By: process()})
	}
	return Busy(keeper.Ledger.Append(entries...))
}
