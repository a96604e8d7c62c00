package schedules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// office is a keeper's world: a folder, a clock and what its jobs did.
type office struct {
	t       *testing.T
	folder  string
	now     time.Time
	jobs    []Job
	ran     []string // "name slot", as carried out
	outcome func(ctx context.Context, job Job, slot time.Time) Outcome
}

func open(t *testing.T, now string, jobs ...Job) *office {
	return &office{t: t, folder: t.TempDir(), now: utc(t, now), jobs: jobs,
		outcome: func(context.Context, Job, time.Time) Outcome { return Outcome{State: Done} }}
}

func daily(change func(*Job)) Job {
	job := Job{Name: "nightly", Timing: Timing{Cron: "0 6 * * *", Zone: "UTC"}, Verb: []string{"run"}}
	change(&job)
	return job
}

// keeper is a new process: what it knows it reads from the ledger.
func (o *office) keeper() *Keeper {
	o.t.Helper()
	ledger, err := OpenLedger(o.folder)
	if err != nil {
		o.t.Fatal(err)
	}
	k, err := NewKeeper(Options{Plan: Plan{Jobs: o.jobs}, Holidays: england(o.t), Ledger: ledger, By: "test",
		Clock: func() time.Time { return o.now },
		Carry: func(ctx context.Context, job Job, slot time.Time) Outcome {
			o.ran = append(o.ran, job.Name+" "+slot.Format("01-02T15"))
			return o.outcome(ctx, job, slot)
		}})
	if err != nil {
		o.t.Fatal(err)
	}
	return k
}

// pass passes at a moment and says which slots were carried out.
func (o *office) pass(now string) string {
	o.t.Helper()
	o.now, o.ran = utc(o.t, now), nil
	if _, err := o.keeper().Pass(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	return strings.Join(o.ran, ", ")
}

// history is one line a slot.
func (o *office) history() string {
	var lines []string
	for _, s := range o.keeper().Ledger.History() {
		lines = append(lines, strings.TrimSpace(fmt.Sprint(s.At.Format("01-02T15"), " ", s.State, " ", s.Reason)))
	}
	return strings.Join(lines, "\n")
}

func (o *office) expect(got, want string) {
	o.t.Helper()
	if got != want {
		o.t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func (o *office) append(entry Entry) {
	o.t.Helper()
	entry.At = o.now
	if err := o.keeper().Ledger.Append(entry); err != nil {
		o.t.Fatal(err)
	}
}

// A clock that was years ahead for a moment leaves nothing due until then: that is said, and what is missed can be made up for.
func TestAClockThatWasAheadIsTold(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(*Job) {}))
	o.pass("2026-06-01T12:00:00Z")
	o.expect(o.pass("2026-06-02T06:00:00Z"), "nightly 06-02T06")
	if warning, err := o.keeper().Horizon(); warning != "" || err != nil {
		t.Errorf("warned of a clock that is right: %q, %v", warning, err)
	}
	o.pass("2030-06-01T12:00:00Z")
	o.expect(o.pass("2026-06-03T07:00:00Z"), "")
	if warning, err := o.keeper().Horizon(); !strings.Contains(warning, "nightly") || !strings.Contains(warning, "2030-06-01T06:00:00Z") || err != nil {
		t.Errorf("not warned: %q, %v", warning, err)
	}
	if _, err := o.keeper().Backfill(t.Context(), "nightly", utc(t, "2026-06-03T00:00:00Z"), o.now); err != nil {
		t.Fatal(err)
	}
	o.expect(strings.Join(o.ran, ", "), "nightly 06-03T06")
}

// Bank holidays that will soon end do not hide that nothing comes due.
func TestAClockThatWasAheadIsToldFirst(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(j *Job) { j.WorkingDay = "only" }))
	o.pass("2026-06-01T12:00:00Z")
	o.pass(o.keeper().Holidays.End().AddDate(0, 0, -10).Format(time.RFC3339))
	o.pass(o.keeper().Holidays.End().AddDate(0, 0, -20).Format(time.RFC3339))
	if warning, err := o.keeper().Horizon(); !strings.Contains(warning, "a clock was wrong") || err != nil {
		t.Errorf("not warned: %q, %v", warning, err)
	}
}

