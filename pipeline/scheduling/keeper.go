// Package scheduling carries out what a council's plan says is due.
package scheduling

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
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/reports"
	"careshare/schedules"
)

// process names this one in the ledger.
func process() string {
	host, _ := os.Hostname() // only for the eye
	return fmt.Sprintf("%s:%d", host, os.Getpid())
}

// Chosen are the jobs that a command line names; none means all of them.
func Chosen(k *schedules.Keeper, names []string) ([]schedules.Job, error) {
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
			return nil, exit.Usage(fault.WithHint(fmt.Errorf("schedule: there is no job %s", name), "the jobs are "+strings.Join(known, ", ")))
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// Busy gives the schedules' own errors their exit codes.
func Busy(err error) error {
	switch {
	case errors.Is(err, schedules.ErrBusy):
		return fmt.Errorf("schedule: %w (%w)", err, lake.ErrLocked)
	case errors.Is(err, schedules.ErrPaused):
		return exit.Usage(fault.WithHint(fmt.Errorf("schedule: %w", err), "end the pause with careshare schedule resume"))
	case errors.Is(err, schedules.ErrUnknownYear):
		return exit.Usage(fault.WithHint(fmt.Errorf("schedule: %w", err), "name a newer list in the plan's bank_holidays"))
	case err != nil:
		return fmt.Errorf("schedule: %w", err)
	}
	return nil
}

// slotTime is a slot's time as a job's own clock shows it.
func slotTime(job schedules.Job, at time.Time) string {
	if zone, err := job.Location(); err == nil {
		at = at.In(zone)
	}
	return at.Format("Mon 2006-01-02 15:04 MST")
}

// Scheduler carries a council's plan out.
type Scheduler struct {
	*console.Console
	ConfigPath string
	Plan       string // path; empty: schedules.yaml beside the configuration
	Commands   Commands
}

// Commands are the program's own commands, as a schedule needs them.
type Commands struct {
	Line func(job schedules.Job, slot time.Time) ([]string, error) // a job's command line for a slot
	Do   func(ctx context.Context, args []string) int              // carries a command line out and gives its exit code
}

// Keeper reads the configuration, the plan and the ledger.
func (s Scheduler) Keeper() (*schedules.Keeper, config.Config, error) {
	config, err := config.Read(s.ConfigPath)
	if err != nil {
		return nil, config, err
	}
	keeper, err := s.KeeperOf(config)
	return keeper, config, err
}

// Carrier carries single slots out.
func (s Scheduler) Carrier(config config.Config) Carrier {
	return Carrier{s.Console, s.ConfigPath, config, s.Commands}
}

// KeeperOf reads the plan and the ledger; what the plan cannot mean is wrong usage.
func (s Scheduler) KeeperOf(settings config.Config) (*schedules.Keeper, error) {
	path := s.PlanPath()
	plan, known, err := readPlan(settings, path, s.Commands.Line)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(settings.Lake, "schedules")
	if plan.Ledger == "" && settings.Bucket != "" {
		return nil, exit.Usage(fmt.Errorf("%s: ledger: name a folder that is kept: a lake in a bucket has none for it", path))
	}
	if plan.Ledger != "" {
		folder = config.ResolvePath(filepath.Dir(path), plan.Ledger)
	}
	ledger, err := schedules.OpenLedger(folder)
	if err != nil {
		return nil, err
	}
	keeper, err := schedules.NewKeeper(schedules.Options{
		Plan: plan, Holidays: known, Ledger: ledger, Clock: s.Now, By: process(),
		Carry: s.Carrier(settings).Carry,
	})
	if err != nil {
		return nil, exit.Usage(err)
	}
	return keeper, nil
}

// PlanPath is the plan that was named, or schedules.yaml beside the configuration.
func (s Scheduler) PlanPath() string {
	if s.Plan != "" {
		return s.Plan
	}
	return filepath.Join(filepath.Dir(s.ConfigPath), "schedules.yaml")
}

// NextOf says how many jobs there are, and which is due next.
func (s Scheduler) NextOf(k *schedules.Keeper) string {
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
	return fmt.Sprintf("%s, next %s on %s", words, next.Name, slotTime(next, at))
}
