package command

import (
	"errors"

	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/snapshot"

	"github.com/spf13/cobra"
)

func (p *program) withholdCommand() *cobra.Command {
	var reason string
	var lift bool
	cmd := &cobra.Command{
		Use:   "withhold PERSON --reason TEXT [--lift]",
		Short: "Stop sharing about one person now; a snapshot without their rows is published at once",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			person, err := snapshot.PersonID(args[0])
			if err != nil {
				return err
			}
			if reason == "" {
				return exit.Usage(fault.WithHint(errors.New("a reason is needed for the audit log"), "add --reason, without naming the person"))
			}
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			done, err := snapshot.Withhold(cmd.Context(), &p.Console, config, person, reason, lift)
			if err != nil {
				return err
			}
			return p.print(done)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	cmd.Flags().BoolVar(&lift, "lift", false, "share again from the next run on")
	return cmd
}
