package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"careshare/extract"
	"careshare/extract/fhir"
	"careshare/reports"
	"careshare/sql"
)

// flattened is what a view made of a folder.
type flattened struct {
	View string `json:"view"`
	Out  string `json:"out"`
	fhir.Flattened
	Quarantine string `json:"quarantine,omitempty"` // where the lines are listed that could not be taken
}

func (f flattened) Text(w io.Writer) {
	fmt.Fprintf(w, "%s: %s in %s\n", f.View, reports.Counted(f.Rows, "row"), f.Out)
	if f.Merged > 0 {
		fmt.Fprintf(w, "%s replaced by a newer one or deleted\n", reports.Counted(f.Merged, "resource"))
	}
	if f.Quarantined > 0 {
		fmt.Fprintf(w, "%s could not be taken: see %s\n", reports.Counted(f.Quarantined, "line"), f.Quarantine)
	}
}

func (p *program) flattenVerb() *cobra.Command {
	var view, in, out, memory string
	verb := &cobra.Command{
		Use:   "flatten --view V.json --in DIR --out FILE.parquet|csv|ndjson",
		Short: "Flatten a folder of FHIR NDJSON by one SQL-on-FHIR view, without the rest of the pipeline",
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			if view == "" || in == "" || out == "" {
				return usage(errors.New("flatten needs --view, --in and --out"))
			}
			v, err := p.openView(view)
			if err != nil {
				return err
			}
			got, err := flatten(verb.Context(), v, in, out, memory)
			if err != nil {
				return err
			}
			if err := p.print(got); err != nil {
				return err
			}
			if got.Quarantined > 0 {
				return errQuarantined
			}
			return nil
		},
	}
	flags := verb.Flags()
	flags.StringVar(&view, "view", "", "a ViewDefinition's file, or the name of a shipped view")
	flags.StringVar(&in, "in", "", "folder of NDJSON, plain or gzip: one export, or several in folders of their own, of which the newest of each resource counts; or one file")
	flags.StringVar(&out, "out", "", "file to write; its ending says the format")
	flags.StringVar(&memory, "memory", "180MB", "the most that the engine holds; all in all the program takes about twice that")
	return verb
}

func flatten(ctx context.Context, v fhir.View, in, out, memory string) (got flattened, err error) {
	got = flattened{View: v.Name, Out: out, Quarantine: strings.TrimSuffix(out, filepath.Ext(out)) + ".quarantine.parquet"}
	f := fhir.Flattening{View: v}
	if f.In, err = filepath.Abs(in); err != nil {
		return got, err
	}
	if f.Out, err = filepath.Abs(out); err != nil {
		return got, err
	}
	db, err := sql.Open(ctx, sql.Options{Memory: memory, Threads: defaultThreads(), Allow: []string{f.In, filepath.Dir(f.Out)}})
	if err != nil {
		return got, err
	}
	defer db.Close()
	if f.Quarantine, err = extract.OpenQuarantine(got.Quarantine, false); err != nil {
		return got, err
	}
	got.Flattened, err = fhir.Flatten(ctx, db, f)
	if _, closing := f.Quarantine.Close(); err == nil {
		err = closing
	}
	if err != nil || got.Quarantined == 0 {
		err = errors.Join(err, os.Remove(got.Quarantine))
		got.Quarantine = ""
	}
	return got, err
}
