package command

import (
	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"

	"github.com/spf13/cobra"
)

func (p *program) pruneCommand() *cobra.Command {
	var plan bool
	cmd := &cobra.Command{
		Use:     "prune",
		Example: "  careshare prune --plan\n  careshare prune",
		Short:   "Remove what the agreement's retention no longer allows; each run does it too",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			_, agreement, err := config.ReadTerms(settings)
			if err != nil {
				return err
			}
			lake, err := snapshot.LockLake(cmd.Context(), &p.Console, settings)
			if err != nil {
				return err
			}
			defer lake.Unlock()
			removals, err := snapshot.Prune(cmd.Context(), lake, settings, agreement, plan)
			if err != nil {
				return err
			}
			return p.print(snapshot.Pruned{Removals: removals, Planned: plan})
		},
	}
	cmd.Flags().BoolVar(&plan, "plan", false, "only say what would go")
	return cmd
}
