package pipeline

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/reports"
	"careshare/schedules"

	"github.com/spf13/cobra"
)

// carrier carries a job out for one slot, by the program's own verbs.
type carrier struct {
	*program
	config Config
}

func (c carrier) carry(ctx context.Context, job schedules.Job, slot time.Time) schedules.Outcome {
	defer func() {
		if fault := recover(); fault != nil {
			c.Stderr.Write(debug.Stack()) // where it was, never with which values
			panic(fault)
		}
	}()
	args, err := command(job, slot)
	if err != nil {
		return schedules.Outcome{State: schedules.Failed, Reason: "wrong usage"}
	}
	if len(job.Recipients) > 0 {
		return c.handOver(ctx, job, slot)
	}
	if job.Verb[0] == "run" && slices.Contains(args, "--as-at") {
		published, err := c.published(ctx, slot)
		if err != nil {
			return outcomeOf(exitCode(ctx, c.Stderr, fmt.Errorf("schedule: %s: %w", job.Name, err)))
		}
		if published {
			return schedules.Outcome{State: schedules.Done, Reason: "was published already"}
		}
	}
	// What the job says goes where progress goes: this program's own result is the slots.
	return outcomeOf(mainBy(ctx, c.Now, append(args, "--config", c.configPath), strings.NewReader(""), c.Stderr, c.Stderr))
}

// command is a job's command line. A verb that speaks for a moment is given the slot's, unless the plan names one.
func command(job schedules.Job, slot time.Time) ([]string, error) {
	root := (&program{}).root()
	verb, rest, err := root.Find(job.Verb)
	if err != nil || verb == root || within(verb, "schedule") {
		return nil, fmt.Errorf("job: %q is no verb that can be scheduled", strings.Join(job.Verb, " "))
	}
	if err := verb.ParseFlags(rest); err != nil {
		return nil, fmt.Errorf("job: %w", err)
	}
	args := slices.Clone(job.Verb)
	if flag := verb.Flags().Lookup("as-at"); flag != nil && !flag.Changed {
		args = append(args, "--as-at", slot.UTC().Format(time.RFC3339))
	}
	if flag := verb.Flags().Lookup("period"); flag != nil && !flag.Changed && job.Period != "" {
		args = append(args, "--period", job.Period)
		if err := flag.Value.Set(job.Period); err != nil {
			return nil, fmt.Errorf("period: %w", err)
		}
	}
	if err := verb.ValidateArgs(verb.Flags().Args()); err != nil {
		return nil, fmt.Errorf("job: %w", err)
	}
	return args, nil
}

func within(verb *cobra.Command, name string) bool {
	for ; verb != nil; verb = verb.Parent() {
		if verb.Name() == name {
			return true
		}
	}
	return false
}

// published says whether a run as at that moment is in the lake: one that was killed before its slot was marked done,
// or one of a person's own. It is not published a second time.
func (c carrier) published(ctx context.Context, at time.Time) (bool, error) {
	lake, err := c.lockedLake(ctx, c.config)
	if err != nil {
		return false, err
	}
	defer lake.Unlock()
	snapshots, err := lake.Snapshots()
	if err != nil {
		return false, err
	}
	for _, snapshot := range slices.Backward(snapshots) { // newest as-at first
		manifest, err := snapshot.Manifest()
		if err != nil {
			return false, err
		}
		if !manifest.AsAt.After(at) {
			return manifest.AsAt.Equal(at), nil
		}
	}
	return false, nil
}

// outcomeOf is what a verb's exit code means for its slot.
func outcomeOf(code int) schedules.Outcome {
	switch code {
	case exitDone:
		return schedules.Outcome{State: schedules.Done}
	case exitQuarantined:
		return schedules.Outcome{State: schedules.Done, Reason: errQuarantined.Error()}
	case exitLocked:
		return schedules.Outcome{State: schedules.Due, Reason: lake.ErrLocked.Error()}
	case exitInterrupted:
		return schedules.Outcome{State: schedules.Due, Reason: "interrupted"}
	}
	return schedules.Outcome{State: schedules.Failed, Reason: fmt.Sprintf("exit code %d", code)}
}

// verdict is what the exit code of a pass switches on: any attempt that failed, else any rows that were quarantined.
func verdict(entries []schedules.Entry) error {
	failed, quarantined := 0, false
	for _, e := range entries {
		if e.State == schedules.Failed {
			failed++
		}
		quarantined = quarantined || e.State == schedules.Done && e.Reason == errQuarantined.Error()
	}
	switch {
	case failed > 0:
		return fault.WithHint(fmt.Errorf("schedule: %s failed", reports.Counted(failed, "attempt")), "careshare schedule history tells which, and what is tried again")
	case quarantined:
		return errQuarantined
	}
	return nil
}
