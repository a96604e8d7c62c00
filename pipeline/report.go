package pipeline

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) reportVerb() *cobra.Command {
	var o reportOptions
	verb := &cobra.Command{
		Use:   "report NAME",
		Short: "Make a report again from a published snapshot, the same bytes: " + strings.Join(reportNames(), ", "),
		Args: cobra.MatchAll(cobra.ExactArgs(1), knownName("report", reportNames()), func(_ *cobra.Command, args []string) error {
			if o.period == "" {
				return nil
			}
			return speaksFor(args[0], o.period)
		}),
		RunE: func(verb *cobra.Command, args []string) error {
			o.name = args[0]
			config, err := readConfig(p.configPath)
			if err != nil {
				return err
			}
			made, err := makeReport(verb.Context(), &p.Console, config, o)
			if err != nil {
				return fmt.Errorf("report: %w", err)
			}
			return p.print(made)
		},
	}
	verb.Flags().StringVar(&o.snapshot, "snapshot", "", "the run's id (default: the current snapshot)")
	verb.Flags().StringVar(&o.asAt, "as-at", "", "the newest snapshot that speaks for this moment or an earlier one")
	verb.Flags().StringVar(&o.to, "to", ".", "the folder to write to; nothing there is written over")
	verb.Flags().StringVar(&o.period, "period", "", "week or month: only the managers' pack that speaks for the last whole one (default: both)")
	verb.Flags().StringVar(&o.person, "person", "", "the case store's person_id, for person-history")
	return verb
}
