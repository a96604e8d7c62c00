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

	"github.com/spf13/cobra"
)

func (p *program) runCommand() *cobra.Command {
	var asAt string
	var older bool
	var accept []string
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Pull the sources, decide, and publish one snapshot",
		Long:  "Pull the sources, decide for each person and dataset, and publish one snapshot, or nothing.\n\n" + exit.Codes,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := console.Moment(asAt, p.Now().UTC().Truncate(time.Second))
			if err != nil {
				return err
			}
			if ahead := at.Sub(p.Now()); ahead > time.Hour {
				fmt.Fprintf(p.Stderr, "warning: --as-at lies %s ahead of this machine's clock: what it publishes stands until then, and a run for now wants --older\n", ahead.Round(time.Hour))
			}
			return p.runAndPrint(cmd.Context(), at, older, accept)
		},
	}
	cmd.Flags().StringVar(&asAt, "as-at", "", "the moment the run speaks for, such as 2026-11-01T07:00:00Z (default: now)")
	cmd.Flags().BoolVar(&older, "older", false, "publish even where readers have a snapshot of a later moment")
	cmd.Flags().StringSliceVar(&accept, "accept", nil, "safeguards whose breach this run accepts, such as standing_refusals (the message names them)")
	return cmd
}

func (p *program) runAndPrint(ctx context.Context, asAt time.Time, older bool, accept []string) error {
	config, err := config.Read(p.configPath)
	if err != nil {
		return err
	}
	job, err := flow.Prepare(&p.Console, config, asAt)
	if err != nil {
		return err
	}
	job.Older = older
	if err := job.Accept(accept); err != nil {
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
	if printed := p.print(summary); printed != nil {
		return printed
	}
	if err != nil {
		return fault.Explain("run: published, but not all that follows was done; the next run does it", err)
	}
	if summary.Quarantined() > 0 {
		return exit.ErrQuarantined
	}
	return nil
}
