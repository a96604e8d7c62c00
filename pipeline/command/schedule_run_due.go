package command

import (
	"errors"
	"fmt"

	"careshare/pipeline/scheduling"
	"careshare/pipeline/spool"
	"careshare/schedules"

	"github.com/spf13/cobra"
)

func (s *scheduleCommand) runDueCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "run-due",
		Example: "  careshare schedule run-due    # from cron, every five minutes",
		Short:   "Do what is due now, then end: for cron or a systemd timer, as often as you like",
		Long: "Do what is due now, then end: for cron or a systemd timer, as often as you like. It exits with 1 if an attempt\n" +
			"failed, with 3 if a run quarantined rows, and with 11 while another process does the slots.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			keeper, err := s.keeper()
			if err != nil {
				return err
			}
			entries, err := keeper.Pass(cmd.Context())
			if errors.Is(err, schedules.ErrBusy) {
				return scheduling.Busy(err)
			}
			done, handing := spool.HandOverDue(cmd.Context(), &s.Console, s.config, keeper.Ledger.History())
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
