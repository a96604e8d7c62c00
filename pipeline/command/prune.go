package command

import (
	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"

	"github.com/spf13/cobra"
)

func (p *program) pruneVerb() *cobra.Command {
	var plan bool
	verb := &cobra.Command{
		Use:   "prune",
		Short: "Remove what the agreement's retention no longer allows; each run does it too",
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			settings, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			_, agreement, err := config.ReadTerms(settings)
			if err != nil {
				return err
			}
			lake, err := snapshot.LockLake(verb.Context(), &p.Console, settings)
			if err != nil {
				return err
			}
			defer lake.Unlock()
			removals, err := snapshot.Prune(verb.Context(), lake, settings, agreement, plan)
			if err != nil {
				return err
			}
			return p.print(snapshot.Pruned{Removals: removals, Planned: plan})
		},
	}
	verb.Flags().BoolVar(&plan, "plan", false, "only say what would go")
	return verb
}
