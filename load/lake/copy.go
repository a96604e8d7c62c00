package lake

import (
	"context"
	dbsql "database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/sql"

	"github.com/parquet-go/parquet-go"
)

// rowGroup is DuckDB's own size, so that a reader's threads share the groups of a file.
const rowGroup = 122_880

// engine is a pool or one of its connections.
type engine interface {
	ExecContext(ctx context.Context, query string, args ...any) (dbsql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *dbsql.Row
}

// copyOut writes a query's rows as one Parquet file and returns how many there are. The query must be ordered. The file
// counts only once a second reader has found those rows in its footer (a killed COPY leaves a broken file).
func copyOut(ctx context.Context, db engine, query, path string) (rows int64, err error) {
	if err := disk.MakeFolder(filepath.Dir(path)); err != nil {
		return 0, fault.Explain("write "+filepath.Base(path), err)
	}
	if err := sql.CheckPortable(ctx, db, query); err != nil {
		return 0, fault.Hinted(sql.PortableHint, "write %s: %w", filepath.Base(path), err)
	}
	statement := fmt.Sprintf("copy (%s) to %s (format parquet, compression zstd, row_group_size %d)", query, sql.Quote(path), rowGroup)
	result, err := db.ExecContext(ctx, statement)
	if err != nil {
		return 0, fault.Explain("write "+filepath.Base(path), err)
	}
	if rows, err = result.RowsAffected(); err != nil {
		return 0, fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	if err := os.Chmod(path, 0o600); err != nil { // DuckDB writes 0644; the folder has kept others out
		return 0, fault.Explain("write "+filepath.Base(path), err)
	}
	found, err := footerRows(path)
	if err != nil {
		return 0, err
	}
	if found != rows {
		return 0, fmt.Errorf("write %s: %d rows were written and its footer says %d", filepath.Base(path), rows, found)
	}
	return rows, nil
}

// footerRows reads how many rows a Parquet file says it holds.
func footerRows(path string) (rows int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, fault.Explain("read footer", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, fault.Explain("read footer", err)
	}
	// a footer that is not one may lead the reader astray in ways that it does not return as errors
	defer func() {
		if recover() != nil {
			err = errors.New("read footer: not a Parquet file")
		}
	}()
	opened, err := parquet.OpenFile(file, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return 0, errors.New("read footer: not a Parquet file")
	}
	return opened.NumRows(), nil
}
