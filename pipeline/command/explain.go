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
		Short: "Show every decision about one person, in plain words, oldest first",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			person, err := snapshot.PersonID(args[0])
			if err != nil {
				return err
			}
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			told, err := snapshot.Explain(cmd.Context(), &p.Console, config, person)
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
