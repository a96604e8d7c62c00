package pipeline

import (
	"context"
	_ "embed"
	"errors"
	"strings"

	"careshare/load/fault"
	"careshare/pipeline/console"
	"careshare/schedules"

	"github.com/spf13/cobra"
)

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

// keeper reads the configuration and the plan.
func (s *scheduling) keeper() (keeper *schedules.Keeper, err error) {
	keeper, s.config, err = schedulerOf(&s.Console, s.configPath, s.path).keeper()
	return keeper, err
}

// schedulerOf carries the plan at a path out by this program's own commands.
func schedulerOf(con *console.Console, configPath, path string) scheduler {
	return scheduler{con, configPath, path, commands{line: command, do: func(ctx context.Context, args []string) int {
		return mainBy(ctx, con.Now, args, strings.NewReader(""), con.Stderr, con.Stderr) // its own result is the slots
	}}}
}
