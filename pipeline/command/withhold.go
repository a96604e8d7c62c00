package command

import (
	"errors"

	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/snapshot"

	"github.com/spf13/cobra"
)

func (p *program) withholdVerb() *cobra.Command {
	var reason string
	var lift bool
	verb := &cobra.Command{
		Use:   "withhold PERSON --reason TEXT [--lift]",
		Short: "Stop sharing about one person now; a snapshot without their rows is published at once",
		Args:  cobra.ExactArgs(1),
		RunE: func(verb *cobra.Command, args []string) error {
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
			done, err := snapshot.Withhold(verb.Context(), &p.Console, config, person, reason, lift)
			if err != nil {
				return err
			}
			return p.print(done)
		},
	}
	verb.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	verb.Flags().BoolVar(&lift, "lift", false, "share again from the next run on")
	return verb
}
