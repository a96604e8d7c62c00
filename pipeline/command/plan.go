package command

import (
	"errors"
	"fmt"
	"time"

	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/flow"

	"github.com/spf13/cobra"
)

func (p *program) planCommand() *cobra.Command {
	var asAt, against string
	var accept []string
	var verbose bool
	cmd := &cobra.Command{
		Use:     "plan",
		Short:   "Show what a run would read, share and withhold; nothing is written to the lake",
		Example: "  careshare plan\n  careshare plan --against current",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := console.Moment(asAt, p.Now().UTC().Truncate(time.Second))
			if err != nil {
				return err
			}
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			job, err := flow.Prepare(&p.Console, config, at)
			if err != nil {
				return err
			}
			if against != "" && against != "current" {
				return exit.Usage(errors.New("plan: --against must be current"))
			}
			if err := job.Accept(accept); err != nil {
				return err
			}
			summary, err := job.Plan(cmd.Context(), against != "")
			if err != nil {
				return fmt.Errorf("plan: %w", err)
			}
			summary.Verbose = verbose
			return p.print(summary)
		},
	}
	cmd.Flags().StringVar(&asAt, "as-at", "", "the moment to plan for (default: now)")
	cmd.Flags().StringVar(&against, "against", "", "current: list who would newly be shared or no longer be, and why; breached safeguards do not stop it")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "print every count: each dataset's rows and each warning")
	cmd.Flags().StringSliceVar(&accept, "accept", nil, "safeguards whose breach is accepted, as in run")
	return cmd
}
