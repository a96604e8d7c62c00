package schedules

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var errKilled = errors.New("killed")

// decade is ten years of an office whose machine is switched off, killed and failing, as chance has it.
type decade struct {
	*office
	random *rand.Rand
	killed bool // the process is no more: nothing that it still does reaches the disk
	kills  int
}

func decadeJobs() []Job {
	job := func(name, cron, rule, policy string, stale time.Duration) Job {
		return Job{Name: name, Timing: Timing{Cron: cron, WorkingDay: rule}, Verb: []string{"run"}, CatchUp: policy, StaleAfter: stale}
	}
	return []Job{
		job("nightly", "30 1 * * *", "", latest, 20*time.Hour),
		job("feed", "0 2 * * *", "", all, 0),
		job("hourly", "0 * 24-31 3,10 *", "", skip, 2*time.Hour),
		job("return", "0 17 * * *", "last", all, 0),
		job("pack", "0 7 * * 1", "", latest, 0),
	}
}

// TestTenYears: each slot of ten years ends done once, or skipped with a reason; there is no other slot.
func TestTenYears(t *testing.T) {
	d := &decade{office: open(t, "2018-01-15T12:00:00Z", decadeJobs()...), random: rand.New(rand.NewPCG(1, 1))}
	begun := d.now
	d.outcome = d.attempt
	d.live(utc(t, "2027-12-20T12:00:00Z"))
	for name, slots := range expected(t, begun, d.now) {
		for _, found := range accounted(d.entries(), name, slots) {
			t.Error(found)
		}
	}
	t.Logf("%d kills", d.kills)
}

// live passes whenever the machine is up, from now to end, and after it until nothing is left to try again.
func (d *decade) live(end time.Time) {
	process := d.process()
	for !d.now.After(end) || len(d.left(process)) > 0 {
		_, err := process.Pass(d.t.Context())
		if err != nil && !errors.Is(err, errKilled) {
			d.t.Fatal(err)
		}
		if d.killed {
			d.kills++
		}
		if d.killed || d.random.IntN(500) == 0 {
			d.killed = false
			process = d.process()
		}
		d.now = d.now.Add(d.until(end))
	}
}

func (d *decade) left(k *Keeper) (slots []Slot) {
	for _, job := range d.jobs {
		slots = append(slots, k.Ledger.open(job.Name)...)
	}
	return slots
}

// until is the time to the next look: an hour or so where hours matter, some hours elsewhere, at times an outage of days.
// After the end only minutes pass, so that no new slot comes due.
func (d *decade) until(end time.Time) time.Duration {
	step := time.Duration(60+d.random.IntN(8*60)) * time.Minute
	switch {
	case !d.now.Before(end):
		return time.Minute
	case d.random.IntN(300) == 0:
		step = time.Duration(d.random.IntN(20*24)) * time.Hour
	case changing(d.now):
		step /= 6
	}
	return min(step, end.Sub(d.now))
}

// process is a new one over the same folder; each of its writes may be the one that it dies in, cut anywhere.
func (d *decade) process() *Keeper {
	k := d.keeper()
	k.Ledger.write = func(file *os.File, lines []byte) error {
		if !d.killed && d.random.IntN(800) != 0 {
			_, err := file.Write(lines)
			return err
		}
		if !d.killed {
			d.killed = true
			lines = lines[:d.random.IntN(len(lines)+1)]
			if _, err := file.Write(lines); err != nil {
				return err
			}
		}
		return errKilled
	}
	return k
}

// attempt fails, panics, is put back or dies as chance has it, and mostly does its job.
func (d *decade) attempt(context.Context, Job, time.Time) Outcome {
	switch n := d.random.IntN(300); {
	case n < 1:
		d.killed = true
	case n < 5:
		panic("some fault")
	case n < 10:
		return Outcome{Due, "the lake is locked"}
	case n < 40:
		return Outcome{Failed, "exit code 1"}
	}
	return Outcome{State: Done}
}

// changing are the days of a year about its two changes of the clock: the hourly job's.
func changing(at time.Time) bool {
	return at.Day() >= 24 && (at.Month() == time.March || at.Month() == time.October)
}

func (d *decade) entries() (entries []Entry) {
	data, err := os.ReadFile(filepath.Join(d.folder, "ledger.jsonl"))
	if err != nil {
		d.t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		var entry Entry
		if err := json.Unmarshal(line, &entry); err != nil {
			d.t.Fatal(err)
		}
		entries = append(entries, entry)
	}
	return entries
}

