package command

import (
	"errors"
	"io/fs"
	"os"

	"careshare/pipeline/config"
	"careshare/transform/rules"

	"github.com/spf13/cobra"
)

func (p *program) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "rules",
		Example: "  careshare rules copy reasons.csv\n  careshare rules diff",
		Short:   "Change the rules of care for one council: list, copy, diff",
		Long: `A council's overlay is the folder that rules: names in the configuration. It holds only the files that differ:
models, macros, contracts, lists, views, words and unit cases, each under the path of the shipped file or a new one.
careshare refuses a file that would have no effect. The manifest records the digest of the rules that decided.`,
	}
	cmd.AddCommand(p.rulesListCommand(), p.rulesCopyCommand(), p.rulesDiffCommand())
	return cmd
}

func (p *program) rulesListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Example: "  careshare rules list", Short: "List the shipped files that an overlay may replace", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			paths, err := rules.Paths()
			if err != nil {
				return err
			}
			return p.print(rulesListed{paths})
		},
	}
}

func (p *program) rulesDiffCommand() *cobra.Command {
	return &cobra.Command{
		Use: "diff", Example: "  careshare rules diff", Short: "Show how the overlay differs from the shipped rules, and what has changed since it was copied", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			if _, err := config.Ruleset().Models(); err != nil {
				return err
			}
			files, err := config.Ruleset().Diff()
			if err != nil {
				return err
			}
			return p.print(rulesDiffer{files})
		},
	}
}

// rules are those of the configuration, and where there is no configuration, the program's own.
func (p *program) rules() (rules.Rules, error) {
	if _, err := os.Stat(p.configPath); errors.Is(err, fs.ErrNotExist) {
		return rules.Shipped()
	}
	config, err := config.Read(p.configPath)
	return config.Ruleset(), err
}
