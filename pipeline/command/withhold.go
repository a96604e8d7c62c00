package command

import (
	"errors"

	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/reporting"
	"careshare/pipeline/snapshot"

	"github.com/spf13/cobra"
)

func (p *program) withholdCommand() *cobra.Command {
	var o snapshot.WithholdOptions
	var list bool
	cmd := &cobra.Command{
		Use:   "withhold PERSON --reason TEXT [--lift] | withhold --list",
		Short: "Stop sharing about one person now, and publish a snapshot without their rows",
		Example: "  careshare withhold 1000010 --reason 'asked by telephone on 3 November'\n" +
			"  careshare withhold 1000010 --reason 'changed their mind' --lift\n  careshare withhold --list",
		Args: func(cmd *cobra.Command, args []string) error {
			if list {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				config, err := config.Read(p.configPath)
				if err != nil {
					return err
				}
				people, err := snapshot.WithheldNow(&p.Console, config)
				if err != nil {
					return err
				}
				return p.print(people)
			}
			person, err := snapshot.PersonID(args[0])
			if err != nil {
				return err
			}
			if o.Reason == "" {
				return exit.Usage(fault.WithHint(errors.New("a reason is needed for the audit log"), "add --reason, without naming the person"))
			}
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			o.Remake = reporting.WithoutPerson(config)
			done, err := snapshot.Withhold(cmd.Context(), &p.Console, config, person, o)
			if err != nil {
				return err
			}
			return p.print(done)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Reason, "reason", "", "why, for the audit log")
	flags.BoolVar(&o.Lift, "lift", false, "share again from the next run on")
	flags.BoolVar(&o.Unknown, "unknown", false, "withhold somebody who is not in a snapshot yet")
	flags.BoolVar(&list, "list", false, "list who is withheld manually")
	return cmd
}
