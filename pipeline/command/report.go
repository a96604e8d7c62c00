package command

import (
	"fmt"
	"strings"

	"careshare/pipeline/config"
	"careshare/pipeline/reporting"
	"careshare/pipeline/snapshot"

	"github.com/spf13/cobra"
)

func (p *program) reportCommand() *cobra.Command {
	var o snapshot.Choice
	cmd := &cobra.Command{
		Use:     "report NAME",
		Example: "  careshare report managers-pack --period week --to out\n  careshare report person-history --person 1000010 --to out",
		Short:   "Make a report again from a published snapshot, the same bytes: " + strings.Join(reporting.ReportNames(), ", "),
		Args: cobra.MatchAll(cobra.ExactArgs(1), knownName("report", reporting.ReportNames()), func(_ *cobra.Command, args []string) error {
			if o.Period == "" {
				return nil
			}
			return reporting.SpeaksFor(args[0], o.Period)
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Name = args[0]
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			made, err := reporting.Report(cmd.Context(), &p.Console, config, o)
			if err != nil {
				return fmt.Errorf("report: %w", err)
			}
			return p.print(made)
		},
	}
	cmd.Flags().StringVar(&o.Snapshot, "snapshot", "", "the run's id (default: the current snapshot)")
	cmd.Flags().StringVar(&o.AsAt, "as-at", "", "the newest snapshot as at this moment or earlier")
	cmd.Flags().StringVar(&o.To, "to", ".", "the folder to write to; nothing there is written over")
	cmd.Flags().StringVar(&o.Period, "period", "", "week or month: only the managers' pack of the last whole one (default: both)")
	cmd.Flags().StringVar(&o.Person, "person", "", "the case store's person_id, for person-history")
	return cmd
}
