package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"careshare/load"
)

func (p *program) planVerb() *cobra.Command {
	var asAt string
	verb := &cobra.Command{
		Use:   "plan",
		Short: "Show what a run would read, share and withhold; nothing is written to the lake",
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			at, err := moment(asAt, p.now().UTC().Truncate(time.Second))
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

// plan decides as a run does, in a scratch lake that is wiped; the real lake gives only who is withheld.
func (j *job) plan(ctx context.Context) (summary Summary, err error) {
	folder, err := os.MkdirTemp("", "careshare-plan-")
	if err != nil {
		return Summary{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	scratch, err := load.Open(folder, j.now)
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
	withheld, err := withheldPeople(j.config.Lake, j.now)
	if err != nil {
		return Summary{}, err
	}
	decided, err := j.decide(ctx, withheld, run)
	if err != nil {
		return Summary{}, err
	}
	return j.summarise(decided, load.Snapshot{}), nil
}

// withheldPeople are those whom the council's own word keeps back, from a lake that may not exist yet.
func withheldPeople(path string, now func() time.Time) ([]load.Withholding, error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	lake, err := load.Open(path, now)
	if err != nil {
		return nil, err
	}
	log, err := lake.Log()
	if err != nil {
		return nil, err
	}
	return log.WithheldPeople(), nil
}
