package command

import (
	"fmt"
	"strings"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"

	"github.com/spf13/cobra"
)

func (p *program) verifyCommand() *cobra.Command {
	var options lake.VerifyOptions
	var o snapshot.ProofOptions
	var all bool
	cmd := &cobra.Command{
		Use:     "verify",
		Example: "  careshare verify --read-data\n  careshare verify --root root.note\n  careshare verify --proof rows.json --file audit-extracts.xlsx --root ROOT",
		Short:   "Prove that what is published is what the manifests and the audit log say",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Proof != "" {
				if o.Root == "" {
					fmt.Fprintln(p.Stderr, "warning: without --root this proves nothing about whose log it is: anybody can make such a log; add the root that you noted")
				}
				shown, err := snapshot.VerifyProof(cmd.Context(), o)
				if err != nil {
					return err
				}
				return p.print(shown)
			}
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			if options.Roots, err = snapshot.NotedRoots(config, o); err != nil {
				return err
			}
			found, err := snapshot.VerifyLake(cmd.Context(), &p.Console, config, options)
			if err != nil {
				return err
			}
			shown := snapshot.Verification{Verification: found, All: all}
			if err := p.print(shown); err != nil {
				return err
			}
			if len(found.Findings) > 0 {
				return fmt.Errorf("verify: %s: %w", strings.TrimSuffix(shown.Count(), ","), fault.ErrDamaged)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&options.ReadData, "read-data", false, "read every byte of every file, not only sizes and footers")
	cmd.Flags().BoolVar(&all, "all", false, "list also each missing file that only a sound audit log could tell from a removed one")
	cmd.Flags().StringVar(&o.Proof, "proof", "", "check this proof instead, without a lake or a configuration")
	cmd.Flags().StringVar(&o.Root, "root", "", "the audit log's root as you noted it elsewhere (its hash, or SIZE HASH, or the file of careshare witness): the log, or the proof, must be of it")
	cmd.Flags().StringVar(&o.Public, "public-key", "", "the key that checks the signature of such a file (default: that of witness.key_file)")
	cmd.Flags().StringVar(&o.File, "file", "", "with --proof: the file that was handed to you: of a dataset, or the auditors' extract or rows of it, as .xlsx or .csv")
	return cmd
}
