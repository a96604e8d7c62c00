package command

import (
	"fmt"

	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"

	"github.com/spf13/cobra"
)

func (p *program) proveCommand() *cobra.Command {
	var o snapshot.Choice
	cmd := &cobra.Command{
		Use:     "prove DATASET --to FILE",
		Example: "  careshare prove disclosures --to proof.json\n  careshare prove audit-extracts --to rows.json",
		Short:   "Write a proof that a dataset's file was published, or of every row of " + snapshot.AuditName + ", for verify --proof",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			var made snapshot.Proved
			if args[0] == snapshot.AuditName {
				made, err = snapshot.ProveRows(cmd.Context(), &p.Console, config, o)
			} else {
				made, err = snapshot.ProveFile(&p.Console, config, args[0], o)
			}
			if err != nil {
				return fmt.Errorf("prove: %w", err)
			}
			return p.print(made)
		},
	}
	cmd.Flags().StringVar(&o.Snapshot, "snapshot", "", "the run's id (default: the current snapshot)")
	cmd.Flags().StringVar(&o.AsAt, "as-at", "", "the newest snapshot as at this moment or earlier")
	cmd.Flags().StringVar(&o.To, "to", "proof.json", "the file to write; nothing is written over")
	return cmd
}
