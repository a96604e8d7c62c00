package command

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/flow"
	"careshare/pipeline/returns"

	"github.com/spf13/cobra"
)

// returnName is a return's name, by the name that a user knows it.
func returnName(text string) string {
	if text == "ssda903" {
		return "903"
	}
	return text
}

func (p *program) returnCommand() *cobra.Command {
	var o returns.Options
	var year string
	cmd := &cobra.Command{
		Use:   "return NAME",
		Short: "Hand over a statutory return's files, check them or sign them off",
		Long: "Hand over a statutory return's files, as the last run made them, or made for another year or day.\n\n" +
			"NAME is one of " + strings.Join(config.ReturnNames(), ", ") + "; ssda903 is another name of 903.",
		Example: "  careshare return 903 --year 2025/26 --check\n" +
			"  careshare return cin --to out\n" +
			"  careshare return ssda903 --to out --sign-off --by 'A. Owner'",
		ValidArgs: append(config.ReturnNames(), "ssda903"),
		Args: cobra.MatchAll(cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
			return knownName("return", config.ReturnNames())(cmd, []string{returnName(args[0])})
		}),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			o.Name = returnName(args[0])
			if o.Year, err = collectionYear(year); err != nil {
				return err
			}
			if err := o.Validate(); err != nil {
				return err
			}
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
	flags.StringVar(&year, "year", "", "the collection year, such as 2025/26, or the year in which it ends (default: the one in progress)")
	flags.StringVar(&o.On, "on", "", "the day up to which it is known, such as 2026-10-31 (default: the snapshot's)")
	flags.StringVar(&o.Snapshot, "snapshot", "", "the run's id (default: the current snapshot)")
	flags.StringVar(&o.To, "to", "", "the folder to write to; nothing there is written over")
	flags.BoolVar(&o.Check, "check", false, "show what the collection's rules find; with --to also as a workbook")
	flags.StringVar(&o.Against, "against", "", "the folder with the files as they were submitted, last year's or an earlier day's: what changed since")
	flags.BoolVar(&o.SignOff, "sign-off", false, "record in the audit log who signs off the files, with their hashes; refused while errors are open")
	flags.StringVar(&o.By, "by", "", "who signs off")
	flags.StringVar(&o.WithErrors, "with-errors", "", "sign off although errors are open: the reason, for the audit log")
	flags.StringVar(&o.Verify, "verify", "", "write nothing: check this folder's files against the last sign-off of the year in the audit log")
	return cmd
}

var yearText = regexp.MustCompile(`^(\d{4})(?:[/-](\d{2}|\d{4}))?$`)

// collectionYear is the year in which a collection ends: 2026 of 2026 and of 2025/26; 0 of nothing.
func collectionYear(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	found := yearText.FindStringSubmatch(text)
	if found == nil {
		return 0, exit.Usage(fault.WithHint(errors.New("--year: not a collection year"), "write 2025/26, or 2026 for the year in which it ends"))
	}
	first, _ := strconv.Atoi(found[1])
	if found[2] == "" {
		return first, nil
	}
	if last := strconv.Itoa(first + 1); last != found[2] && last[2:] != found[2] {
		return 0, exit.Usage(fault.WithHint(errors.New("--year: the two years do not follow each other"), "write 2025/26"))
	}
	return first + 1, nil
}
