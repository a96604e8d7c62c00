package flow

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"careshare/extract"
	"careshare/pipeline/config"
	"careshare/sql"
)

// smallSource is the most bytes of Parquet that the engine keeps as a table: what is small is read by many models, and each
// reader of a view over a file opens the file again and is planned twice. What is larger stays a file, so that memory holds.
const smallSource = 1 << 20

// openEngineOver opens the engine that decides, with the threads that its tables keep busy.
func openEngineOver(ctx context.Context, c config.Config, spill string, tables []extract.Table, readable []string) (*sql.DB, error) {
	paths := make([]string, len(tables))
	for i, t := range tables {
		paths[i] = t.Path
	}
	sized, err := c.SizedFor(paths...)
	if err != nil {
		return nil, err
	}
	return sized.OpenEngine(ctx, spill, readable...)
}

// createSources makes a table or a view of the Parquet of each source's table, in its source's schema; a table that several
// senders have is one.
func createSources(ctx context.Context, db *sql.DB, tables []extract.Table, quarantine, private string) error {
	quarantined, err := filepath.Glob(filepath.Join(quarantine, "*", "part-0.parquet"))
	if err != nil {
		return err
	}
	unread, err := filepath.Glob(filepath.Join(private, "unread", "*", "part-0.parquet"))
	if err != nil {
		return err
	}
	files := map[string][]string{"extract.quarantine": quarantined, "extract.unread_values": unread}
	for _, t := range tables {
		name := t.Source + "." + t.Name
		files[name] = append(files[name], t.Path)
	}
	for name, paths := range files {
		if err := createSource(ctx, db, name, paths); err != nil {
			return fmt.Errorf("open %s: %w", name, err)
		}
	}
	return nil
}

func createSource(ctx context.Context, db *sql.DB, name string, paths []string) error {
	bytes, err := config.BytesOf(paths...)
	if err != nil {
		return err
	}
	kind := "table"
	if bytes > smallSource {
		kind = "view"
	}
	schema, _, _ := strings.Cut(name, ".")
	_, err = db.ExecContext(ctx, fmt.Sprintf("create schema if not exists %s; create %s %s as select * from %s",
		schema, kind, name, sql.Parquet(paths)))
	return err
}
