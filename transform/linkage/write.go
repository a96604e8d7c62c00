package linkage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"careshare/sql"
)

// Tables that Link leaves in the engine, for Write.
const (
	Pairs    = "linkage.pairs_decided"
	Clusters = "linkage.clusters"
)

// Write writes a table to a file whose name says its form, .parquet or .csv: whole or not at all. The engine must be let into its folder.
// In a CSV, texts that a spreadsheet would take for formulas are escaped.
func Write(ctx context.Context, db *sql.DB, table, path string) error {
	form, known := map[string]string{".parquet": "format parquet, compression zstd", ".csv": "format csv, header"}[filepath.Ext(path)]
	if !known {
		return fmt.Errorf("write %s: a name that ends in .parquet or .csv is wanted", path)
	}
	part := filepath.Join(filepath.Dir(path), ".part-"+filepath.Base(path))
	defer os.Remove(part)
	query := "select * from " + table
	if filepath.Ext(path) == ".csv" {
		var err error
		if query, err = sql.ForSpreadsheet(ctx, db, query); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	if _, err := db.ExecContext(ctx, fmt.Sprintf("copy (%s) to %s (%s)", query, sql.Quote(part), form)); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := errors.Join(os.Chmod(part, 0o600), sync(part), os.Rename(part, path)); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func sync(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
