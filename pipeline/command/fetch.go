package command

import (
	"careshare/pipeline/config"
	"careshare/pipeline/fetch"

	"github.com/spf13/cobra"
)

func (p *program) fetchVerb() *cobra.Command {
	var sender string
	verb := &cobra.Command{
		Use:   "fetch",
		Short: "Fetch bulk exports from the health senders' servers into their folders",
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			got, err := fetch.Fetch(verb.Context(), &p.Console, config, sender)
			if err != nil {
				return err
			}
			return p.print(got)
		},
	}
	verb.Flags().StringVar(&sender, "sender", "", "only this sender")
	return verb
}
