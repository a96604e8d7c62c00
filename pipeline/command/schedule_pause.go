package command

import (
	"errors"

	"careshare/load/fault"
	"careshare/pipeline/exit"
	"careshare/pipeline/scheduling"
	"careshare/schedules"

	"github.com/spf13/cobra"
)

// pauseCommand pauses or resumes.
func (s *scheduleCommand) pauseCommand(name string, state schedules.State, short string) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:     name + " JOB... --reason TEXT",
		Example: "  careshare schedule " + name + " nightly --reason 'server maintenance'",
		Short:   short,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, names []string) error {
			if reason == "" {
				return exit.Usage(fault.WithHint(errors.New("schedule "+name+": a reason is needed for the ledger"), "add --reason, without naming a person"))
			}
			keeper, err := s.keeper()
			if err != nil {
				return err
			}
			if err := scheduling.Rest(keeper, s.Now(), names, state, reason); err != nil {
				return err
			}
			return s.print(scheduling.Rests{Jobs: names, State: state, Reason: reason})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the ledger")
	return cmd
}