// expected tells every slot from the calendar alone, day by day and hour by hour.
func expected(t *testing.T, from, to time.Time) map[string][]time.Time {
	london := place(t, "Europe/London")
	slots := map[string][]time.Time{}
	add := func(name string, at time.Time) {
		if at.After(from) && !at.After(to) {
			slots[name] = append(slots[name], at.UTC())
		}
	}
	for day := time.Date(2018, 1, 1, 0, 0, 0, 0, london); day.Before(to); day = day.AddDate(0, 0, 1) {
		add("nightly", firstShown(day, 1, 30))
		add("feed", firstShown(day, 2, 0))
		if day.Weekday() == time.Monday {
			add("pack", firstShown(day, 7, 0))
		}
		if lastWorkingDay(day) {
			add("return", firstShown(day, 17, 0))
		}
	}
	for hour := from.Truncate(time.Hour); !hour.After(to); hour = hour.Add(time.Hour) {
		if changing(hour.In(london)) {
			add("hourly", hour)
		}
	}
	return slots
}

// firstShown walks a day's minutes to the first at which the clock shows that time, or a later one.
func firstShown(day time.Time, hour, minute int) time.Time {
	for at := day; ; at = at.Add(time.Minute) {
		if at.Hour() > hour || at.Hour() == hour && at.Minute() >= minute {
			return at
		}
	}
}

func lastWorkingDay(day time.Time) bool {
	off := func(d time.Time) bool {
		return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || strings.Contains(englishBankHolidays, d.Format("\n2006-01-02,"))
	}
	last := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, day.Location())
	for off(last) {
		last = last.AddDate(0, 0, -1)
	}
	return last.Equal(day)
}

// accounted are the ways in which a job's entries break the promise.
func accounted(entries []Entry, job string, slots []time.Time) (faults []string) {
	last, done := map[int64]Entry{}, map[int64]int{}
	for _, e := range entries {
		if e.Job != job || e.Slot.IsZero() {
			continue
		}
		if done[e.Slot.Unix()] > 0 {
			faults = append(faults, fmt.Sprintf("%s %s: %s after it was done", job, e.Slot, e.State))
		}
		if e.State == Done {
			done[e.Slot.Unix()]++
		}
		last[e.Slot.Unix()] = e
	}
	for _, at := range slots {
		e, known := last[at.Unix()]
		switch {
		case !known:
			faults = append(faults, fmt.Sprintf("%s %s: is not in the ledger", job, at))
		case e.State == Skipped && e.Reason == "", e.State != Skipped && e.State != Done:
			faults = append(faults, fmt.Sprintf("%s %s: ended %s %q", job, at, e.State, e.Reason))
		case e.State == Skipped && (job == "feed" || job == "return") && !strings.HasPrefix(e.Reason, "gave up"):
			faults = append(faults, fmt.Sprintf("%s %s: skipped although each is to be caught up", job, at))
		}
		delete(last, at.Unix())
	}
	for _, e := range last {
		faults = append(faults, fmt.Sprintf("%s %s: is no slot", job, e.Slot))
	}
	return faults
}

// The promise sees each way of breaking it.
func TestABrokenPromiseIsSeen(t *testing.T) {
	at := time.Date(2026, 6, 2, 6, 0, 0, 0, time.UTC)
	entry := func(state State, reason string) Entry {
		return Entry{Job: "feed", Slot: at, State: state, Reason: reason}
	}
	for name, entries := range map[string][]Entry{
		"forgotten":         nil,
		"left open":         {entry(Due, ""), entry(Claimed, "")},
		"skipped, no why":   {entry(Skipped, "")},
		"not caught up":     {entry(Skipped, "missed")},
		"done twice":        {entry(Done, ""), entry(Done, "")},
		"begun after":       {entry(Done, ""), entry(Claimed, "")},
		"a slot of its own": {entry(Done, ""), {Job: "feed", Slot: at.Add(time.Hour), State: Done}},
	} {
		if len(accounted(entries, "feed", []time.Time{at})) == 0 {
			t.Errorf("%s was let through", name)
		}
	}
	if faults := accounted([]Entry{entry(Due, ""), entry(Done, "")}, "feed", []time.Time{at}); faults != nil {
		t.Error(faults)
	}
}
