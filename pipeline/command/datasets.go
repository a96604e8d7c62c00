package command

import (
	"fmt"

	"careshare/load/agreement"
	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"

	"github.com/spf13/cobra"
)

func (p *program) datasetsCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "datasets [NAME]",
		Example: "  careshare datasets\n  careshare datasets medications",
		Short:   "Show the data dictionary",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			settings, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			contracts, agreed, err := config.ReadTerms(settings)
			if err != nil {
				return err
			}
			d := dictionary{Datasets: agreement.Dictionary(contracts, agreed), one: len(args) == 1}
			if !d.one {
				return p.print(d)
			}
			for _, entry := range d.Datasets {
				if entry.Name == args[0] {
					return p.print(dictionary{Datasets: []agreement.DictionaryEntry{entry}, one: true})
				}
			}
			return exit.Usage(fault.WithHint(fmt.Errorf("there is no dataset %s", args[0]), "careshare datasets lists them all"))
		},
	}
}
