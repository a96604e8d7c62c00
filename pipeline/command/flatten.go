package command

import (
	"errors"

	"careshare/pipeline/exit"
	"careshare/pipeline/views"

	"github.com/spf13/cobra"
)

func (p *program) flattenCommand() *cobra.Command {
	var view, in, out, memory string
	var strict bool
	cmd := &cobra.Command{
		Use:     "flatten --view V.json --in DIR --out FILE.parquet|csv|ndjson",
		Example: "  careshare flatten --view patient --in exports --out patients.parquet",
		Short:   "Flatten a folder of FHIR NDJSON by one SQL-on-FHIR view, without the rest of the pipeline",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if view == "" || in == "" || out == "" {
				return exit.Usage(errors.New("flatten needs --view, --in and --out"))
			}
			v, err := views.OpenView(p.rules, view)
			if err != nil {
				return err
			}
			got, err := views.Flatten(cmd.Context(), v, in, out, memory, strict)
			if err != nil {
				return err
			}
			if err := p.print(got); err != nil {
				return err
			}
			if got.Quarantined > 0 {
				return exit.ErrQuarantined
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&view, "view", "", "a ViewDefinition's file, or the name of a shipped view")
	flags.StringVar(&in, "in", "", "folder of FHIR: one export, or several in folders of their own, of which the newest of each resource counts; or one file")
	flags.StringVar(&out, "out", "", "file to write; its ending says the format. NDJSON has dates as the sender wrote them")
	flags.StringVar(&memory, "memory", "180MB", "the most that the engine holds; all in all the program takes about twice that")
	flags.BoolVar(&strict, "strict", false, "fail, and write nothing, if a line does not fit the view")
	return cmd
}
