package command

import (
	"github.com/spf13/cobra"

	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/lookup"
)

func (p *program) pdsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "pds",
		Short: "Look up the NHS numbers of urgent people in PDS now, one strict search each",
		Long: "Look up the NHS numbers of urgent people in PDS now, one strict search each.\n\n" +
			"Urgent is a child of the newest trace request whose child protection plan, or time of being looked after, began within\n" +
			"pds.urgent_days. The answers go into the trace inbox, and the next run judges them by the trace rules.\n\n" + exit.Codes,
		Example: "  careshare pds",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			result, err := lookup.Urgent(cmd.Context(), &p.Console, config)
			if err != nil {
				return err
			}
			return p.print(result)
		},
	}
}
