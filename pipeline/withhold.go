package pipeline

import (
	"errors"

	"careshare/load/fault"

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
			person, err := personID(args[0])
			if err != nil {
				return err
			}
			if reason == "" {
				return usage(fault.WithHint(errors.New("a reason is needed for the audit log"), "add --reason, without naming the person"))
			}
			config, err := readConfig(p.configPath)
			if err != nil {
				return err
			}
			done, err := withholdPerson(verb.Context(), &p.Console, config, person, reason, lift)
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
