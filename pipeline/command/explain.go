package command

import (
	"fmt"

	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"
	"careshare/reports"

	"github.com/spf13/cobra"
)

func (p *program) explainCommand() *cobra.Command {
	var html string
	cmd := &cobra.Command{
		Use:   "explain PERSON",
		Short: "Say what is shared about one person and why, then show every decision",
		Long: "Say in one paragraph what is shared about one person, what is not, and why. Then show every decision, oldest first.\n" +
			"PERSON is Mosaic's person_id, or an NHS number that the current snapshot knows.",
		Example: "  careshare explain 1000010\n  careshare explain '999 123 4567' --html answer.html",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			told, err := snapshot.Explain(cmd.Context(), &p.Console, config, args[0])
			if err != nil {
				return fmt.Errorf("explain: %w", err)
			}
			if html != "" {
				if err := reports.WriteFile(html, told.WritePage); err != nil {
					return fault.Explain("write "+html, err)
				}
				told.Page = html
			}
			return p.print(told)
		},
	}
	cmd.Flags().StringVar(&html, "html", "", "write it as a page too, to this file")
	return cmd
}
