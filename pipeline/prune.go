package pipeline

import (
	"github.com/spf13/cobra"
)

func (p *program) pruneVerb() *cobra.Command {
	var plan bool
	verb := &cobra.Command{
		Use:   "prune",
		Short: "Remove what the agreement's retention no longer allows; each run does it too",
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			config, err := readConfig(p.configPath)
			if err != nil {
				return err
			}
			_, agreement, err := readTerms(config)
			if err != nil {
				return err
			}
			lake, err := lockedLake(verb.Context(), &p.Console, config)
			if err != nil {
				return err
			}
			defer lake.Unlock()
			removals, err := prune(verb.Context(), lake, config, agreement, plan)
			if err != nil {
				return err
			}
			return p.print(pruned{removals, plan})
		},
	}
	verb.Flags().BoolVar(&plan, "plan", false, "only say what would go")
	return verb
}
