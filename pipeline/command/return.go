package command

import (
	"fmt"
	"strings"

	"careshare/pipeline/config"
	"careshare/pipeline/flow"
	"careshare/pipeline/returns"

	"github.com/spf13/cobra"
)

func (p *program) returnCommand() *cobra.Command {
	var o returns.Options
	cmd := &cobra.Command{
		Use:   "return " + strings.Join(config.ReturnNames(), "|"),
		Short: "Hand over a statutory return's files, as made by the last run or anew for another year or day",
		Args:  cobra.MatchAll(cobra.ExactArgs(1), knownName("return", config.ReturnNames())),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Name = args[0]
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			if o.Verify != "" {
				return p.printSigned(cmd.Context(), config, o)
			}
			done, err := returns.Do(cmd.Context(), &p.Console, config, o, flow.ReturnAgain)
			if err != nil {
				return fmt.Errorf("return: %w", err)
			}
			return p.print(done)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&o.Year, "year", 0, "the year in which the collection ends (default: the one in progress)")
	flags.StringVar(&o.On, "on", "", "the day up to which it is known, such as 2026-10-31 (default: the snapshot's)")
	flags.StringVar(&o.Snapshot, "snapshot", "", "the run's id (default: the current snapshot)")
	flags.StringVar(&o.To, "to", ".", "the folder to write to; nothing there is written over")
	flags.BoolVar(&o.Check, "check", false, "write what the collection's rules find as a workbook, instead of the files, and show it by rule")
	flags.StringVar(&o.Against, "against", "", "the folder with the files as they were submitted, last year's or an earlier day's: what changed since")
	flags.BoolVar(&o.SignOff, "sign-off", false, "record in the audit log that --by stands by the files, with their hashes")
	flags.StringVar(&o.By, "by", "", "who signs off")
	flags.StringVar(&o.Verify, "verify", "", "write nothing: hold this folder's files against what was signed off last for the year, by the audit log")
	return cmd
}
