package pipeline

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"careshare/load/lake"
	"careshare/pipeline/borough"
	"careshare/pipeline/command"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/scheduling"
	"careshare/schedules"
)

// clock is a schedule of a world at moments that the test chooses; each pass is a new process.
type clock struct {
	*testing.T
	world
	stderr bytes.Buffer
}

func (c *clock) at(now string) *schedules.Keeper {
	c.Helper()
	moment, err := time.Parse(time.RFC3339, now)
	if err != nil {
		c.Fatal(err)
	}
	con := &console.Console{Stderr: &c.stderr, Now: func() time.Time { return moment }}
	keeper, _, err := command.SchedulerOf(con, c.config(), "").Keeper()
	if err != nil {
		c.Fatal(err)
	}
	return keeper
}

func (c *clock) pass(now string) []schedules.Entry {
	c.Helper()
	entries, err := c.at(now).Pass(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	return entries
}

func (c *clock) snapshots() (names []string) {
	c.Helper()
	found, err := os.ReadDir(filepath.Join(c.lake(), "snapshots"))
	if err != nil {
		c.Fatal(err)
	}
	for _, entry := range found {
		names = append(names, entry.Name())
	}
	return names
}

func (c *clock) write(name, content string) {
	c.Helper()
	if err := os.WriteFile(filepath.Join(c.folder, name), []byte(content), 0o600); err != nil {
		c.Fatal(err)
	}
}

// A run speaks for its slot, however late; one that was killed before its slot was marked is not published again.
func TestAScheduledRunIsPublishedOnceForItsSlot(t *testing.T) {
	t.Parallel()
	c := &clock{T: t, world: demo(t).copyOf(t)}
	c.write("schedules.yaml", config.SchedulesTemplate)
	c.pass("2026-11-01T12:00:00Z")
	c.pass("2026-11-02T06:40:00Z")
	if got := c.snapshots(); !slices.Equal(got, []string{"20261102T060000Z"}) {
		t.Fatalf("published %v: %s", got, c.stderr.String())
	}
	c.forgetLast()
	c.pass("2026-11-02T06:50:00Z") // finds the claim of a process that is no more
	entries := c.pass("2026-11-02T06:55:00Z")
	if last := entries[len(entries)-1]; last.State != schedules.Done || last.Reason != "was published already" {
		t.Errorf("the slot ended %+v", last)
	}
	if got := c.snapshots(); len(got) != 1 {
		t.Errorf("published %v", got)
	}
}

// forgetLast takes the last line of the ledger back, as a kill before it would have.
func (c *clock) forgetLast() {
	c.Helper()
	path := filepath.Join(c.lake(), "schedules", "ledger.jsonl")
	lines, err := os.ReadFile(path)
	if err != nil {
		c.Fatal(err)
	}
	kept := bytes.SplitAfter(bytes.TrimSuffix(lines, []byte("\n")), []byte("\n"))
	if err := os.WriteFile(path, bytes.Join(kept[:len(kept)-1], nil), 0o600); err != nil {
		c.Fatal(err)
	}
}

// The verb of a slot knows no other time than its scheduler: a snapshot that is new by that clock is new to it.
func TestASlotIsCarriedOutByTheSchedulersClock(t *testing.T) {
	t.Parallel()
	w := demo(t)
	now := func() time.Time { return borough.DefaultAsAt().Add(time.Hour) }
	by := command.SchedulerOf(&console.Console{Stderr: io.Discard, Now: now}, w.config(), "").Carrier(config.Config{})
	got := by.Carry(t.Context(), schedules.Job{Name: "fresh", Verb: []string{"status", "--max-age", "26h"}}, now())
	if got.State != schedules.Done {
		t.Errorf("%+v", got)
	}
}

// A lake that another run holds is waited for; a job that fails is told by its exit code only.
func TestWhatBecomesOfASlot(t *testing.T) {
	t.Parallel()
	c := &clock{T: t, world: demo(t).copyOf(t)}
	c.write("schedules.yaml", "jobs: [{name: nightly, cron: '0 6 * * *', job: [run]}, {name: old, cron: '0 6 * * *', job: [status, --max-age, 1h]}]")
	c.pass("2026-11-01T12:00:00Z")
	l, err := lake.Open(c.lake(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Lock(); err != nil {
		t.Fatal(err)
	}
	defer l.Unlock()
	c.pass("2026-11-02T06:00:00Z")
	var got []string
	for _, slot := range c.at("2026-11-02T06:00:00Z").Ledger.History() {
		got = append(got, string(slot.State)+" "+slot.Reason)
	}
	if want := []string{"due " + lake.ErrLocked.Error(), "failed exit code 1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAJobsCommandLine(t *testing.T) {
	t.Parallel()
	slot := time.Date(2026, 11, 2, 6, 0, 0, 0, time.UTC)
	for line, want := range map[string]string{
		"run":                              "run --as-at 2026-11-02T06:00:00Z",
		"plan":                             "plan --as-at 2026-11-02T06:00:00Z",
		"run --as-at 2026-11-01T07:00:00Z": "run --as-at 2026-11-01T07:00:00Z",
		"verify --read-data":               "verify --read-data",
		"schedule run":                     "",
		"runn":                             "",
		"run --nonsense":                   "",
		"run stray":                        "",
		"status --max-age yesterday":       "",
		"--json":                           "",
	} {
		got, err := command.CommandLine(schedules.Job{Verb: strings.Fields(line)}, slot)
		if (err != nil) != (want == "") || strings.Join(got, " ") != want {
			t.Errorf("%s: %v, %v", line, got, err)
		}
	}
}

func TestTheVerdictOfAPass(t *testing.T) {
	t.Parallel()
	quarantined := schedules.Entry{State: schedules.Done, Reason: exit.ErrQuarantined.Error()}
	failed := schedules.Entry{State: schedules.Failed}
	for _, test := range []struct {
		entries []schedules.Entry
		code    int
	}{
		{nil, exit.Done},
		{[]schedules.Entry{{State: schedules.Done}}, exit.Done},
		{[]schedules.Entry{quarantined}, exit.Quarantined},
		{[]schedules.Entry{quarantined, failed}, exit.Failed},
	} {
		if code := exit.Code(t.Context(), scheduling.Verdict(test.entries)); scheduling.Verdict(test.entries) != nil && code != test.code {
			t.Errorf("%v: %d, want %d", test.entries, code, test.code)
		} else if (scheduling.Verdict(test.entries) == nil) != (test.code == exit.Done) {
			t.Errorf("%v: no verdict", test.entries)
		}
	}
}

func TestTheSchedulesExitCodes(t *testing.T) {
	t.Parallel()
	for err, code := range map[error]int{
		schedules.ErrBusy: exit.Locked, schedules.ErrPaused: exit.WrongUsage, schedules.ErrUnknownYear: exit.WrongUsage, errors.New("disk"): exit.Failed,
	} {
		if got := exit.Code(t.Context(), scheduling.Busy(err)); got != code {
			t.Errorf("%v: %d, want %d", err, got, code)
		}
	}
}
