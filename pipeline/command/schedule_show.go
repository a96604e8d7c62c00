package command

import (
	"errors"
	"slices"

	"careshare/load/fault"
	"careshare/pipeline/exit"
	"careshare/pipeline/scheduling"
	"careshare/schedules"

	"github.com/spf13/cobra"
)

func (s *scheduleCommand) listVerb() *cobra.Command {
	var next int
	verb := &cobra.Command{
		Use:   "list [JOB...]",
		Short: "Show what waits, and what comes next",
		RunE: func(_ *cobra.Command, names []string) error {
			keeper, err := s.keeper()
			if err != nil {
				return err
			}
			jobs, err := scheduling.Chosen(keeper, names)
			if err != nil {
				return err
			}
			list, err := scheduling.ListSlots(keeper, s.Now(), jobs, next)
			if err != nil {
				return err
			}
			return s.print(list)
		},
	}
	verb.Flags().IntVar(&next, "next", 3, "how many slots of each job")
	return verb
}

func (s *scheduleCommand) historyVerb() *cobra.Command {
	var last int
	verb := &cobra.Command{
		Use:   "history [JOB...]",
		Short: "Show how each slot ended, the newest last",
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
	verb.Flags().IntVar(&last, "last", 20, "how many slots; 0: all")
	return verb
}

// pauseVerb pauses or resumes.
func (s *scheduleCommand) pauseVerb(name string, state schedules.State, short string) *cobra.Command {
	var reason string
	verb := &cobra.Command{
		Use:   name + " JOB... --reason TEXT",
		Short: short,
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, names []string) error {
			if reason == "" {
				return exit.Usage(fault.WithHint(errors.New("schedule "+name+": a reason is needed for the ledger"), "add --reason, without naming a person"))
			}
			keeper, err := s.keeper()
			if err != nil {
				return err
			}
			if err := scheduling.Rest(keeper, s.Now(), names, state, reason); err != nil {
				return err
			}
			return s.print(scheduling.Rests{Jobs: names, State: state, Reason: reason})
		},
	}
	verb.Flags().StringVar(&reason, "reason", "", "why, for the ledger")
	return verb
}
