package command

import (
	"errors"
	"fmt"
	"strings"

	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/review"

	"github.com/spf13/cobra"
)

func (p *program) reviewCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "review", Example: "  careshare review export --to queue\n  careshare review import queue/nhs_number_reviews.xlsx --by 'A. Reviewer'", Short: "Decide what the rules about NHS numbers cannot: export the queue, import decisions"}
	cmd.AddCommand(p.reviewExportCommand(), p.reviewImportCommand())
	return cmd
}

func (p *program) reviewExportCommand() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:     "export --to DIR",
		Example: "  careshare review export --to queue",
		Short:   "Write the queue as a workbook and as CSV; both name people",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return exit.Usage(fault.WithHint(errors.New("a folder is needed"), "add --to"))
			}
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			done, err := review.Export(cmd.Context(), &p.Console, config, to)
			if err != nil {
				return fmt.Errorf("review export: %w", err)
			}
			return p.print(done)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "the folder to write to")
	return cmd
}

func (p *program) reviewImportCommand() *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:     "import FILE --by NAME",
		Example: "  careshare review import queue/nhs_number_reviews.xlsx --by 'A. Reviewer'",
		Short:   "Remember a reviewer's decisions permanently, all of the file's or none",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if by = strings.TrimSpace(by); by == "" {
				return exit.Usage(fault.WithHint(errors.New("who decided is needed for the audit log"), "add --by"))
			}
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			done, err := review.Import(cmd.Context(), &p.Console, config, args[0], by)
			if err != nil {
				return fmt.Errorf("review import: %w", err)
			}
			return p.print(done)
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "the reviewer's name, for the audit log and the history")
	return cmd
}
