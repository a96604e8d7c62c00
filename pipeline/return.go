package pipeline

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) returnVerb() *cobra.Command {
	var o returnOptions
	verb := &cobra.Command{
		Use:   "return " + strings.Join(returnNames(), "|"),
		Short: "Hand over a statutory return's files, as made by the last run or anew for another year or day",
		Args:  cobra.MatchAll(cobra.ExactArgs(1), knownName("return", returnNames())),
		RunE: func(verb *cobra.Command, args []string) error {
			o.name = args[0]
			config, err := readConfig(p.configPath)
			if err != nil {
				return err
			}
			if o.verify != "" {
				return p.printSigned(verb.Context(), config, o)
			}
			done, err := doReturn(verb.Context(), &p.Console, config, o, makeAnew)
			if err != nil {
				return fmt.Errorf("return: %w", err)
			}
			return p.print(done)
		},
	}
	flags := verb.Flags()
	flags.IntVar(&o.year, "year", 0, "the year in which the collection ends (default: the one in progress)")
	flags.StringVar(&o.on, "on", "", "the day up to which it is known, such as 2026-10-31 (default: the snapshot's)")
	flags.StringVar(&o.snapshot, "snapshot", "", "the run's id (default: the current snapshot)")
	flags.StringVar(&o.to, "to", ".", "the folder to write to; nothing there is written over")
	flags.BoolVar(&o.check, "check", false, "write what the collection's rules find as a workbook, instead of the files, and show it by rule")
	flags.StringVar(&o.against, "against", "", "the folder with the files as they were submitted, last year's or an earlier day's: what changed since")
	flags.BoolVar(&o.signOff, "sign-off", false, "record in the audit log that --by stands by the files, with their hashes")
	flags.StringVar(&o.by, "by", "", "who signs off")
	flags.StringVar(&o.verify, "verify", "", "write nothing: hold this folder's files against what was signed off last for the year, by the audit log")
	return verb
}
