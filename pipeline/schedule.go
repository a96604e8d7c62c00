package pipeline

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/schedules"

	"github.com/spf13/cobra"
)

//go:embed schedules.yaml
var schedulesTemplate string

// scheduling is the schedule verb, with the plan that its flags name.
type scheduling struct {
	*program
	path   string // of the plan; empty: schedules.yaml beside the configuration
	config Config // as keeper read it
}

func (p *program) scheduleVerb() *cobra.Command {
	s := &scheduling{program: p}
	verb := &cobra.Command{
		Use:   "schedule",
		Short: "Do what is due when it is due, and account for every slot",
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			return usage(fault.WithHint(errors.New("schedule: say what to do"), "careshare schedule --help lists it"))
		},
	}
	verb.PersistentFlags().StringVar(&s.path, "schedules", "", "the plan (default: schedules.yaml beside the configuration)")
	verb.AddCommand(s.runVerb(), s.runDueVerb(), s.backfillVerb(), s.listVerb(), s.historyVerb(),
		s.pauseVerb("pause", schedules.Paused, "Let a job rest; the slots of its pause are skipped"),
		s.pauseVerb("resume", schedules.Resumed, "End a job's pause"))
	return verb
}

// keeper reads the plan and the ledger; what the plan cannot mean is wrong usage.
func (s *scheduling) keeper() (*schedules.Keeper, error) {
	config, err := readConfig(s.configPath)
	if err != nil {
		return nil, err
	}
	s.config = config
	return s.keeperOf(config)
}

func (s *scheduling) keeperOf(config Config) (*schedules.Keeper, error) {
	path := s.planPath()
	plan, known, err := config.readPlan(path)
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
		Carry: carrier{s.program, config}.carry,
	})
	if err != nil {
		return nil, usage(err)
	}
	return keeper, nil
}

// planPath is the plan that was named, or schedules.yaml beside the configuration.
func (s *scheduling) planPath() string {
	if s.path != "" {
		return s.path
	}
	return filepath.Join(filepath.Dir(s.configPath), "schedules.yaml")
}

// from is a path as a file in the folder base means it; empty stays empty.
func from(base, path string) string {
	switch {
	case path == "":
		return ""
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	}
	return filepath.Join(base, path)
}

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
