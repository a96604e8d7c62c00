package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"careshare/load/lake"

	"github.com/spf13/cobra"
)

func (p *program) planVerb() *cobra.Command {
	var asAt string
	verb := &cobra.Command{
		Use:   "plan",
		Short: "Show what a run would read, share and withhold; nothing is written to the lake",
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			at, err := moment(asAt, p.Now().UTC().Truncate(time.Second))
			if err != nil {
				return err
			}
			job, err := p.prepare(at)
			if err != nil {
				return err
			}
			summary, err := job.plan(verb.Context())
			if err != nil {
				return fmt.Errorf("plan: %w", err)
			}
			return p.print(summary)
		},
	}
	verb.Flags().StringVar(&asAt, "as-at", "", "the moment to plan for (default: now)")
	return verb
}

// plan decides as a run does, in a scratch lake that is wiped; the real lake gives only what it remembers.
func (j *job) plan(ctx context.Context) (summary Summary, err error) {
	folder, err := os.MkdirTemp("", "careshare-plan-")
	if err != nil {
		return Summary{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	scratch, err := lake.Open(folder, j.Now)
	if err != nil {
		return Summary{}, err
	}
	if err := scratch.Lock(); err != nil {
		return Summary{}, err
	}
	defer scratch.Unlock()
	run, err := scratch.Begin(j.asAt)
	if err != nil {
		return Summary{}, err
	}
	known, err := j.recall(ctx)
	if err != nil {
		return Summary{}, err
	}
	decided, err := j.decide(ctx, known, run)
	if err != nil {
		return Summary{}, err
	}
	return j.summarise(decided, lake.Snapshot{}), nil
}
