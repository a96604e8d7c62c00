package extract

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// KeepValues also writes what could be read of each reject, one row a value, to a Parquet file of the run's private
// folder. A reject of which nothing could be read has one row, without a column and a value.
func (q *Quarantine) KeepValues(path string) error {
	number := arrow.PrimitiveTypes.Int64
	schema := arrow.NewSchema([]arrow.Field{
		text("source"), {Name: "position", Type: number}, text("table_name"), text("file"), {Name: "line", Type: number},
		text("key"), text("at_fault"), text("rule"), text("column_name"), text("value"),
	}, nil)
	file, err := CreateParquet(path, schema)
	if err != nil {
		return fmt.Errorf("open the readable values of the quarantine: %w", err)
	}
	q.values, q.valueRows = file, array.NewRecordBuilder(memory.DefaultAllocator, schema)
	return nil
}

func (q *Quarantine) addValues(r Reject) error {
	if q.values == nil {
		return nil
	}
	values := r.Values
	if len(values) == 0 {
		values = []Value{{}}
	}
	for _, v := range values {
		texts := []string{cmp.Or(q.From, r.Source), "", r.Table, r.File, "", r.Key, r.Column, r.Rule, v.Column, v.Text}
		for i, value := range texts {
			switch field := q.valueRows.Field(i).(type) {
			case *array.Int64Builder:
				field.Append(map[int]int64{1: q.count, 4: r.Line}[i])
			case *array.StringBuilder:
				if value == "" {
					field.AppendNull()
				} else {
					field.Append(strings.ToValidUTF8(value, "\uFFFD"))
				}
			}
		}
	}
	if q.valueRows.Field(0).Len() < quarantineBatch {
		return nil
	}
	return q.flushValues()
}

func (q *Quarantine) flushValues() error {
	batch := q.valueRows.NewRecordBatch()
	defer batch.Release()
	return q.values.Write(batch)
}

func (q *Quarantine) closeValues() error {
	if q.values == nil {
		return nil
	}
	if err := q.flushValues(); err != nil {
		return err
	}
	_, err := q.values.Close()
	return err
}
