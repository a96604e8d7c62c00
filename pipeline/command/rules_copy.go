package command

import (
	"fmt"
	"os"
	"path/filepath"

	"careshare/load/fault"
	"careshare/pipeline/exit"
	"careshare/transform/rules"

	"github.com/spf13/cobra"
)

func (p *program) rulesCopyCommand() *cobra.Command {
	var to string
	var keep bool
	cmd := &cobra.Command{
		Use: "copy FILE...", Example: "  careshare rules copy reasons.csv views/patient.json\n  careshare rules copy --keep reasons.csv", Short: "Copy shipped files into the overlay, to be edited", Args: cobra.MinimumNArgs(1),
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
	cmd.Flags().StringVar(&to, "to", "", "the overlay's folder (default: rules beside the configuration)")
	cmd.Flags().BoolVar(&keep, "keep", false, "keep the council's file; record that it takes account of the shipped file as it is now")
	return cmd
}

func pathsIn(folder string, names []string) (paths []string) {
	for _, name := range names {
		paths = append(paths, filepath.Join(folder, name))
	}
	return paths
}
