package command

import (
	"context"
	"errors"
	"time"

	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/scheduling"
	"careshare/pipeline/spool"
	"careshare/schedules"

	"github.com/spf13/cobra"
)

func (s *scheduleCommand) backfillCommand() *cobra.Command {
	var from, to string
	var dry bool
	cmd := &cobra.Command{
		Use:     "backfill [JOB...] --from T [--to T] [--dry-run]",
		Example: "  careshare schedule backfill nightly --from 2026-11-01 --dry-run",
		Short:   "Do the slots of a past time that are not done, whatever policy skipped",
		Long: "Do the slots of a past time that are not done, oldest first, whatever policy skipped. A run that is made up for is\n" +
			"published like any other: readers see its moment until the next run.",
		RunE: func(cmd *cobra.Command, names []string) error {
			keeper, err := s.keeper()
			if err != nil {
				return err
			}
			jobs, err := scheduling.Chosen(keeper, names)
			if err != nil {
				return err
			}
			since, until, err := s.span(from, to)
			if err != nil {
				return err
			}
			if dry {
				list, err := scheduling.MissingSlots(keeper, jobs, since, until)
				if err != nil {
					return err
				}
				return s.print(list)
			}
			return s.backfill(cmd.Context(), keeper, jobs, since, until)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "the first moment, such as 2026-11-01 or 2026-11-01T07:00:00Z")
	cmd.Flags().StringVar(&to, "to", "", "up to here, not included (default: now)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say which slots they are")
	return cmd
}

// span reads a past span of time; a date is its first moment in London.
func (s *scheduleCommand) span(from, to string) (since, until time.Time, err error) {
	now := s.Now().UTC()
	if since, err = console.Moment(from, time.Time{}); err != nil {
		return since, until, err
	}
	if until, err = console.Moment(to, now); err != nil {
		return since, until, err
	}
	if since.IsZero() || !since.Before(until) || until.After(now) {
		return since, until, exit.Usage(errors.New("schedule backfill: --from is needed, before --to, and neither may be in the future"))
	}
	return since, until, nil
}

func (s *scheduleCommand) backfill(ctx context.Context, k *schedules.Keeper, jobs []schedules.Job, from, to time.Time) error {
	var all []schedules.Entry
	var err error
	for _, job := range jobs {
		var entries []schedules.Entry
		entries, err = k.Backfill(ctx, job.Name, from, to)
		all = append(all, entries...)
		if err != nil {
			break
		}
	}
	done, handing := spool.HandOverDue(ctx, &s.Console, s.config, k.Ledger.History())
	if len(all) > 0 || err == nil {
		err = errors.Join(s.print(scheduling.Carried{Entries: all, HandedOver: done}), err)
	}
	if err = errors.Join(err, handing); err != nil {
		return scheduling.Busy(err)
	}
	return scheduling.VerdictOf(done, all)
}
