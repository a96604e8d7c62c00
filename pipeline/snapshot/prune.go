package snapshot

import (
	"context"
	"fmt"
	"io"

	"careshare/load/agreement"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/reports"
)

// Pruned is what retention took, or would take.
type Pruned struct {
	Removals []lake.Removal `json:"removals"`
	Planned  bool           `json:"planned"` // nothing was removed
}

func (r Pruned) Text(w io.Writer) {
	verb := "removed"
	if r.Planned {
		verb = "would remove"
	}
	if len(r.Removals) == 0 {
		fmt.Fprintln(w, "no files are due for deletion")
	}
	for _, removal := range r.Removals {
		what := reports.Counted(len(removal.Files), "file of")
		if removal.Whole {
			what = "the whole of"
		}
		fmt.Fprintf(w, "%s %s %s\n", verb, what, removal.Run)
	}
}

// Prune removes what retention no longer allows.
func Prune(ctx context.Context, l *lake.Lake, c config.Config, a agreement.Agreement, plan bool) ([]lake.Removal, error) {
	return lake.Prune(ctx, l, lake.PruneOptions{Retention: a.Retention, ConsentWindowDays: c.Consent.WindowDays, Plan: plan})
}
