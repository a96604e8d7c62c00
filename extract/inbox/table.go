package inbox

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"careshare/extract"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// Column is one column of a table. Every column may be null.
type Column struct {
	Name string
	Type arrow.DataType
}

// Texts makes columns of text.
func Texts(names ...string) []Column { return columns(arrow.BinaryTypes.String, names) }

// Integers makes columns of whole numbers.
func Integers(names ...string) []Column { return columns(arrow.PrimitiveTypes.Int64, names) }

// Instants makes columns of moments, to the microsecond, in UTC.
func Instants(names ...string) []Column {
	return columns(&arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, names)
}

// Percentages makes columns of decimal(5,2).
func Percentages(names ...string) []Column {
	return columns(&arrow.Decimal128Type{Precision: 5, Scale: 2}, names)
}

// Truths makes columns of true and false.
func Truths(names ...string) []Column { return columns(arrow.FixedWidthTypes.Boolean, names) }

func columns(kind arrow.DataType, names []string) []Column {
	made := make([]Column, len(names))
	for i, name := range names {
		made[i] = Column{Name: name, Type: kind}
	}
	return made
}

// Table is one table being taken. The rows and rejects of a file are held until Keep takes or Drop forgets them, so
// that a file which proves unreadable half-way leaves none of its rows behind.
type Table struct {
	table      extract.Table
	file       *extract.Parquet
	rows       *array.RecordBuilder
	held       []extract.Reject
	merged     int64
	quarantine *extract.Quarantine
}

// Create starts <to>/<name>.parquet.
func Create(to, source, name string, quarantine *extract.Quarantine, columns ...[]Column) (*Table, error) {
	var fields []arrow.Field
	for _, group := range columns {
		for _, column := range group {
			fields = append(fields, arrow.Field{Name: column.Name, Type: column.Type, Nullable: true})
		}
	}
	schema := arrow.NewSchema(fields, nil)
	path := filepath.Join(to, name+".parquet")
	file, err := extract.CreateParquet(path, schema)
	if err != nil {
		return nil, err
	}
	return &Table{
		table: extract.Table{Source: source, Name: name, Path: path},
		file:  file, rows: array.NewRecordBuilder(memory.DefaultAllocator, schema), quarantine: quarantine,
	}, nil
}

// Add holds one row, its values in the columns' order: string, int64, bool, time.Time, decimal128.Num, or nil. An
// empty string and a zero time are null.
func (t *Table) Add(values ...any) {
	for i, value := range values {
		appendValue(t.rows.Field(i), value)
	}
}

func appendValue(to array.Builder, value any) {
	switch v := value.(type) {
	case string:
		if v != "" {
			to.(*array.StringBuilder).Append(v)
			return
		}
	case int64:
		to.(*array.Int64Builder).Append(v)
		return
	case bool:
		to.(*array.BooleanBuilder).Append(v)
		return
	case time.Time:
		if !v.IsZero() {
			to.(*array.TimestampBuilder).Append(arrow.Timestamp(v.UnixMicro()))
			return
		}
	case decimal128.Num:
		to.(*array.Decimal128Builder).Append(v)
		return
	}
	to.AppendNull()
}

// Held is how many rows are held.
func (t *Table) Held() int { return t.rows.Field(0).Len() }

// Reject holds one row, record or file that was not taken.
func (t *Table) Reject(file string, fault Fault) {
	t.held = append(t.held, extract.Reject{
		Source: t.table.Source, Table: t.table.Name, File: cut(file), Line: fault.Line, Key: cut(fault.Key),
		Column: cut(fault.Column), Rule: fault.Rule, Raw: cut(fault.Raw), Private: fault.Private, Values: fault.Values,
	})
}

func cut(came string) string { return came[:min(len(came), rawLimit)] }

// Extra reports, once, a column that the source has and the table does not.
func (t *Table) Extra(column string) {
	if !slices.Contains(t.table.Extra, column) {
		t.table.Extra = append(t.table.Extra, column)
	}
}

// Merge holds that a row repeats another and is left out.
func (t *Table) Merge() { t.merged++ }

// Keep takes what is held.
func (t *Table) Keep() error {
	for _, reject := range t.held {
		if err := t.quarantine.Add(reject); err != nil {
			return fmt.Errorf("quarantine %s: %w", t.table.Name, err)
		}
	}
	t.table.Quarantined += int64(len(t.held))
	t.table.Merged += t.merged
	t.table.RowsIn += int64(len(t.held)+t.Held()) + t.merged
	t.held, t.merged = nil, 0
	if t.Held() == 0 {
		return nil
	}
	batch := t.rows.NewRecordBatch()
	defer batch.Release()
	return t.file.Write(batch)
}

// Drop forgets what is held.
func (t *Table) Drop() {
	t.held, t.merged = nil, 0
	t.rows.NewRecordBatch().Release()
}

// Close finishes the Parquet file.
func (t *Table) Close() (extract.Table, error) {
	t.rows.Release()
	rows, err := t.file.Close()
	t.table.RowsOut = rows
	return t.table, err
}

// Close finishes several tables, whatever became of the reading: without err they are the source's tables.
func Close(err error, tables ...*Table) ([]extract.Table, error) {
	var closed []extract.Table
	for _, table := range tables {
		done, closeErr := table.Close()
		closed = append(closed, done)
		err = errors.Join(err, closeErr)
	}
	if err != nil {
		return nil, err
	}
	return closed, nil
}
