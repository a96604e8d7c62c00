package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"careshare/london"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/scheduling"
	"careshare/pipeline/spool"
	"careshare/schedules"

	"github.com/spf13/cobra"
)

func (s *scheduleCommand) runVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Stay, and do each job when it is due; the plan is read once, at the start",
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			keeper, err := s.keeper()
			if err != nil {
				return err
			}
			warned := ""
			report := func(entries []schedules.Entry) error {
				warned = s.warn(keeper, warned)
				done, err := spool.HandOverDue(verb.Context(), &s.Console, s.config, keeper.Ledger.History())
				if err != nil && verb.Context().Err() == nil {
					fmt.Fprintln(s.Stderr, "careshare: warning:", err) // the slots are not to wait for the mail
				}
				if len(entries) == 0 && len(done.Deliveries) == 0 {
					return nil
				}
				return s.print(scheduling.Carried{Entries: entries, HandedOver: done})
			}
			return scheduling.Busy(keeper.Run(verb.Context(), sleep, report))
		},
	}
}

// warn says on stderr, once, that the bank holidays end or have ended, or that the ledger is ahead of the clock.
func (s *scheduleCommand) warn(k *schedules.Keeper, said string) string {
	warning, err := k.Horizon()
	if err != nil {
		warning = err.Error()
	}
	if warning != "" && warning != said {
		fmt.Fprintln(s.Stderr, "careshare: warning:", warning)
	}
	return warning
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (s *scheduleCommand) runDueVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "run-due",
		Short: "Do what is due now, then end: for cron or a systemd timer, as often as you like",
		Long: "Do what is due now, then end: for cron or a systemd timer, as often as you like. It ends with 1 where an attempt\n" +
			"failed, with 3 where a run quarantined rows, and with 11 while another process is carrying out slots.",
		Args: cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			keeper, err := s.keeper()
			if err != nil {
				return err
			}
			entries, err := keeper.Pass(verb.Context())
			if errors.Is(err, schedules.ErrBusy) {
				return scheduling.Busy(err)
			}
			done, handing := spool.HandOverDue(verb.Context(), &s.Console, s.config, keeper.Ledger.History())
			if err := errors.Join(s.print(scheduling.Carried{Entries: entries, HandedOver: done}), scheduling.Busy(err), handing); err != nil {
				return err
			}
			warning, err := keeper.Horizon()
			if warning != "" {
				fmt.Fprintln(s.Stderr, "careshare: warning:", warning)
			}
			return errors.Join(scheduling.Busy(err), scheduling.VerdictOf(done, entries))
		},
	}
}

func (s *scheduleCommand) backfillVerb() *cobra.Command {
	var from, to string
	var dry bool
	verb := &cobra.Command{
		Use:   "backfill [JOB...] --from T [--to T] [--dry-run]",
		Short: "Do the slots of a past time that are not done, whatever policy skipped",
		Long: "Do the slots of a past time that are not done, oldest first, whatever policy skipped. A run that is made up for is\n" +
			"published like any other: readers see its moment until the next run.",
		RunE: func(verb *cobra.Command, names []string) error {
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
			return s.backfill(verb.Context(), keeper, jobs, since, until)
		},
	}
	verb.Flags().StringVar(&from, "from", "", "the first moment, such as 2026-11-01 or 2026-11-01T07:00:00Z")
	verb.Flags().StringVar(&to, "to", "", "up to here, not included (default: now)")
	verb.Flags().BoolVar(&dry, "dry-run", false, "only say which slots they are")
	return verb
}

// span reads a past span of time; a date is its first moment in London.
func (s *scheduleCommand) span(from, to string) (since, until time.Time, err error) {
	now := s.Now().UTC()
	if since, err = dateOrMoment(from, time.Time{}); err != nil {
		return since, until, err
	}
	if until, err = dateOrMoment(to, now); err != nil {
		return since, until, err
	}
	if since.IsZero() || !since.Before(until) || until.After(now) {
		return since, until, exit.Usage(errors.New("schedule backfill: --from must be given, before --to, and neither may lie ahead"))
	}
	return since, until, nil
}

func dateOrMoment(text string, otherwise time.Time) (time.Time, error) {
	zone, err := london.Zone()
	if err != nil {
		return time.Time{}, err
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return day, nil
	}
	return console.Moment(text, otherwise)
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
