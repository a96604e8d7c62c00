package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"careshare/extract/fhir"
	"careshare/sql"
)

// flattened is what a view made of a folder.
type flattened struct {
	View string `json:"view"`
	Out  string `json:"out"`
	Rows int64  `json:"rows"`
}

func (f flattened) text(w io.Writer) { fmt.Fprintf(w, "%s: %d rows in %s\n", f.View, f.Rows, f.Out) }

func (p *program) flattenVerb() *cobra.Command {
	var view, in, out, memory string
	verb := &cobra.Command{
		Use:   "flatten --view V.json --in DIR --out FILE.parquet|csv|ndjson",
		Short: "Flatten a folder of FHIR NDJSON by one SQL-on-FHIR view, without the rest of the pipeline",
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			if view == "" || in == "" || out == "" {
				return usageError{errors.New("flatten needs --view, --in and --out")}
			}
			v, err := openView(view)
			if err != nil {
				return err
			}
			rows, err := flatten(verb.Context(), v, in, out, memory)
			if err != nil {
				return fmt.Errorf("flatten: %w", err)
			}
			return p.print(flattened{v.Name, out, rows})
		},
	}
	flags := verb.Flags()
	flags.StringVar(&view, "view", "", "a ViewDefinition's file, or the name of a shipped view")
	flags.StringVar(&in, "in", "", "folder of NDJSON, plain or gzip, with or without a manifest.json")
	flags.StringVar(&out, "out", "", "file to write; its ending says the format")
	flags.StringVar(&memory, "memory", "1GB", "the most that the engine holds")
	return verb
}

func flatten(ctx context.Context, v fhir.View, in, out, memory string) (int64, error) {
	in, err := filepath.Abs(in)
	if err != nil {
		return 0, err
	}
	if out, err = filepath.Abs(out); err != nil {
		return 0, err
	}
	spill, err := os.MkdirTemp("", "careshare-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(spill)
	db, err := sql.Open(ctx, sql.Options{Memory: memory, Threads: defaultThreads(), Spill: spill, Allow: []string{in, filepath.Dir(out)}})
	if err != nil {
		return 0, err
	}
	defer db.Close()
	return fhir.Flatten(ctx, db, v, in, out)
}
