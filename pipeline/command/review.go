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

func (p *program) reviewVerb() *cobra.Command {
	verb := &cobra.Command{Use: "review", Short: "Decide what the rules about NHS numbers cannot: export the queue, import decisions"}
	verb.AddCommand(p.reviewExportVerb(), p.reviewImportVerb())
	return verb
}

func (p *program) reviewExportVerb() *cobra.Command {
	var to string
	verb := &cobra.Command{
		Use:   "export --to DIR",
		Short: "Write the queue as a workbook and as CSV; both name people",
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			if to == "" {
				return exit.Usage(fault.WithHint(errors.New("a folder is needed"), "add --to"))
			}
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			done, err := review.Export(verb.Context(), &p.Console, config, to)
			if err != nil {
				return fmt.Errorf("review export: %w", err)
			}
			return p.print(done)
		},
	}
	verb.Flags().StringVar(&to, "to", "", "the folder to write to")
	return verb
}

func (p *program) reviewImportVerb() *cobra.Command {
	var by string
	verb := &cobra.Command{
		Use:   "import FILE --by NAME",
		Short: "Remember a reviewer's decisions for ever, all of the file's or none",
		Args:  cobra.ExactArgs(1),
		RunE: func(verb *cobra.Command, args []string) error {
			if by = strings.TrimSpace(by); by == "" {
				return exit.Usage(fault.WithHint(errors.New("who decided is needed for the audit log"), "add --by"))
			}
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			done, err := review.Import(verb.Context(), &p.Console, config, args[0], by)
			if err != nil {
				return fmt.Errorf("review import: %w", err)
			}
			return p.print(done)
		},
	}
	verb.Flags().StringVar(&by, "by", "", "the reviewer's name, for the audit log and the history")
	return verb
}
