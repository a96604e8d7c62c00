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
		Use:     "profile",
		Example: "  careshare profile\n  careshare profile --sample 10000",
		Short:   "Read the case store and propose the conventions that fit it",
		Long: `Read the case store, whole or sampled, and compare it with the conventions in careshare.yaml. Then propose lines for careshare.yaml.

It looks at the values of flags, and at dates that mean none or open. It looks at end dates: the last day, or the day after.
It looks at encodings, file names and repeated keys. It looks for step types whose forms ask about consent, CP-IS or adults.
It shows codes and counts, never a person's value, and writes nothing.`,
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
