package fhir

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"careshare/sql"
)

// Flatten writes the rows of a view over a folder of bulk files, or over one NDJSON file, to a file whose name says its form: .parquet, .csv or .ndjson.
// The engine must be let into both places. The file appears whole or not at all; a line that the view cannot take stops it.
func Flatten(ctx context.Context, db *sql.DB, v View, in, out string) (rows int64, err error) {
	form, ok := map[string]string{".parquet": "format parquet", ".csv": "format csv, header", ".ndjson": "format json"}[filepath.Ext(out)]
	if !ok {
		return 0, fmt.Errorf("flatten: %s: a name that ends in .parquet, .csv or .ndjson is wanted", out)
	}
	files, err := inputs(v, in)
	if err != nil {
		return 0, fmt.Errorf("flatten %s: %w", in, err)
	}
	query := v.Empty(false)
	if len(files) > 0 {
		query = v.SQL(files)
	}
	part := filepath.Join(filepath.Dir(out), ".part-"+filepath.Base(out))
	defer os.Remove(part)
	err = db.QueryRowContext(ctx, "copy ("+query+") to "+sql.Quote(part)+" ("+form+")").Scan(&rows)
	if isData(err) {
		err = errors.New("a line is not JSON, or does not fit the view" + whichLine(err))
	}
	if err == nil {
		err = errors.Join(os.Chmod(part, 0o600), os.Rename(part, out))
	}
	if err != nil {
		return 0, fmt.Errorf("flatten %s: %w", in, err)
	}
	return rows, nil
}

func inputs(v View, in string) ([]string, error) {
	info, err := os.Stat(in)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{in}, nil
	}
	e, err := openExport(in)
	return paths(e.files[v.Resource]), err
}

// whichLine is the part of the engine's message that says where, and nothing of what stands there.
func whichLine(err error) string {
	_, after, ok := strings.Cut(err.Error(), " in file \"")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(after, "\"")
	return " (" + filepath.Base(name) + ")"
}
