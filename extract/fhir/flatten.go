package fhir

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"careshare/extract"
	"careshare/sql"
)

// Flattening says what to flatten, by which view, and where to.
type Flattening struct {
	View       View
	In         string // a folder of bulk files, of one export or of several, or one NDJSON file, which may hold other resources too
	Out        string // a file whose name says its form: .parquet, .csv or .ndjson
	Quarantine *extract.Quarantine
	Strict     bool // a line that cannot be taken fails the whole, as the standard requires; nothing is written
}

// Flattened is what came of it.
type Flattened struct {
	Rows        int64 `json:"rows"`
	Quarantined int64 `json:"quarantined"` // lines
	Merged      int64 `json:"merged"`      // resources that a newer one replaced or that were deleted; not counted for a view of several rows a resource
}

// Flatten writes the rows of a view over bulk files to one file. Like a run it takes of each resource the newest, and sets lines that
// it cannot take apart; unlike a run it also takes views that give several rows a resource, or none. The engine must be let into the
// folders of both places. The file appears whole or not at all.
func Flatten(ctx context.Context, db *sql.DB, f Flattening) (Flattened, error) {
	got, err := f.flatten(ctx, db)
	if err != nil {
		return Flattened{}, fmt.Errorf("flatten %s: %w", f.In, err)
	}
	return got, nil
}

var forms = map[string]string{".parquet": "format parquet", ".csv": "format csv, header", ".ndjson": "format json"}

func (f Flattening) flatten(ctx context.Context, db *sql.DB) (got Flattened, err error) {
	form, ok := forms[filepath.Ext(f.Out)]
	if !ok {
		return got, fmt.Errorf("%s: a name that ends in .parquet, .csv or .ndjson is wanted", f.Out)
	}
	stage, err := os.MkdirTemp(filepath.Dir(f.Out), ".part-")
	if err != nil {
		return got, err
	}
	defer os.RemoveAll(stage)
	if filepath.Ext(f.Out) == ".ndjson" {
		if f.View, err = f.View.AsWritten(); err != nil {
			return got, err
		}
	}
	r := reading{db: db, view: f.View, stage: stage, Options: Options{Quarantine: f.Quarantine, To: stage}}
	several, err := r.open(f.In)
	if err != nil {
		return got, err
	}
	rows := filepath.Join(stage, "rows.parquet")
	if isTable(f.View) {
		t, err := r.table(ctx)
		if err != nil {
			return got, err
		}
		rows, got = t.Path, Flattened{Rows: t.RowsOut, Quarantined: t.Quarantined, Merged: t.Merged}
	} else if got, err = r.unnest(ctx, several || len(r.gone) > 0, rows); err != nil {
		return got, err
	}
	if f.Strict && got.Quarantined > 0 {
		return got, fmt.Errorf("%d of the lines do not fit the view: %s", got.Quarantined, f.Quarantine.Most(strictPlaces))
	}
	if form != forms[".parquet"] {
		written := filepath.Join(stage, "written")
		query, err := f.written(ctx, db, rows)
		if err != nil {
			return got, err
		}
		if _, err := db.ExecContext(ctx, "copy ("+query+") to "+sql.Quote(written)+" ("+form+")"); err != nil {
			return got, err
		}
		rows = written
	}
	return got, errors.Join(os.Chmod(rows, 0o600), os.Rename(rows, f.Out))
}

// strictPlaces is how many places are named of what does not fit.
const strictPlaces = 3

// written is a query of the rows as the form has them: in CSV no text is a spreadsheet's formula, in NDJSON a moment is an
// instant of FHIR.
func (f Flattening) written(ctx context.Context, db *sql.DB, rows string) (string, error) {
	from := " from " + sql.ParquetFile(rows)
	if filepath.Ext(f.Out) != ".ndjson" {
		return sql.ForSpreadsheet(ctx, db, "select *"+from)
	}
	var columns []string
	for _, c := range f.View.Columns() {
		column := fmt.Sprintf("%q", c.Name)
		if c.Type == "TIMESTAMPTZ" {
			column = fmt.Sprintf(`rtrim(rtrim(strftime(%[1]s at time zone 'UTC', '%%Y-%%m-%%dT%%H:%%M:%%S.%%f'), '0'), '.') || 'Z' as %[1]s`, column)
		}
		columns = append(columns, column)
	}
	return "select " + strings.Join(columns, ", ") + from, nil
}

// open finds what there is to read.
func (r *reading) open(in string) (several bool, err error) {
	info, err := os.Stat(in)
	if err != nil {
		return false, err
	}
	var e export
	if info.IsDir() {
		e, err = intake(in, r.stage, map[string]bool{r.view.Resource: true}, r.Bases)
	} else {
		e, err = intakeFile(in, r.stage, r.view.Resource)
	}
	r.files, r.gone, r.mixed = e.files[r.view.Resource], e.gone.of[r.view.Resource], !info.IsDir()
	return e.several, err
}
