package command

import (
	"fmt"

	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"

	"github.com/spf13/cobra"
)

func (p *program) witnessCommand() *cobra.Command {
	var to string
	var newKey bool
	cmd := &cobra.Command{
		Use:     "witness [--to FILE]",
		Example: "  careshare witness --new-key\n  careshare witness --to root.note    # then upload it, such as to S3 with object lock\n  careshare verify --root root.note",
		Short:   "Sign the audit log's root and put it where nobody who runs careshare can change it",
		Long: "Sign the audit log's root and put it where nobody who runs careshare can change it: the folder and the recipients of\n" +
			"witness in the configuration, or a file. Each publication does the same. careshare verify --root then proves that the\n" +
			"log of that day is a prefix of today's.\n\n" +
			"  careshare witness --new-key\n" +
			"  careshare witness --to root.note    # then upload it, such as to S3 with object lock\n" +
			"  careshare verify --root root.note",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			done, err := snapshot.SignAndPut(cmd.Context(), &p.Console, config, to, newKey)
			if err != nil {
				return fmt.Errorf("witness: %w", err)
			}
			return p.print(done)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "write the signed root to this file only; nothing is written over")
	cmd.Flags().BoolVar(&newKey, "new-key", false, "make the key that signs, at witness.key_file, and show its public key")
	return cmd
}
