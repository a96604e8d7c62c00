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
func Write(ctx context.Context, db *sql.DB, table, path string) error {
	form, known := map[string]string{".parquet": "format parquet, compression zstd", ".csv": "format csv, header"}[filepath.Ext(path)]
	if !known {
		return fmt.Errorf("write %s: a name that ends in .parquet or .csv is wanted", path)
	}
	part := filepath.Join(filepath.Dir(path), ".part-"+filepath.Base(path))
	defer os.Remove(part)
	if _, err := db.ExecContext(ctx, fmt.Sprintf("copy (select * from %s) to %s (%s)", table, sql.Quote(part), form)); err != nil {
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
