package command

import (
	"os"

	"careshare/extract/casestore"
	"careshare/pipeline/config"

	"github.com/spf13/cobra"
)

func (p *program) profileCommand() *cobra.Command {
	var sample int64
	command := &cobra.Command{
		Use:   "profile",
		Short: "Read the case store and propose the conventions that fit it",
		Long: `Read the case store, whole or sampled, and report what it holds against what careshare.yaml declares: the words of flags, the
dates that mean none or open, whether end dates are the last day in, other encodings and file names, repeated keys, and the step
types whose forms look like consent, CP-IS or adult events. It proposes the lines for careshare.yaml. It shows words, codes and
counts, never a person's value, and writes nothing.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			c, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			spill, err := os.MkdirTemp("", "careshare-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(spill)
			options, err := c.CaseStoreOptions(spill)
			if err != nil {
				return err
			}
			found, err := casestore.Look(command.Context(), options, sample)
			if err != nil {
				return err
			}
			return p.print(found)
		},
	}
	command.Flags().Int64Var(&sample, "sample", 0, "read the first rows of each table only (0: all)")
	return command
}
