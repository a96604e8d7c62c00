package casestore

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"

	"careshare/extract"
	"careshare/sql"
)

// ruleRepeated is the rule that two different rows of one id break: nobody can say which is right.
const ruleRepeated = "two different rows under one id"

// openSettler opens the engine that looks for repeated ids in what has landed.
func (o Options) openSettler(ctx context.Context) (*sql.DB, error) {
	return sql.Open(ctx, sql.Options{Memory: cmp.Or(o.Memory, "512MB"), Threads: max(o.Threads, 1), Spill: o.Spill, Allow: []string{o.To}})
}

// hasID reports whether the key of a table is an id. Where a date is part of it, the store keeps no id of the rows, and the models
// say which row counts.
func (t *table) hasID() bool {
	found := false
	for _, c := range t.columns {
		if c.key && c.typ == timestamp {
			return false
		}
		found = found || c.key
	}
	return found
}

// settleRepeats merges rows of a landed table that are equal to the last column, and rejects all rows of an id that has different
// ones. It returns how many rows were merged and how many are left.
func (l *landing) settleRepeats(ctx context.Context, db *sql.DB, rows int64) (merged, left int64, err error) {
	if !l.job.hasID() || rows < 2 {
		return 0, rows, nil
	}
	var repeated int64
	query := fmt.Sprintf("select count(*) from (select 1 from %s group by %s having count(*) > 1)", sql.ParquetFile(l.path), l.job.keyNames())
	if err := db.QueryRowContext(ctx, query).Scan(&repeated); err != nil || repeated == 0 {
		return 0, rows, sql.WithoutValues(err)
	}
	conflicting, err := l.rejectRepeats(ctx, db)
	if err != nil {
		return 0, 0, err
	}
	if left, err = l.keepFirst(ctx, db); err != nil {
		return 0, 0, err
	}
	return rows - conflicting - left, left, nil
}

// keyNames are the columns of the key, for SQL.
func (t *table) keyNames() string {
	var names []string
	for _, c := range t.columns {
		if c.key {
			names = append(names, c.name)
		}
	}
	return sql.QuoteNames(names)
}

func (t *table) columnNames() (names []string) {
	for _, c := range t.columns {
		names = append(names, c.name)
	}
	return names
}

// numbered are the landed rows in their order, each with how many different rows its id has and its place among them.
func (l *landing) numbered() string {
	key, all := l.job.keyNames(), sql.QuoteNames(l.job.columnNames())
	return fmt.Sprintf(`(select *, count(distinct row(%[1]s)) over (partition by %[2]s) as different_rows,
		row_number() over (partition by %[2]s order by file_row_number) as row_of_id
		from %[3]s)`, all, key, sql.Parquet([]string{l.path}, "file_row_number = true"))
}

func (l *landing) rejectRepeats(ctx context.Context, db *sql.DB) (count int64, err error) {
	texts := make([]string, len(l.job.columns))
	for i, c := range l.job.columns {
		texts[i] = "cast(" + sql.QuoteName(c.name) + " as varchar)"
	}
	query := "select " + strings.Join(texts, ", ") + " from " + l.numbered() + " where different_rows > 1 order by file_row_number"
	for line, err := range sql.Texts(ctx, db, query) {
		if err != nil {
			return 0, sql.WithoutValues(err)
		}
		row := make([]value, len(line))
		for i, cell := range line {
			if row[i] = (value{kind: text, text: []byte(cell)}); cell == "" {
				row[i] = value{kind: null}
			}
		}
		count++
		reject := extract.Reject{
			Source: sourceName, Table: l.job.name, Key: l.job.keyOf(row), Rule: ruleRepeated, Raw: l.job.rawOf(row),
			Values: l.job.valuesOf(row, len(row)),
		}
		if err := l.rejects.add(reject); err != nil {
			return 0, err
		}
	}
	return count, nil
}

// keepFirst writes the table's file again with one row of each id, and none of an id that has different ones.
func (l *landing) keepFirst(ctx context.Context, db *sql.DB) (left int64, err error) {
	to := l.path + ".once"
	query := fmt.Sprintf("copy (select %s from %s where different_rows = 1 and row_of_id = 1 order by file_row_number) to %s (format parquet)",
		sql.QuoteNames(l.job.columnNames()), l.numbered(), sql.Quote(to))
	result, err := db.ExecContext(ctx, query)
	if err != nil {
		return 0, sql.WithoutValues(err)
	}
	if left, err = result.RowsAffected(); err != nil {
		return 0, err
	}
	if err := os.Chmod(to, 0o600); err != nil {
		return 0, err
	}
	return left, os.Rename(to, l.path)
}
