package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/transform/rules"

	"github.com/spf13/cobra"
)

func (p *program) rulesVerb() *cobra.Command {
	verb := &cobra.Command{
		Use:   "rules",
		Short: "Change the rules of care for one council: list, copy, diff",
		Long: `A council's overlay is the folder that rules: names in the configuration. It holds only the files that differ:
models, macros, contracts, lists, views, words and unit cases, each under the path of the shipped file or a new one.
careshare refuses a file that would have no effect. The manifest records the digest of the rules that decided.`,
	}
	verb.AddCommand(p.rulesListVerb(), p.rulesCopyVerb(), p.rulesDiffVerb())
	return verb
}

func (p *program) rulesListVerb() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the shipped files that an overlay may replace", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			paths, err := rules.Paths()
			if err != nil {
				return err
			}
			return p.print(rulesListed{paths})
		},
	}
}

func (p *program) rulesCopyVerb() *cobra.Command {
	var to string
	var keep bool
	verb := &cobra.Command{
		Use: "copy FILE...", Short: "Copy shipped files into the overlay, to be edited", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if to == "" {
				to = filepath.Join(filepath.Dir(p.configPath), "rules")
			}
			if err := os.MkdirAll(to, 0o700); err != nil {
				return fmt.Errorf("copy rules: %w", err)
			}
			if err := rules.Copy(to, args, keep); err != nil {
				return exit.Usage(fault.WithHint(err, "careshare rules list prints the paths; --keep records that a copy takes account of the shipped file as it is now"))
			}
			return p.print(initialised{Files: pathsIn(to, args), next: "Name the folder under rules: in careshare.yaml, then: careshare rules diff; careshare test"})
		},
	}
	verb.Flags().StringVar(&to, "to", "", "the overlay's folder (default: rules beside the configuration)")
	verb.Flags().BoolVar(&keep, "keep", false, "keep the council's file; record that it takes account of the shipped file as it is now")
	return verb
}

func (p *program) rulesDiffVerb() *cobra.Command {
	return &cobra.Command{
		Use: "diff", Short: "Show how the overlay differs from the shipped rules, and what has changed since it was copied", Args: cobra.NoArgs,
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

func pathsIn(folder string, names []string) (paths []string) {
	for _, name := range names {
		paths = append(paths, filepath.Join(folder, name))
	}
	return paths
}
