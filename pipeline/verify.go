package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/reports"

	"github.com/spf13/cobra"
)

// verification is what verify read and found.
type verification struct {
	lake.Verification
	all bool // each finding on a line of its own
}

func (v verification) Text(w io.Writer) {
	following := map[string]int{} // by snapshot
	for _, f := range v.Findings {
		if f.Follows && !v.all {
			parts := strings.Split(f.Path, "/")
			following[path.Join(parts[:2]...)]++
			continue
		}
		fmt.Fprintf(w, "%s: %s\n", f.Path, f.Rule)
	}
	for _, snapshot := range slices.Sorted(maps.Keys(following)) {
		fmt.Fprintf(w, "%s: %s missing; which of them retention removed only a sound audit log could say (--all lists them)\n",
			snapshot, reports.Counted(following[snapshot], "file"))
	}
	fmt.Fprintf(w, "%s in %s, %s, %s\n", v.count(), reports.Counted(v.Snapshots, "snapshot"), reports.Counted(v.Files, "file"), reports.Counted(v.Bytes, "byte"))
	if v.Audit.Size > 0 {
		fmt.Fprintf(w, "audit log: %s, root %s\n", reports.Counted(v.Audit.Size, "entry"), v.Audit.Hash)
	}
}

// count tells what is broken from what may only look so since the audit log cannot be believed.
func (v verification) count() string {
	follow := 0
	for _, f := range v.Findings {
		if f.Follows {
			follow++
		}
	}
	words := reports.Counted(len(v.Findings)-follow, "finding")
	if follow > 0 {
		words += fmt.Sprintf(", and %d that follow from the audit log's,", follow)
	}
	return words
}

func (p *program) verifyVerb() *cobra.Command {
	var options lake.VerifyOptions
	var o proofOptions
	var all bool
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
			shown := verification{found, all}
			if err := p.print(shown); err != nil {
				return err
			}
			if len(found.Findings) > 0 {
				return fmt.Errorf("verify: %s: %w", strings.TrimSuffix(shown.count(), ","), fault.ErrDamaged)
			}
			return nil
		},
	}
	verb.Flags().BoolVar(&options.ReadData, "read-data", false, "read every byte of every file, not only sizes and footers")
	verb.Flags().BoolVar(&all, "all", false, "list also each missing file that only a sound audit log could tell from a removed one")
	verb.Flags().StringVar(&o.proof, "proof", "", "check this proof instead, with no lake and no configuration at hand")
	verb.Flags().StringVar(&o.root, "root", "", "with --proof: the audit log's root that you noted elsewhere")
	verb.Flags().StringVar(&o.file, "file", "", "with --proof: the file that was handed to you: of a dataset, or the auditors' extract or rows of it, as .xlsx or .csv")
	return verb
}

// verify holds the lock where it can, so that the log is told; while a run holds it, verify only looks. It mends nothing.
func (p *program) verify(ctx context.Context, c Config, o lake.VerifyOptions) (lake.Verification, error) {
	l, err := lake.Open(c.Lake, p.Now)
	if err != nil {
		return lake.Verification{}, err
	}
	if err := l.Lock(); err == nil {
		defer l.Unlock()
	} else if !errors.Is(err, lake.ErrLocked) {
		return lake.Verification{}, err
	}
	return lake.Verify(ctx, l, o)
}