func TestAJobHasNoPast(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(*Job) {}))
	o.expect(o.pass("2026-06-01T12:00:00Z"), "")
	o.expect(o.pass("2026-06-02T05:59:59Z"), "")
	o.expect(o.pass("2026-06-02T06:00:00Z"), "nightly 06-02T06")
	o.expect(o.pass("2026-06-02T06:00:01Z"), "")
}

func TestCatchUp(t *testing.T) {
	stands := " skipped missed: the slot of 2026-06-04T06:00:00Z stands for it"
	for _, test := range []struct {
		policy, back, ran, history string
		stale                      time.Duration
	}{
		{"all", "2026-06-04T09:00:00Z", "nightly 06-02T06, nightly 06-03T06, nightly 06-04T06", "06-02T06 done\n06-03T06 done\n06-04T06 done", 0},
		{"latest", "2026-06-04T09:00:00Z", "nightly 06-04T06", "06-02T06" + stands + "\n06-03T06" + stands + "\n06-04T06 done", 0},
		{"", "2026-06-04T09:00:00Z", "nightly 06-04T06", "06-02T06" + stands + "\n06-03T06" + stands + "\n06-04T06 done", 0},
		{"skip", "2026-06-02T09:00:00Z", "", "06-02T06 skipped not done within 15m0s", 0},
		{"skip", "2026-06-02T06:14:00Z", "nightly 06-02T06", "06-02T06 done", 0},
		{"skip", "2026-06-02T06:59:00Z", "nightly 06-02T06", "06-02T06 done", time.Hour},
		{"all", "2026-06-03T08:00:00Z", "nightly 06-03T06", "06-02T06 skipped not done within 24h0m0s\n06-03T06 done", 24 * time.Hour},
		{"latest", "2026-06-03T09:00:00Z", "", "06-02T06 skipped not done within 2h0m0s\n06-03T06 skipped not done within 2h0m0s", 2 * time.Hour},
	} {
		t.Run(test.policy+test.back, func(t *testing.T) {
			o := open(t, "2026-06-01T12:00:00Z", daily(func(j *Job) { j.CatchUp, j.StaleAfter = test.policy, test.stale }))
			o.pass("2026-06-01T12:00:00Z")
			o.expect(o.pass(test.back), test.ran)
			o.expect(o.history(), test.history)
		})
	}
}

func TestAFailureIsTriedAgainLaterAndLater(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(*Job) {}))
	o.pass("2026-06-01T12:00:00Z")
	o.outcome = func(context.Context, Job, time.Time) Outcome { return Outcome{Failed, "exit code 1"} }
	for _, step := range []struct{ now, ran string }{
		{"2026-06-02T06:00:00Z", "nightly 06-02T06"},
		{"2026-06-02T06:04:59Z", ""},
		{"2026-06-02T06:05:00Z", "nightly 06-02T06"},
		{"2026-06-02T06:14:59Z", ""},
		{"2026-06-02T06:15:00Z", "nightly 06-02T06"},
		{"2026-06-02T06:34:59Z", ""},
		{"2026-06-02T06:35:00Z", "nightly 06-02T06"},
		{"2026-06-02T23:00:00Z", ""},
	} {
		o.expect(o.pass(step.now), step.ran)
	}
	o.expect(o.history(), "06-02T06 skipped gave up after 4 attempts: exit code 1")
}

func TestAPanicEndsOneJobOnly(t *testing.T) {
	other := daily(func(j *Job) { j.Name = "other" })
	o := open(t, "2026-06-01T12:00:00Z", daily(func(j *Job) { j.Attempts = 1 }), other)
	o.pass("2026-06-01T12:00:00Z")
	o.outcome = func(_ context.Context, job Job, _ time.Time) Outcome {
		if job.Name == "nightly" {
			panic("a value that must not be told")
		}
		return Outcome{State: Done}
	}
	o.expect(o.pass("2026-06-02T06:00:00Z"), "nightly 06-02T06, other 06-02T06")
	o.expect(o.history(), "06-02T06 skipped gave up after 1 attempts: panicked\n06-02T06 done")
}

