package sql

import (
	"context"
	dbsql "database/sql"
	"fmt"
	"slices"
	"strings"
)

// Querier is a DB or a Tx.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*dbsql.Rows, error)
}

// shownWords are columns that hold names of our own things, never of a person.
var shownWords = []string{
	"dataset", "audience", "source", "table_name", "source_table", "column_name", "stage", "gate", "reason", "decision", "kind",
	"sender", "resource_type", "file", "return_name", "rule_code", "safeguard", "category", "finding", "missing_question",
}

// shownNumbers are columns that may be shown where they are whole numbers: the council's own row ids, years, places in a list.
// A number that is an NHS number is none of them, and senders make their ids of text.
var shownNumbers = []string{"source_key", "position", "collection_year", "year", "list", "line", "sequence_number"}

// isShown reports whether a message or log may hold the values of a column.
func isShown(name, kind string) bool {
	if slices.Contains(shownWords, name) {
		return true
	}
	if kind != "BIGINT" && kind != "INTEGER" && kind != "HUGEINT" {
		return false
	}
	return name != "nhs_id" && strings.HasSuffix(name, "_id") || slices.Contains(shownNumbers, name)
}

// IDs are the council's own ids in the first rows of a query, `person_id=1, dataset=visits`: never a name, a date of birth or an
// NHS number. They are nothing where no column may be shown.
func IDs(ctx context.Context, db Querier, query string, limit int) ([]string, error) {
	columns, err := describe(ctx, db, query)
	if err != nil {
		return nil, WithoutValues(err)
	}
	var parts []string
	for _, column := range columns {
		if isShown(column[0], column[1]) {
			parts = append(parts, fmt.Sprintf("%s || coalesce(cast(%s as varchar), 'null')", Quote(column[0]+"="), QuoteName(column[0])))
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf("select distinct %s as ids from (\n%s\n) as bad order by ids limit %d", strings.Join(parts, " || ', ' || "), query, limit))
	if err != nil {
		return nil, WithoutValues(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var ids string
		if err := rows.Scan(&ids); err != nil {
			return nil, WithoutValues(err)
		}
		all = append(all, ids)
	}
	return all, WithoutValues(rows.Err())
}

// describe are the names and types of a query's columns.
func describe(ctx context.Context, db Querier, query string) ([][2]string, error) {
	rows, err := db.QueryContext(ctx, "select column_name, column_type from (describe "+query+"\n)")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var columns [][2]string
	for rows.Next() {
		var column [2]string
		if err := rows.Scan(&column[0], &column[1]); err != nil {
			return nil, err
		}
		columns = append(columns, column)
	}
	return columns, rows.Err()
}
