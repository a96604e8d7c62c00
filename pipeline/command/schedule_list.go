package command

import (
	"careshare/pipeline/scheduling"

	"github.com/spf13/cobra"
)

func (s *scheduleCommand) listCommand() *cobra.Command {
	var next int
	cmd := &cobra.Command{
		Use:     "list [JOB...]",
		Example: "  careshare schedule list --next 1",
		Short:   "Show what waits, and what comes next",
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
	cmd.Flags().IntVar(&next, "next", 3, "how many slots of each job")
	return cmd
}
