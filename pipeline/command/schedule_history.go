package command

import (
	"slices"

	"careshare/pipeline/scheduling"
	"careshare/schedules"

	"github.com/spf13/cobra"
)

func (s *scheduleCommand) historyCommand() *cobra.Command {
	var last int
	cmd := &cobra.Command{
		Use:     "history [JOB...]",
		Example: "  careshare schedule history nightly --last 7",
		Short:   "Show how each slot ended, the newest last",
		RunE: func(_ *cobra.Command, names []string) error {
			keeper, err := s.keeper()
			if err != nil {
				return err
			}
			slots := keeper.Ledger.History()
			if len(names) > 0 { // also of jobs that have left the plan
				slots = slices.DeleteFunc(slots, func(slot schedules.Slot) bool { return !slices.Contains(names, slot.Job) })
			}
			if last > 0 && len(slots) > last {
				slots = slots[len(slots)-last:]
			}
			return s.print(scheduling.SlotHistory{Slots: slots})
		},
	}
	cmd.Flags().IntVar(&last, "last", 20, "how many slots; 0: all")
	return cmd
}
