package casestore

import (
	"fmt"
	"path/filepath"
	"strings"

	"careshare/extract"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// batchRows is how many rows are held before they are written. It alone sets where batches end, so that the same
// rows give the same bytes whatever sent them.
const batchRows = 8192

// landing is where the rows of one table arrive, from whichever source: the one place that casts, quarantines and writes.
type landing struct {
	job     job
	path    string
	file    *extract.Parquet
	rejects *rejects
	batch   *array.RecordBuilder
	fields  []field
	rows    int64 // rows of the source so far, the broken ones too
	held    int   // rows in the batch
}

// field is a column's builder; the one of its type is set.
type field struct {
	whole  *array.Int64Builder
	moment *array.TimestampBuilder
	text   *array.BinaryBuilder
}

func land(j job, to, spill string) (*landing, error) {
	schema := j.schema()
	path := filepath.Join(to, j.name, "part-0.parquet")
	file, err := extract.CreateParquet(path, schema)
	if err != nil {
		return nil, err
	}
	rejects, err := createRejects(spill, j.name)
	if err != nil {
		return nil, err
	}
	l := &landing{job: j, path: path, file: file, rejects: rejects, batch: array.NewRecordBuilder(memory.DefaultAllocator, schema)}
	for i := range j.columns {
		var f field
		switch builder := l.batch.Field(i).(type) {
		case *array.Int64Builder:
			f.whole = builder
		case *array.TimestampBuilder:
			f.moment = builder
		case *array.StringBuilder:
			f.text = builder.BinaryBuilder
		}
		l.fields = append(l.fields, f)
	}
	l.batch.Reserve(batchRows)
	return l, nil
}

func (t *table) schema() *arrow.Schema {
	types := map[dataType]arrow.DataType{
		bigint:    arrow.PrimitiveTypes.Int64,
		varchar:   arrow.BinaryTypes.String,
		timestamp: &arrow.TimestampType{Unit: arrow.Microsecond},
	}
	fields := make([]arrow.Field, len(t.columns))
	for i, c := range t.columns {
		fields[i] = arrow.Field{Name: c.name, Type: types[c.typ], Nullable: c.nullable}
	}
	return arrow.NewSchema(fields, nil)
}

// take casts one row, values in the contract's order, and keeps it or puts it in quarantine. The row may be changed.
func (l *landing) take(row []value, file string, line int64) error {
	for i := range l.job.columns {
		if broken := l.job.columns[i].fit(&row[i]); broken != "" {
			return l.refuse(extract.Reject{
				File: file, Line: line, Key: l.job.keyOf(row), Column: l.job.columns[i].name, Rule: broken, Raw: l.job.rawOf(row),
			})
		}
	}
	l.rows++
	for i := range row {
		l.fields[i].append(&row[i])
	}
	if l.held++; l.held < batchRows {
		return nil
	}
	return l.flush()
}

// refuse keeps one row of the source apart.
func (l *landing) refuse(r extract.Reject) error {
	l.rows++
	r.Source, r.Table = sourceName, l.job.name
	return l.rejects.add(r)
}

func (f *field) append(v *value) {
	switch {
	case f.whole != nil && v.kind != null:
		f.whole.UnsafeAppend(v.number)
	case f.whole != nil:
		f.whole.UnsafeAppendBoolToBitmap(false)
	case f.moment != nil && v.kind != null:
		f.moment.UnsafeAppend(arrow.Timestamp(v.number))
	case f.moment != nil:
		f.moment.UnsafeAppendBoolToBitmap(false)
	case v.kind != null:
		f.text.Append(v.text)
	default:
		f.text.AppendNull()
	}
}

func (l *landing) flush() error {
	batch := l.batch.NewRecordBatch()
	defer batch.Release()
	l.batch.Reserve(batchRows)
	l.held = 0
	return l.file.Write(batch)
}

// close finishes the table's file and says what became of its rows.
func (l *landing) close() (extract.Table, error) {
	if err := l.flush(); err != nil {
		return extract.Table{}, err
	}
	out, err := l.file.Close()
	if err != nil {
		return extract.Table{}, err
	}
	t := extract.Table{
		Source: sourceName, Name: l.job.name, Path: l.path,
		RowsIn: l.rows, RowsOut: out, Quarantined: l.rejects.count, Extra: l.job.extra,
	}
	if t.RowsIn != t.RowsOut+t.Quarantined {
		return t, fmt.Errorf("%d rows came, %d landed and %d are in quarantine", t.RowsIn, t.RowsOut, t.Quarantined)
	}
	return t, l.rejects.close()
}

// abandon leaves nothing of a table that could not be read to its end.
func (l *landing) abandon() {
	l.file.Abandon()
	l.rejects.close()
}

// keyOf is the row's key, its parts joined by a comma, or nothing where a part cannot be read.
func (t *table) keyOf(row []value) string {
	var parts []string
	for i, c := range t.columns {
		if !c.key {
			continue
		}
		v := row[i]
		if c.fit(&v) != "" {
			return ""
		}
		parts = append(parts, v.String())
	}
	return strings.Join(parts, ",")
}