func TestPuttingBackIsNoFailure(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(j *Job) { j.Attempts = 1 }))
	o.pass("2026-06-01T12:00:00Z")
	o.outcome = func(context.Context, Job, time.Time) Outcome { return Outcome{Due, "the lake is locked"} }
	o.expect(o.pass("2026-06-02T06:00:00Z"), "nightly 06-02T06")
	o.expect(o.pass("2026-06-02T06:05:00Z"), "nightly 06-02T06")
	o.expect(o.history(), "06-02T06 due the lake is locked")

	ctx, interrupt := context.WithCancel(t.Context())
	o.outcome = func(context.Context, Job, time.Time) Outcome { interrupt(); return Outcome{Due, "interrupted"} }
	o.now = utc(t, "2026-06-02T06:10:00Z")
	if _, err := o.keeper().Pass(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted pass ended with %v", err)
	}
	o.outcome = func(context.Context, Job, time.Time) Outcome { return Outcome{State: Done} }
	o.expect(o.pass("2026-06-02T06:10:00Z"), "nightly 06-02T06") // at once
}

// The newest failed slot is replaced by the next one under latest; under all it keeps its turn.
func TestTurns(t *testing.T) {
	for policy, ran := range map[string]string{latest: "nightly 06-03T06", all: ""} {
		o := open(t, "2026-06-01T12:00:00Z", daily(func(j *Job) { j.CatchUp, j.RetryAfter = policy, 48*time.Hour }))
		o.pass("2026-06-01T12:00:00Z")
		o.outcome = func(context.Context, Job, time.Time) Outcome { return Outcome{Failed, "exit code 1"} }
		o.pass("2026-06-02T06:00:00Z")
		o.outcome = func(context.Context, Job, time.Time) Outcome { return Outcome{State: Done} }
		o.expect(o.pass("2026-06-03T06:00:00Z"), ran)
		if policy == all {
			o.expect(o.pass("2026-06-04T06:00:00Z"), "nightly 06-02T06, nightly 06-03T06, nightly 06-04T06")
		}
	}
}

func TestPause(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(j *Job) { j.CatchUp = all }))
	o.pass("2026-06-01T12:00:00Z")
	o.now = utc(t, "2026-06-02T12:00:00Z")
	o.append(Entry{Job: "nightly", State: Paused, Reason: "the case store moves"})
	o.expect(o.pass("2026-06-02T13:00:00Z"), "") // due before the pause, and waits
	o.now = utc(t, "2026-06-04T12:00:00Z")       // nobody looked meanwhile
	o.append(Entry{Job: "nightly", State: Resumed, Reason: "moved"})
	o.expect(o.pass("2026-06-05T07:00:00Z"), "nightly 06-02T06, nightly 06-05T06")
	o.expect(o.history(), "06-02T06 done\n06-03T06 skipped paused: the case store moves\n06-04T06 skipped paused: the case store moves\n06-05T06 done")
}

func TestAChangedTimingHeldUntilItChanged(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(j *Job) { j.CatchUp = all }))
	o.pass("2026-06-01T12:00:00Z")
	o.jobs = []Job{daily(func(j *Job) { j.CatchUp, j.Cron = all, "0 5 * * *" })}
	o.expect(o.pass("2026-06-03T04:00:00Z"), "nightly 06-02T06")
	o.expect(o.pass("2026-06-03T05:00:00Z"), "nightly 06-03T05")
}

func TestAJobThatLeftIsAccountedFor(t *testing.T) {
	other := daily(func(j *Job) { j.Name = "other" })
	o := open(t, "2026-06-01T12:00:00Z", daily(func(*Job) {}), other)
	o.pass("2026-06-01T12:00:00Z")
	o.jobs = []Job{other}
	o.expect(o.pass("2026-06-02T07:00:00Z"), "other 06-02T06")
	o.expect(o.history(), "06-02T06 skipped the job has left the plan\n06-02T06 done")
	o.jobs = []Job{daily(func(*Job) {}), other}
	o.pass("2026-06-04T07:00:00Z")
	o.expect(o.pass("2026-06-05T07:00:00Z"), "nightly 06-05T06, other 06-05T06")
}

