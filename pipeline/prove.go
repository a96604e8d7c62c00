package pipeline

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) proveVerb() *cobra.Command {
	var o reportOptions
	verb := &cobra.Command{
		Use:   "prove DATASET --to FILE",
		Short: "Write a proof that a dataset's file was published, or of every row of " + auditName + ", for verify --proof",
		Args:  cobra.ExactArgs(1),
		RunE: func(verb *cobra.Command, args []string) error {
			config, err := readConfig(p.configPath)
			if err != nil {
				return err
			}
			var made proved
			if args[0] == auditName {
				made, err = proveRows(verb.Context(), &p.Console, config, o)
			} else {
				made, err = proveFile(&p.Console, config, args[0], o)
			}
			if err != nil {
				return fmt.Errorf("prove: %w", err)
			}
			return p.print(made)
		},
	}
	verb.Flags().StringVar(&o.snapshot, "snapshot", "", "the run's id (default: the current snapshot)")
	verb.Flags().StringVar(&o.asAt, "as-at", "", "the newest snapshot that speaks for this moment or an earlier one")
	verb.Flags().StringVar(&o.to, "to", "proof.json", "the file to write; nothing is written over")
	return verb
}
