package command

import (
	"context"
	"fmt"
	"time"

	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/flow"
	"careshare/reports"

	"github.com/spf13/cobra"
)

func (p *program) runCommand() *cobra.Command {
	var asAt string
	var older, verbose bool
	var accept []string
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Pull the sources, decide, and publish one snapshot",
		Long: "Pull the sources, decide for each person and dataset, and publish one snapshot, or nothing.\n\n" +
			"Rows that cannot be read go into quarantine. The snapshot is then published and the exit code is 3, so that a\n" +
			"scheduler can tell. `careshare demo` (make run) has such rows on purpose and exits with 0.\n\n" + exit.Codes,
		Example: "  careshare run\n  careshare run --as-at 2026-11-01T07:00:00Z --verbose\n  careshare run --json --progress > summary.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := console.Moment(asAt, p.Now().UTC().Truncate(time.Second))
			if err != nil {
				return err
			}
			if ahead := at.Sub(p.Now()); ahead > time.Hour {
				fmt.Fprintf(p.Stderr, "warning: --as-at is %s ahead of this machine's clock: a run for now will need --older until then\n", ahead.Round(time.Hour))
			}
			return p.runAndPrint(cmd.Context(), runOptions{at, older, verbose, accept})
		},
	}
	cmd.Flags().StringVar(&asAt, "as-at", "", "the moment that the run covers, such as 2026-11-01T07:00:00Z, or a date: its first minute in UK time (default: now)")
	cmd.Flags().BoolVar(&older, "older", false, "publish even if readers have a snapshot of a later moment")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "print every count: each dataset's rows and each warning")
	cmd.Flags().StringSliceVar(&accept, "accept", nil, "safeguards whose breach this run accepts, such as standing_refusals (the message names them)")
	return cmd
}

// runOptions say for which moment a run is, and what it shows.
type runOptions struct {
	asAt           time.Time
	older, verbose bool
	accept         []string
}

func (p *program) runAndPrint(ctx context.Context, o runOptions) error {
	config, err := config.Read(p.configPath)
	if err != nil {
		return err
	}
	job, err := flow.Prepare(&p.Console, config, o.asAt)
	if err != nil {
		return err
	}
	job.Older = o.older
	if err := job.Accept(o.accept); err != nil {
		return err
	}
	for _, file := range job.Config.Ruleset().Overlay {
		if file.Stale != "" {
			fmt.Fprintf(p.Stderr, "warning: rules: %s: %s; see careshare rules diff\n", file.Path, file.Stale)
		}
	}
	for _, u := range job.Unpublished {
		u.Text(p.Stderr)
	}
	summary, err := job.Run(ctx)
	if err != nil && summary.Run == "" {
		return fault.Explain("run", err)
	}
	summary.Verbose = o.verbose
	if printed := p.print(summary); printed != nil {
		return printed
	}
	if err != nil {
		return fault.Explain("run: published, but not all that follows was done; the next run does it", err)
	}
	if rows := summary.Quarantined(); rows > 0 {
		return fmt.Errorf("run: %s in quarantine: %w", reports.Counted(rows, "row"), exit.ErrQuarantined)
	}
	return nil
}
