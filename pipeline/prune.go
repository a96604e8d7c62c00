package pipeline

import (
	"context"
	"fmt"
	"io"

	"careshare/load/agreement"
	"careshare/load/lake"
	"careshare/reports"

	"github.com/spf13/cobra"
)

// pruned is what retention took, or would take.
type pruned struct {
	Removals []lake.Removal `json:"removals"`
	Planned  bool           `json:"planned"` // nothing was removed
}

func (r pruned) Text(w io.Writer) {
	verb := "removed"
	if r.Planned {
		verb = "would remove"
	}
	if len(r.Removals) == 0 {
		fmt.Fprintln(w, "nothing is past its days")
	}
	for _, removal := range r.Removals {
		what := reports.Counted(len(removal.Files), "file of")
		if removal.Whole {
			what = "the whole of"
		}
		fmt.Fprintf(w, "%s %s %s\n", verb, what, removal.Run)
	}
}

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
			lake, err := p.lockedLake(verb.Context(), config)
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

func prune(ctx context.Context, l *lake.Lake, c Config, a agreement.Agreement, plan bool) ([]lake.Removal, error) {
	return lake.Prune(ctx, l, lake.PruneOptions{Retention: a.Retention, ConsentWindowDays: c.Consent.WindowDays, Plan: plan})
}
