package borough

import (
	"context"
	"database/sql/driver"
	_ "embed"
	"fmt"
	"strings"
)

//go:embed casestore.sql
var caseStoreTables string

// store takes rows in order, each a value for every column of its table: int64, string, time.Time or nil.
type store interface {
	put(table string, row []driver.Value) error
	close() error
}

// table is one table of casestore.sql.
type table struct {
	name    string
	create  string
	columns []string
}

// tables reads casestore.sql, which names one column a line.
func tables() []table {
	var found []table
	for statement := range strings.SplitSeq(caseStoreTables, ";\n") {
		_, rest, ok := strings.Cut(statement, "create table ")
		if !ok {
			continue
		}
		name, body, _ := strings.Cut(rest, " (\n")
		t := table{name: name, create: "create table " + rest}
		for line := range strings.Lines(body) {
			if column, _, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
				t.columns = append(t.columns, column)
			}
		}
		found = append(found, t)
	}
	return found
}

// openStore makes the case store again, of the kind that the options name.
func openStore(ctx context.Context, o Options) (store, error) {
	switch {
	case o.CaseStore == "" || o.CaseStore == "duckdb":
		return openDuckDB(o.path("case_store.duckdb"))
	case o.CaseStore == "csv":
		return openCSV(o.path("case_store"))
	default:
		return openPostgres(ctx, o.CaseStore)
	}
}

// isPostgres says whether the case store is a connection string.
func (o Options) isPostgres() bool {
	return strings.HasPrefix(o.CaseStore, "postgres://") || strings.HasPrefix(o.CaseStore, "postgresql://")
}

// fits refuses a row that is not of its table's width: the borough's own mistake.
func (t table) fits(row []driver.Value) error {
	if len(row) != len(t.columns) {
		return fmt.Errorf("write %s: %d values for %d columns", t.name, len(row), len(t.columns))
	}
	return nil
}
