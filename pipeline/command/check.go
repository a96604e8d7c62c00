package command

import (
	"errors"

	"careshare/load/fault"
	"careshare/pipeline/check"
	"careshare/pipeline/config"

	"github.com/spf13/cobra"
)

func (p *program) checkCommand() *cobra.Command {
	plan := ""
	cmd := &cobra.Command{
		Use:     "check",
		Example: "  careshare check\n  careshare check --config council/careshare.yaml --json",
		Short:   "Look at configuration, agreement, schedules, sources and space: each line ok, or what to do",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			found := check.Look(cmd.Context(), &p.Console, p.configPath, config, SchedulerOf(&p.Console, p.configPath, plan))
			if err := p.print(found); err != nil {
				return err
			}
			for _, line := range found.Lines {
				if !line.OK {
					return fault.WithHint(errors.New("check: a run would fail, or leave something out"),
						"fix each line marked FIX and check again; careshare borough --to sources makes synthetic sources to try with")
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&plan, "schedules", "", "the plan (default: schedules.yaml beside the configuration, where there is one)")
	return cmd
}