func TestADeadClaimIsTakenOver(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(*Job) {}))
	o.pass("2026-06-01T12:00:00Z")
	o.now = utc(t, "2026-06-02T06:00:00Z")
	slot := o.now
	o.append(Entry{Job: "nightly", Slot: slot, State: Due})
	o.append(Entry{Job: "nightly", Slot: slot, State: Claimed, By: "dead"})
	o.expect(o.pass("2026-06-02T06:30:00Z"), "")
	o.expect(o.history(), "06-02T06 failed its process ended before it did")
	o.expect(o.pass("2026-06-02T06:35:00Z"), "nightly 06-02T06")
}

func TestBackfill(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(j *Job) { j.StaleAfter = time.Hour }))
	o.pass("2026-06-01T12:00:00Z")
	o.pass("2026-06-02T06:00:00Z")
	o.pass("2026-06-04T12:00:00Z")
	from, to := utc(t, "2026-05-31T06:00:00Z"), utc(t, "2026-06-04T06:00:00Z")
	k := o.keeper()
	missing, err := k.Missing("nightly", from, to)
	if err != nil || len(missing) != 3 { // 31 May, 1 and 3 June; the 2nd is done, the 4th not asked for
		t.Fatalf("missing %v, %v", missing, err)
	}
	o.ran = nil
	if _, err := k.Backfill(t.Context(), "nightly", from, to); err != nil {
		t.Fatal(err)
	}
	o.expect(strings.Join(o.ran, ", "), "nightly 05-31T06, nightly 06-01T06, nightly 06-03T06")
	o.expect(o.history(), "05-31T06 done\n06-01T06 done\n06-02T06 done\n06-03T06 done\n06-04T06 skipped not done within 1h0m0s")
	o.expect(o.pass("2026-06-04T12:00:00Z"), "")

	o.append(Entry{Job: "nightly", State: Paused, Reason: "a rest"})
	if _, err := o.keeper().Backfill(t.Context(), "nightly", from, to); !errors.Is(err, ErrPaused) {
		t.Errorf("a paused job was backfilled: %v", err)
	}
}

// A backfilled slot that fails is tried again by later passes, and no newer slot stands for it.
func TestABackfillThatFails(t *testing.T) {
	o := open(t, "2026-06-02T12:00:00Z", daily(func(*Job) {}))
	o.outcome = func(context.Context, Job, time.Time) Outcome { return Outcome{Failed, "exit code 1"} }
	if _, err := o.keeper().Backfill(t.Context(), "nightly", utc(t, "2026-06-01T00:00:00Z"), o.now.Add(-12*time.Hour)); err != nil {
		t.Fatal(err)
	}
	o.outcome = func(context.Context, Job, time.Time) Outcome { return Outcome{State: Done} }
	o.expect(o.pass("2026-06-03T06:00:00Z"), "nightly 06-01T06, nightly 06-03T06")
}

// The attempts of a slot that was given up count from the backfill on.
func TestABackfillStartsAnew(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(j *Job) { j.Attempts, j.RetryAfter = 2, time.Minute }))
	o.pass("2026-06-01T12:00:00Z")
	o.outcome = func(context.Context, Job, time.Time) Outcome { return Outcome{Failed, "exit code 1"} }
	o.pass("2026-06-02T06:00:00Z")
	o.pass("2026-06-02T06:01:00Z")
	o.expect(o.history(), "06-02T06 skipped gave up after 2 attempts: exit code 1")
	if _, err := o.keeper().Backfill(t.Context(), "nightly", utc(t, "2026-06-02T00:00:00Z"), o.now); err != nil {
		t.Fatal(err)
	}
	o.expect(o.history(), "06-02T06 failed exit code 1")
}

