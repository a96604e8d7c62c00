package command

import (
	"careshare/pipeline/exit"
	"careshare/pipeline/ruletest"

	"github.com/spf13/cobra"
)

func (p *program) testCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "test [MODEL...]",
		Example: "  careshare test\n  careshare test int_refusals consent_refusals",
		Short:   "Run the unit cases of the models, shipped and the council's own",
		Long: `Run the unit cases of all models, or of those named, with the rules of the configuration; without a configuration, with the
shipped rules. It needs no source and no lake. Cases are tests/MODEL.txtar in the overlay; they replace the shipped cases of that model.
Exit code 4 means that a case failed.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			decides, err := p.rules()
			if err != nil {
				return err
			}
			found, err := ruletest.Run(cmd.Context(), decides, args)
			if err != nil {
				return err
			}
			if err := p.print(found); err != nil {
				return err
			}
			if len(found.Failed) > 0 {
				return exit.ErrCases
			}
			return nil
		},
	}
}
