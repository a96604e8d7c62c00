package scheduling

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/snapshot"
	"careshare/schedules"
)

// Carrier carries a job out for one slot, by the program's own commands.
type Carrier struct {
	*console.Console
	configPath string
	config     config.Config
	commands   Commands
}

// Carry does one job for one slot.
func (c Carrier) Carry(ctx context.Context, job schedules.Job, slot time.Time) schedules.Outcome {
	defer func() {
		if fault := recover(); fault != nil {
			c.Stderr.Write(debug.Stack()) // where it was, never with which values
			panic(fault)
		}
	}()
	args, err := c.commands.Line(job, slot)
	if err != nil {
		return schedules.Outcome{State: schedules.Failed, Reason: "wrong usage"}
	}
	if len(job.Recipients) > 0 {
		return c.handOver(ctx, job, slot)
	}
	if job.Verb[0] == "run" && slices.Contains(args, "--as-at") {
		published, err := c.published(ctx, slot)
		if err != nil {
			return outcomeOf(exit.Report(ctx, c.Stderr, fmt.Errorf("schedule: %s: %w", job.Name, err)))
		}
		if published {
			return schedules.Outcome{State: schedules.Done, Reason: "was published already"}
		}
	}
	return outcomeOf(c.commands.Do(ctx, append(args, "--config", c.configPath)))
}

// published says whether a run as at that moment is in the lake: one that was killed before its slot was marked done,
// or one of a person's own. It is not published a second time.
func (c Carrier) published(ctx context.Context, at time.Time) (bool, error) {
	lake, err := snapshot.LockLake(ctx, c.Console, c.config)
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

// outcomeOf is what a command's exit code means for its slot.
func outcomeOf(code int) schedules.Outcome {
	switch code {
	case exit.Done:
		return schedules.Outcome{State: schedules.Done}
	case exit.Quarantined:
		return schedules.Outcome{State: schedules.Done, Reason: exit.ErrQuarantined.Error()}
	case exit.Locked:
		return schedules.Outcome{State: schedules.Due, Reason: lake.ErrLocked.Error()}
	case exit.Interrupted:
		return schedules.Outcome{State: schedules.Due, Reason: "interrupted"}
	}
	return schedules.Outcome{State: schedules.Failed, Reason: fmt.Sprintf("exit code %d", code)}
}
