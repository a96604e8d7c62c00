package sql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/duckdb/duckdb-go/v2"
)

// Texts streams a query of which every column is text; null is nothing. A row and its texts are in the engine's own memory: they
// are good until the next row, and who keeps one copies it.
func Texts(ctx context.Context, db *DB, query string, args ...any) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		conn, err := db.Conn(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		defer conn.Close()
		stopped := errors.New("enough")
		err = conn.Raw(func(raw any) error {
			return eachRow(ctx, raw.(driver.Conn), query, args, func(row []string) error {
				if !yield(row, nil) {
					return stopped
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, stopped) {
			yield(nil, err)
		}
	}
}

func eachRow(ctx context.Context, conn driver.Conn, query string, args []any, do func([]string) error) error {
	engine, err := duckdb.NewArrowFromConn(conn)
	if err != nil {
		return err
	}
	batches, err := engine.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer batches.Release()
	for batches.Next() {
		if err := eachOf(batches.RecordBatch(), do); err != nil {
			return err
		}
	}
	return batches.Err()
}

func eachOf(batch arrow.RecordBatch, do func([]string) error) error {
	columns, row := make([]*array.String, batch.NumCols()), make([]string, batch.NumCols())
	for i := range columns {
		texts, isText := batch.Column(i).(*array.String)
		if !isText {
			return fmt.Errorf("column %s: not text", batch.ColumnName(i))
		}
		columns[i] = texts
	}
	for line := range int(batch.NumRows()) {
		for i, texts := range columns {
			row[i] = ""
			if texts.IsValid(line) {
				row[i] = texts.Value(line)
			}
		}
		if err := do(row); err != nil {
			return err
		}
	}
	return nil
}
