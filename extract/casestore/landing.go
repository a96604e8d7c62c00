package casestore

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"careshare/extract"
	"careshare/sql"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// batchRows is how many rows are held before they are written. It alone sets where batches end, so that the same
// rows give the same bytes whatever sent them.
const batchRows = 8192

// landing is where the rows of one table arrive, from whichever source: the one place that casts, quarantines and writes.
type landing struct {
	job     job
	path    string
	schema  *arrow.Schema
	file    *extract.Parquet
	rejects rejects
	fields  []field
	rows    int64             // rows of the source so far, the broken ones too
	held    int               // rows in the fields
	observe func(row []value) // where set, rows are looked at and not kept
}

func land(j job, to, spill string) (*landing, error) {
	path, schema := filepath.Join(to, j.name, "part-0.parquet"), j.schema()
	file, err := extract.CreateParquet(path, schema)
	if err != nil {
		return nil, err
	}
	l := &landing{job: j, path: path, schema: schema, file: file, rejects: rejects{path: rejectsPath(spill, j.name)}}
	for _, c := range j.columns {
		l.fields = append(l.fields, newField(c.typ))
	}
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
	if l.observe != nil {
		l.observe(row)
		return nil
	}
	for i := range l.job.columns {
		if broken := l.job.columns[i].fit(&row[i]); broken != "" {
			if broken == ruleWord && l.job.columns[i].unknown == "stop" {
				return fmt.Errorf("column %s: a word for neither yes nor no: list it under conventions.yes, conventions.no or conventions.columns (careshare profile shows the words)", l.job.columns[i].name)
			}
			return l.refuse(extract.Reject{
				File: file, Line: line, Key: l.job.keyOf(row), Column: l.job.columns[i].name, Rule: broken, Raw: l.job.rawOf(row),
				Values: l.job.valuesOf(row, i),
			})
		}
	}
	l.rows++
	for i := range row {
		l.fields[i].add(l.held, &row[i])
	}
	if l.held++; l.held < batchRows {
		return nil
	}
	return l.flush()
}

// refuse keeps one row of the source apart.
func (l *landing) refuse(r extract.Reject) error {
	if l.observe != nil {
		return nil
	}
	l.rows++
	r.Source, r.Table = sourceName, l.job.name
	return l.rejects.add(r)
}

func (l *landing) flush() error {
	columns := make([]arrow.Array, len(l.fields))
	for i := range l.fields {
		columns[i] = l.fields[i].array(l.schema.Field(i).Type, l.held)
	}
	batch := array.NewRecordBatch(l.schema, columns, int64(l.held))
	if err := l.file.Write(batch); err != nil {
		return err
	}
	for i := range l.fields {
		l.fields[i].clear()
	}
	l.held = 0
	return nil
}

// close finishes the table's file, settles ids that came more than once, and says what became of its rows.
func (l *landing) close(ctx context.Context, db *sql.DB) (extract.Table, error) {
	if err := l.flush(); err != nil {
		return extract.Table{}, err
	}
	out, err := l.file.Close()
	if err != nil {
		return extract.Table{}, err
	}
	merged, out, err := l.settleRepeats(ctx, db, out)
	if err != nil {
		return extract.Table{}, err
	}
	t := extract.Table{
		Source: sourceName, Name: l.job.name, Path: l.path,
		RowsIn: l.rows, RowsOut: out, Quarantined: l.rejects.count, Merged: merged, Extra: l.job.extra,
	}
	if t.RowsIn != t.RowsOut+t.Quarantined+t.Merged {
		return t, fmt.Errorf("%d rows came, %d landed, %d are in quarantine and %d were merged", t.RowsIn, t.RowsOut, t.Quarantined, t.Merged)
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