func TestBackfillRefusesAYearThatIsNotKnown(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(j *Job) { j.WorkingDay = "only" }))
	if _, err := o.keeper().Missing("nightly", utc(t, "2016-01-01T00:00:00Z"), o.now); !errors.Is(err, ErrUnknownYear) {
		t.Errorf("got %v", err)
	}
}

func TestRunSleepsUntilSomethingIsReady(t *testing.T) {
	o := open(t, "2026-06-02T05:58:30Z", daily(func(*Job) {}))
	var slept []time.Duration
	wait := func(ctx context.Context, d time.Duration) error {
		slept, o.now = append(slept, d), o.now.Add(d)
		if len(slept) == 3 {
			return context.Canceled
		}
		return nil
	}
	var states []State
	report := func(entries []Entry) error {
		for _, e := range entries {
			states = append(states, e.State)
		}
		return nil
	}
	if err := o.keeper().Run(t.Context(), wait, report); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if want := []time.Duration{time.Minute, 30 * time.Second, time.Minute}; !slices.Equal(slept, want) {
		t.Errorf("slept %v, not %v", slept, want)
	}
	if want := []State{Added, Due, Claimed, Done}; !slices.Equal(states, want) {
		t.Errorf("wrote %v, not %v", states, want)
	}
}

func TestRunSleepsUntilTheNextAttempt(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(j *Job) { j.RetryAfter = 10 * time.Second }))
	o.pass("2026-06-01T12:00:00Z")
	o.outcome = func(context.Context, Job, time.Time) Outcome { return Outcome{Failed, "exit code 1"} }
	o.pass("2026-06-02T06:00:00Z")
	if slept := o.keeper().sleep(false); slept != 10*time.Second {
		t.Errorf("slept %s", slept)
	}
	o.append(Entry{Job: "nightly", State: Paused, Reason: "a rest"})
	if slept := o.keeper().sleep(false); slept != longest {
		t.Errorf("slept %s although the job rests", slept)
	}
}

func TestTheOldestSlotComesFirst(t *testing.T) {
	early := daily(func(j *Job) { j.Name, j.Cron = "early", "0 5 * * *" })
	o := open(t, "2026-06-01T12:00:00Z", daily(func(*Job) {}), early)
	o.pass("2026-06-01T12:00:00Z")
	o.expect(o.pass("2026-06-02T07:00:00Z"), "early 06-02T05, nightly 06-02T06")
}

func TestPlansThatAreRefused(t *testing.T) {
	good := daily(func(*Job) {})
	for name, plan := range map[string]Plan{
		"no job":          {},
		"two of one name": {Jobs: []Job{good, good}},
		"a name":          {Jobs: []Job{daily(func(j *Job) { j.Name = "Night run" })}},
		"no verb":         {Jobs: []Job{daily(func(j *Job) { j.Verb = nil })}},
		"a period":        {Jobs: []Job{daily(func(j *Job) { j.Period = "fortnight" })}},
		"a policy":        {Jobs: []Job{daily(func(j *Job) { j.CatchUp = "some" })}},
		"a limit":         {Jobs: []Job{daily(func(j *Job) { j.StaleAfter = -1 })}},
		"a timing":        {Jobs: []Job{daily(func(j *Job) { j.Cron = "never" })}},
	} {
		if plan.Validate(england(t)) == nil {
			t.Errorf("%s was let through", name)
		}
	}
}

func TestPeriods(t *testing.T) {
	for period, want := range map[string]string{
		"day":     "2026-10-24T23:00:00Z 2026-10-26T00:00:00Z", // 25 hours
		"week":    "2026-10-18T23:00:00Z 2026-10-26T00:00:00Z",
		"month":   "2026-08-31T23:00:00Z 2026-09-30T23:00:00Z",
		"quarter": "2026-06-30T23:00:00Z 2026-09-30T23:00:00Z",
		"year":    "2025-01-01T00:00:00Z 2026-01-01T00:00:00Z",
	} {
		from, to, err := Job{Period: period}.Covers(utc(t, "2026-10-26T07:00:00Z"))
		if got := from.UTC().Format(time.RFC3339) + " " + to.UTC().Format(time.RFC3339); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", period, got, err, want)
		}
	}
}
