package command

import (
	"errors"

	"careshare/pipeline/config"
	"careshare/pipeline/spool"

	"github.com/spf13/cobra"
)

func (p *program) deliverCommand() *cobra.Command {
	var list bool
	cmd := &cobra.Command{
		Use:     "deliver",
		Example: "  careshare deliver\n  careshare deliver --list",
		Short:   "Hand over the reports that wait in the spool; each pass of schedule does it too",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			if list {
				waiting, err := config.Spool().Waiting()
				if err != nil {
					return err
				}
				return p.print(spool.HandedOver{Deliveries: waiting})
			}
			done, err := spool.HandOverDue(cmd.Context(), &p.Console, config, nil)
			return errors.Join(p.print(done), err, done.Failure())
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "only show what waits, and why")
	return cmd
}
