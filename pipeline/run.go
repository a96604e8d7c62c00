package pipeline

import (
	"context"
	"fmt"
	"time"

	"careshare/load/fault"

	"github.com/spf13/cobra"
)

func (p *program) runVerb() *cobra.Command {
	var asAt string
	var older bool
	verb := &cobra.Command{
		Use:   "run",
		Short: "Pull the sources, decide, and publish one snapshot",
		Long:  "Pull the sources, decide for each person and dataset, and publish one snapshot, or nothing.\n\n" + exitCodes,
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			at, err := moment(asAt, p.Now().UTC().Truncate(time.Second))
			if err != nil {
				return err
			}
			if ahead := at.Sub(p.Now()); ahead > time.Hour {
				fmt.Fprintf(p.Stderr, "warning: --as-at lies %s ahead of this machine's clock: what it publishes stands until then, and a run for now wants --older\n", ahead.Round(time.Hour))
			}
			return p.runAndPrint(verb.Context(), at, older)
		},
	}
	verb.Flags().StringVar(&asAt, "as-at", "", "the moment the run speaks for, such as 2026-11-01T07:00:00Z (default: now)")
	verb.Flags().BoolVar(&older, "older", false, "publish even where readers have a snapshot of a later moment")
	return verb
}

func (p *program) runAndPrint(ctx context.Context, asAt time.Time, older bool) error {
	config, err := readConfig(p.configPath)
	if err != nil {
		return err
	}
	job, err := prepare(&p.Console, config, asAt)
	if err != nil {
		return err
	}
	job.older = older
	for _, file := range job.config.Ruleset().Overlay {
		if file.Stale != "" {
			fmt.Fprintf(p.Stderr, "warning: rules: %s: %s; see careshare rules diff\n", file.Path, file.Stale)
		}
	}
	for _, u := range job.unpublished {
		u.Text(p.Stderr)
	}
	summary, err := job.run(ctx)
	if err != nil && summary.Run == "" {
		return fault.Explain("run", err)
	}
	if printed := p.print(summary); printed != nil {
		return printed
	}
	if err != nil {
		return fault.Explain("run: published, but not all that follows was done; the next run does it", err)
	}
	if summary.quarantined() > 0 {
		return errQuarantined
	}
	return nil
}
