package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/console"
	"careshare/reports"
	"careshare/schedules"
)

// process names this one in the ledger.
func process() string {
	host, _ := os.Hostname() // only for the eye
	return fmt.Sprintf("%s:%d", host, os.Getpid())
}

// chosen are the jobs that a command line names; none means all of them.
func chosen(k *schedules.Keeper, names []string) ([]schedules.Job, error) {
	if len(names) == 0 {
		return k.Plan.Jobs, nil
	}
	byName, known := map[string]schedules.Job{}, []string{}
	for _, job := range k.Plan.Jobs {
		byName[job.Name], known = job, append(known, job.Name)
	}
	var jobs []schedules.Job
	for _, name := range names {
		job, found := byName[name]
		if !found {
			return nil, usage(fault.WithHint(fmt.Errorf("schedule: there is no job %s", name), "the jobs are "+strings.Join(known, ", ")))
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// busy gives the schedules' own errors their exit codes.
func busy(err error) error {
	switch {
	case errors.Is(err, schedules.ErrBusy):
		return fmt.Errorf("schedule: %w (%w)", err, lake.ErrLocked)
	case errors.Is(err, schedules.ErrPaused):
		return usage(fault.WithHint(fmt.Errorf("schedule: %w", err), "end the pause with careshare schedule resume"))
	case errors.Is(err, schedules.ErrUnknownYear):
		return usage(fault.WithHint(fmt.Errorf("schedule: %w", err), "name a newer list in the plan's bank_holidays"))
	case err != nil:
		return fmt.Errorf("schedule: %w", err)
	}
	return nil
}

// shown is a slot's time as a job's own clock shows it.
func shown(job schedules.Job, at time.Time) string {
	if zone, err := job.Location(); err == nil {
		at = at.In(zone)
	}
	return at.Format("Mon 2006-01-02 15:04 MST")
}

// scheduler carries a council's plan out.
type scheduler struct {
	*console.Console
	configPath string
	path       string // of the plan; empty: schedules.yaml beside the configuration
	commands   commands
}

// commands are the program's own commands, as a schedule needs them.
type commands struct {
	line func(job schedules.Job, slot time.Time) ([]string, error) // a job's command line for a slot
	do   func(ctx context.Context, args []string) int              // carries a command line out and gives its exit code
}

// keeper reads the configuration, the plan and the ledger.
func (s scheduler) keeper() (*schedules.Keeper, Config, error) {
	config, err := readConfig(s.configPath)
	if err != nil {
		return nil, config, err
	}
	keeper, err := s.keeperOf(config)
	return keeper, config, err
}

// carrier carries single slots out.
func (s scheduler) carrier(config Config) carrier {
	return carrier{s.Console, s.configPath, config, s.commands}
}

// keeperOf reads the plan and the ledger; what the plan cannot mean is wrong usage.
func (s scheduler) keeperOf(config Config) (*schedules.Keeper, error) {
	path := s.planPath()
	plan, known, err := readPlan(config, path, s.commands.line)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(config.Lake, "schedules")
	if plan.Ledger != "" {
		folder = from(filepath.Dir(path), plan.Ledger)
	}
	ledger, err := schedules.OpenLedger(folder)
	if err != nil {
		return nil, err
	}
	keeper, err := schedules.NewKeeper(schedules.Options{
		Plan: plan, Holidays: known, Ledger: ledger, Clock: s.Now, By: process(),
		Carry: s.carrier(config).carry,
	})
	if err != nil {
		return nil, usage(err)
	}
	return keeper, nil
}

// planPath is the plan that was named, or schedules.yaml beside the configuration.
func (s scheduler) planPath() string {
	if s.path != "" {
		return s.path
	}
	return filepath.Join(filepath.Dir(s.configPath), "schedules.yaml")
}

// nextOf says how many jobs there are, and which is due next.
func (s scheduler) nextOf(k *schedules.Keeper) string {
	words := ", " + reports.Counted(len(k.Plan.Jobs), "job")
	var next schedules.Job
	var at time.Time
	for _, job := range k.Plan.Jobs {
		for _, slot := range k.Next(job.Name, s.Now(), 1) {
			if at.IsZero() || slot.Before(at) {
				next, at = job, slot
			}
		}
	}
	if at.IsZero() {
		return words
	}
	return fmt.Sprintf("%s, next %s on %s", words, next.Name, shown(next, at))
}
