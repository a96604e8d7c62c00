package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"careshare/load"
)

// verification is what verify read and found.
type verification struct{ load.Verification }

func (v verification) text(w io.Writer) {
	for _, f := range v.Findings {
		fmt.Fprintf(w, "%s: %s\n", f.Path, f.Rule)
	}
	fmt.Fprintf(w, "%d findings in %d snapshots, %d files, %d bytes\n", len(v.Findings), v.Snapshots, v.Files, v.Bytes)
	fmt.Fprintf(w, "audit log: %d entries, root %s\n", v.Audit.Size, v.Audit.Hash)
}

func (p *program) verifyVerb() *cobra.Command {
	var options load.VerifyOptions
	var o proofOptions
	verb := &cobra.Command{
		Use:   "verify",
		Short: "Prove that what is published is what the manifests and the audit log say",
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			if o.proof != "" {
				return p.verifyProof(verb.Context(), o)
			}
			config, err := readConfig(p.configPath)
			if err != nil {
				return err
			}
			found, err := p.verify(verb.Context(), config, options)
			if err != nil {
				return err
			}
			if err := p.print(verification{found}); err != nil {
				return err
			}
			if len(found.Findings) > 0 {
				return fmt.Errorf("verify: %d findings: %w", len(found.Findings), load.ErrDamaged)
			}
			return nil
		},
	}
	verb.Flags().BoolVar(&options.ReadData, "read-data", false, "read every byte of every file, not only sizes and footers")
	verb.Flags().StringVar(&o.proof, "proof", "", "check this proof instead, with no lake and no configuration at hand")
	verb.Flags().StringVar(&o.root, "root", "", "with --proof: the audit log's root that you noted elsewhere")
	verb.Flags().StringVar(&o.file, "file", "", "with --proof: the file that was handed to you: of a dataset, or the auditors' extract or rows of it, as .xlsx or .csv")
	return verb
}

// verify holds the lock where it can, so that the log is told; while a run holds it, verify only looks. It mends nothing.
func (p *program) verify(ctx context.Context, c Config, o load.VerifyOptions) (load.Verification, error) {
	lake, err := load.Open(c.Lake, p.now)
	if err != nil {
		return load.Verification{}, err
	}
	if err := lake.Lock(); err == nil {
		defer lake.Unlock()
	} else if !errors.Is(err, load.ErrLocked) {
		return load.Verification{}, err
	}
	return load.Verify(ctx, lake, o)
}
