package casestore

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"careshare/sql"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/duckdb/duckdb-go/v2"
)

// pageRows is how many rows are asked of DuckDB at once: its driver holds a whole answer in memory.
const pageRows = 2 * 122_880

// duckFile is a DuckDB file, opened for reading by an engine of its own, so that nobody can change it meanwhile.
type duckFile struct{ db *sql.DB }

func openDuckDB(ctx context.Context, o Options) (*duckFile, error) {
	path, err := filepath.Abs(o.Location)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	db, err := sql.Open(ctx, sql.Options{Memory: o.Memory, Threads: o.Threads, Spill: o.Spill, Allow: []string{filepath.Dir(path)}})
	if err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, "attach "+sql.Quote(path)+" as store (read_only)"); err != nil {
		db.Close()
		return nil, err // of the file, not of any row
	}
	return &duckFile{db: db}, nil
}

func (d *duckFile) close() { d.db.Close() }

func (d *duckFile) tables(ctx context.Context) (map[string]stored, error) {
	rows, err := d.db.QueryContext(ctx, `
		select c.table_name, coalesce(t.estimated_size, 0), t.table_name is null, c.column_name, c.data_type
		from duckdb_columns() as c
		left join duckdb_tables() as t using (database_name, schema_name, table_name)
		where database_name = 'store' and schema_name = 'main' and not c.internal
		order by c.table_name, c.column_index`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]stored{}
	for rows.Next() {
		var name string
		var t stored
		var c storedColumn
		if err := rows.Scan(&name, &t.size, &t.isView, &c.name, &c.typ); err != nil {
			return nil, err
		}
		t.name = "store.main." + quoted(name)
		if t.isView {
			t.size = -1
		}
		if before, seen := found[strings.ToLower(name)]; seen {
			t = before
		}
		t.columns = append(t.columns, c)
		found[strings.ToLower(name)] = t
	}
	return found, rows.Err()
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// carries follows express: what it can write, it carries.
func (d *duckFile) carries(storeType string, want dataType) bool {
	return express(storeType, want) != ""
}

// express gives the expression, with $ for the column, by which values travel: whole numbers as bigint, moments as
// timestamp or date, all else as text; or nothing where the type cannot become the one that the contract wants.
func express(storeType string, want dataType) string {
	typ, _, _ := strings.Cut(storeType, "(") // DECIMAL(10,0), ENUM('Y', 'N')
	switch typ {
	case "VARCHAR":
		return "$"
	case "BOOLEAN":
		if want == varchar {
			return "case when $ then 'Y' when not $ then 'N' end"
		}
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER":
		switch want {
		case bigint:
			return "$::bigint"
		case varchar:
			return "$::varchar"
		}
	case "UBIGINT", "HUGEINT", "DECIMAL":
		if want == bigint || want == varchar {
			return "$::varchar"
		}
	case "ENUM", "UUID":
		if want == varchar {
			return "$::varchar"
		}
	case "TIMESTAMP WITH TIME ZONE":
		if want == timestamp {
			return "$"
		}
	case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS":
		if want == timestamp {
			return "$::timestamp"
		}
	case "DATE":
		if want == timestamp {
			return "$"
		}
	}
	return ""
}

func (d *duckFile) read(ctx context.Context, j job, l *landing) error {
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	query := j.selectFrom(j.from.name)
	return sql.WithoutValues(conn.Raw(func(raw any) error {
		reader, err := duckdb.NewArrowFromConn(raw.(driver.Conn))
		if err != nil {
			return err
		}
		if j.from.isView {
			return landQuery(ctx, reader, query, l)
		}
		return landPages(ctx, reader, query, j.from.name, "rowid", l)
	}))
}

// selectFrom is a query of the job's columns, each as express writes it.
func (j *job) selectFrom(from string) string {
	selected := make([]string, len(j.columns))
	for i, c := range j.columns {
		selected[i] = strings.ReplaceAll(express(j.names[i].typ, c.typ), "$", quoted(j.names[i].name))
	}
	return "select " + strings.Join(selected, ", ") + " from " + from
}

// landPages reads a table or file by ranges of its row numbers, which follow the order in which its rows were added.
func landPages(ctx context.Context, engine *duckdb.Arrow, query, table, number string, l *landing) error {
	end := int64(0)
	last, err := engine.QueryContext(ctx, "select coalesce(max("+number+"), -1) from "+table)
	if err != nil {
		return err
	}
	defer last.Release()
	for last.Next() {
		end = last.RecordBatch().Column(0).(*array.Int64).Value(0) + 1
	}
	for from := int64(0); from < end && err == nil; from += pageRows {
		page := fmt.Sprintf("%s where %s >= %d and %s < %d", query, number, from, number, from+pageRows)
		err = landQuery(ctx, engine, page, l)
	}
	return errors.Join(err, last.Err())
}

func landQuery(ctx context.Context, engine *duckdb.Arrow, query string, l *landing) error {
	batches, err := engine.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer batches.Release()
	row := make([]value, len(l.job.columns))
	for batches.Next() {
		if err := landBatch(batches.RecordBatch(), row, l); err != nil {
			return err
		}
	}
	return batches.Err()
}

func landBatch(batch arrow.RecordBatch, row []value, l *landing) error {
	columns := make([]func(int) value, len(row))
	for i := range columns {
		columns[i] = valuesOf(batch.Column(i))
	}
	for at := range int(batch.NumRows()) {
		for i := range row {
			row[i] = columns[i](at)
		}
		if err := l.take(row, "", 0); err != nil {
			return err
		}
	}
	return nil
}

// valuesOf gives a reader of one column's values.
func valuesOf(column arrow.Array) func(int) value {
	of := func(int) value { return value{} }
	switch c := column.(type) {
	case *array.Int64:
		of = func(i int) value { return value{kind: whole, number: c.Value(i)} }
	case *array.Timestamp:
		hasZone := c.DataType().(*arrow.TimestampType).TimeZone != ""
		of = func(i int) value {
			v := finite(int64(c.Value(i)))
			if hasZone && v.kind == moment {
				v.kind = instant
			}
			return v
		}
	case *array.Date32:
		of = func(i int) value { return midnight(int64(c.Value(i))) }
	case *array.String:
		texts, base := c.ValueBytes(), c.ValueOffset(0)
		of = func(i int) value {
			from := c.ValueOffset(i) - base
			return value{kind: text, text: texts[from : from+c.ValueLen(i)]}
		}
	}
	return func(i int) value {
		if column.IsNull(i) {
			return value{}
		}
		return of(i)
	}
}
