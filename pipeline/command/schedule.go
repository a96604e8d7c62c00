package command

import (
	"context"
	_ "embed"
	"errors"
	"strings"

	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/scheduling"
	"careshare/schedules"

	"github.com/spf13/cobra"
)

// scheduleCommand is the schedule command, with the plan that its flags name.
type scheduleCommand struct {
	*program
	path   string        // of the plan; empty: schedules.yaml beside the configuration
	config config.Config // as keeper read it
}

func (p *program) scheduleCommand() *cobra.Command {
	s := &scheduleCommand{program: p}
	cmd := &cobra.Command{
		Use:     "schedule",
		Example: "  careshare schedule list\n  careshare schedule run-due",
		Short:   "Do what is due when it is due, and account for every slot",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return exit.Usage(fault.WithHint(errors.New("schedule: say what to do"), "careshare schedule --help lists it"))
		},
	}
	cmd.PersistentFlags().StringVar(&s.path, "schedules", "", "the plan (default: schedules.yaml beside the configuration)")
	cmd.AddCommand(s.runCommand(), s.runDueCommand(), s.backfillCommand(), s.listCommand(), s.historyCommand(),
		s.pauseCommand("pause", schedules.Paused, "Let a job rest; the slots of its pause are skipped"),
		s.pauseCommand("resume", schedules.Resumed, "End a job's pause"))
	return cmd
}

// keeper reads the configuration and the plan.
func (s *scheduleCommand) keeper() (keeper *schedules.Keeper, err error) {
	keeper, s.config, err = SchedulerOf(&s.Console, s.configPath, s.path).Keeper()
	return keeper, err
}

// SchedulerOf carries the plan at a path out by this program's own commands.
func SchedulerOf(con *console.Console, configPath, path string) scheduling.Scheduler {
	return scheduling.Scheduler{Console: con, ConfigPath: configPath, Plan: path, Commands: scheduling.Commands{Line: CommandLine, Do: func(ctx context.Context, args []string) int {
		return Run(ctx, con.Now, args, strings.NewReader(""), con.Stderr, con.Stderr) // its own result is the slots
	}}}
}
