package fhir

import (
	"context"
	"errors"
	"fmt"
	"io"
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
		err = firstFault(v, files)
	}
	if err == nil {
		err = wholeFiles(files)
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

// firstFault reads the files line by line for the one that stopped the engine, whose own words would tell what stands there.
func firstFault(v View, files []string) error {
	for _, path := range files {
		if err := faultIn(v, path); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return errors.New("a resource has more than one value where the view allows one, or one that does not fit its column")
}

func faultIn(v View, path string) error {
	lines, err := openLines(path)
	if err != nil {
		return err
	}
	defer lines.close()
	for shape := v.Shape(); ; {
		line, err := lines.next()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("line %d: %w", lines.number, err)
		}
		if _, f := check(line, v.Resource, shape); f != nil && f.element != "resourceType" && f.element != "id" {
			return fmt.Errorf("line %d: %s", lines.number, strings.TrimPrefix(f.element+": "+f.rule, ": "))
		}
	}
}

// wholeFiles reads every gzip file to its end: the engine does not see where one was cut off between two lines.
func wholeFiles(files []string) error {
	for _, path := range files {
		if !strings.HasSuffix(path, ".gz") {
			continue
		}
		if _, err := countLines(path); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return nil
}
