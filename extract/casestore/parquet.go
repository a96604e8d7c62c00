package casestore

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"careshare/sql"

	"github.com/duckdb/duckdb-go/v2"
)

// parquetFolder is a case store as a folder of Parquet files: a file a table, a folder of files a table, or one of import_…
// partitions a table.
type parquetFolder struct {
	path   string
	db     *sql.DB
	called func(table string) string // its name here
	files  map[string][]parquetFile  // by table, each in the order of their names
}

// parquetFile is one file as it was when the folder was opened.
type parquetFile struct {
	path string
	info os.FileInfo
}

// readParquetOptions: some writers do not mark text as text.
const readParquetOptions = "binary_as_string = true"

func openParquet(ctx context.Context, o Options, tables []table) (*parquetFolder, error) {
	path, err := filepath.Abs(o.Location)
	if err != nil {
		return nil, err
	}
	files, err := o.newest(path, tables)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(ctx, sql.Options{Memory: o.Memory, Threads: o.Threads, Spill: o.Spill, Allow: []string{path}})
	if err != nil {
		return nil, err
	}
	return &parquetFolder{path: path, db: db, called: o.called, files: files}, nil
}

func (p *parquetFolder) close() { p.db.Close() }

func (p *parquetFolder) carries(storeType string, want dataType) bool {
	return express(storeType, want) != ""
}

func (p *parquetFolder) tables(ctx context.Context) (map[string]stored, error) {
	found := map[string]stored{}
	for name, files := range p.files {
		t := stored{name: name, isFile: true}
		for i, file := range files {
			columns, err := p.columnsOf(ctx, file.path)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p.shown(file), err)
			}
			if i > 0 && !slices.Equal(columns, t.columns) {
				return nil, fmt.Errorf("%s has other columns or types than %s", p.shown(file), p.shown(files[0]))
			}
			t.columns, t.size = columns, t.size+file.info.Size()
		}
		found[p.called(name)] = t
	}
	return found, nil
}

// shown is a file's path in the folder.
func (p *parquetFolder) shown(file parquetFile) string {
	within, err := filepath.Rel(p.path, file.path)
	if err != nil {
		return filepath.Base(file.path)
	}
	return within
}

func (p *parquetFolder) columnsOf(ctx context.Context, path string) (columns []storedColumn, err error) {
	rows, err := p.db.QueryContext(ctx, "select column_name, column_type from (describe select * from "+sql.Parquet([]string{path}, readParquetOptions)+")")
	if err != nil {
		return nil, sql.WithoutValues(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c storedColumn
		if err := rows.Scan(&c.name, &c.typ); err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	return columns, rows.Err()
}

func (p *parquetFolder) read(ctx context.Context, j job, l *landing) error {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, file := range p.files[j.from.name] {
		from := sql.Parquet([]string{file.path}, readParquetOptions, "file_row_number = true")
		err := sql.WithoutValues(conn.Raw(func(raw any) error {
			reader, err := duckdb.NewArrowFromConn(raw.(driver.Conn))
			if err != nil {
				return err
			}
			return landPages(ctx, reader, j.selectFrom(from), from, "file_row_number", l)
		}))
		if err = errors.Join(err, unchanged(file.path, file.info)); err != nil {
			return err
		}
	}
	return nil
}
