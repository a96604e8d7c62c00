package command

import (
	"context"
	"fmt"
	"time"

	"careshare/pipeline/scheduling"
	"careshare/pipeline/spool"
	"careshare/schedules"

	"github.com/spf13/cobra"
)

func (s *scheduleCommand) runCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "run",
		Example: "  careshare schedule run",
		Short:   "Stay, and do each job when it is due; the plan is read once, at the start",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			keeper, err := s.keeper()
			if err != nil {
				return err
			}
			warned := ""
			report := func(entries []schedules.Entry) error {
				warned = s.warn(keeper, warned)
				done, err := spool.HandOverDue(cmd.Context(), &s.Console, s.config, keeper.Ledger.History())
				if err != nil && cmd.Context().Err() == nil {
					fmt.Fprintln(s.Stderr, "careshare: warning:", err) // the slots are not to wait for the mail
				}
				if len(entries) == 0 && len(done.Deliveries) == 0 {
					return nil
				}
				return s.print(scheduling.Carried{Entries: entries, HandedOver: done})
			}
			return scheduling.Busy(keeper.Run(cmd.Context(), sleep, report))
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
