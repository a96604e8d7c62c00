package command

import (
	"errors"

	"careshare/pipeline/config"
	"careshare/pipeline/fetch"

	"github.com/spf13/cobra"
)

func (p *program) fetchCommand() *cobra.Command {
	var sender string
	cmd := &cobra.Command{
		Use:     "fetch",
		Example: "  careshare fetch\n  careshare fetch --sender exchange",
		Short:   "Fetch bulk exports from the health senders' servers into their folders",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			got, failed := fetch.Fetch(cmd.Context(), &p.Console, config, sender)
			if len(got.Exports) == 0 {
				return failed
			}
			return errors.Join(p.print(got), failed)
		},
	}
	cmd.Flags().StringVar(&sender, "sender", "", "only this sender")
	return cmd
}
