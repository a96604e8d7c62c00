package views

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"careshare/extract"
	"careshare/extract/fhir"
	"careshare/pipeline/config"
	"careshare/reports"
	"careshare/sql"
)

// Flattened is what a view made of a folder.
type Flattened struct {
	View string `json:"view"`
	Out  string `json:"out"`
	fhir.Flattened
	Quarantine string `json:"quarantine,omitempty"` // where the lines are listed that could not be taken
}

func (f Flattened) Text(w io.Writer) {
	fmt.Fprintf(w, "%s: %s in %s\n", f.View, reports.Counted(f.Rows, "row"), f.Out)
	if f.Merged > 0 {
		fmt.Fprintf(w, "%s replaced by a newer one or deleted\n", reports.Counted(f.Merged, "resource"))
	}
	if f.Quarantined > 0 {
		fmt.Fprintf(w, "%s could not be taken: see %s\n", reports.Counted(f.Quarantined, "line"), f.Quarantine)
	}
}

// folderOf is a folder itself, or a file's folder.
func folderOf(path string) string {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return filepath.Dir(path)
	}
	return path
}

// Flatten writes the rows of a view over health files to one file.
func Flatten(ctx context.Context, v fhir.View, in, out, memory string, strict bool) (got Flattened, err error) {
	got = Flattened{View: v.Name, Out: out, Quarantine: strings.TrimSuffix(out, filepath.Ext(out)) + ".quarantine.parquet"}
	f := fhir.Flattening{View: v, Strict: strict}
	if f.In, err = filepath.Abs(in); err != nil {
		return got, err
	}
	if f.Out, err = filepath.Abs(out); err != nil {
		return got, err
	}
	db, err := sql.Open(ctx, sql.Options{Memory: memory, Threads: config.DefaultThreads(), Allow: []string{folderOf(f.In), filepath.Dir(f.Out)}})
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
