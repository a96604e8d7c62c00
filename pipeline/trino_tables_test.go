//go:build trino

package pipeline

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"careshare/load/lake"
	"careshare/pipeline/flow"
	"careshare/sql"
	"careshare/transform"
)

// tablesForTrino keeps all that the demo's models read and made in a DuckDB database, in types that Trino's connector can read; gives the
// statements that make of it Trino's tables, and the query of each model and check by the table that holds its rows.
func tablesForTrino(t *testing.T) (kept, statements string, queries map[string]string) {
	w := demo(t)
	asAt := time.Date(2026, 11, 2, 7, 0, 0, 0, time.UTC)
	j := w.prepare(t, asAt) // a day after the demo's run, so that there is one before
	run := scratchRun(t, asAt)
	kept = filepath.Join(run.Private, "tables.duckdb")
	db := everythingMade(t, j, run)
	queries = map[string]string{}
	for _, model := range j.Models.Needed() {
		queries["main."+model.Name] = model.Query
	}
	do := func(statement string) {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	do("create schema checks")
	for _, check := range j.Models.Checks {
		queries["checks."+check.Name] = check.Query
		do("create table checks." + check.Name + " as\n" + check.Query)
	}
	do("attach " + sql.Quote(kept) + " as dump")
	columns, err := db.QueryContext(t.Context(), `select schema_name, table_name,
			string_agg(case
				when data_type in ('TIMESTAMP WITH TIME ZONE', 'TIMESTAMP') then format('cast(cast("{0}" as timestamp) as varchar) as "{0}"', column_name)
				when data_type = 'BLOB' then format('hex("{0}") as "{0}"', column_name)
				when data_type in ('HUGEINT', 'UBIGINT') then format('cast("{0}" as decimal(38, 0)) as "{0}"', column_name)
				when data_type in ('TINYINT', 'UTINYINT') then format('cast("{0}" as integer) as "{0}"', column_name)
				when data_type in ('UINTEGER') then format('cast("{0}" as bigint) as "{0}"', column_name)
				when data_type in ('UUID') then format('cast("{0}" as varchar) as "{0}"', column_name)
				else format('"{0}"', column_name)
			end, ', ' order by column_index),
			string_agg(case data_type
				when 'TIMESTAMP WITH TIME ZONE' then format('with_timezone(cast("{0}" as timestamp(6)), ''UTC'') as "{0}"', column_name)
				when 'TIMESTAMP' then format('cast("{0}" as timestamp(6)) as "{0}"', column_name)
				when 'BLOB' then format('from_hex("{0}") as "{0}"', column_name)
				else format('"{0}"', column_name)
			end, ', ' order by column_index)
		from duckdb_columns()
		where database_name = 'memory' and not internal and (schema_name <> 'linkage' or table_name in ('links', 'people', 'patients'))
		group by all order by all`)
	if err != nil {
		t.Fatal(err)
	}
	defer columns.Close()
	schemas, copies, loads := map[string]bool{}, []string{}, []string{}
	for columns.Next() {
		var schema, table, from, to string
		if err := columns.Scan(&schema, &table, &from, &to); err != nil {
			t.Fatal(err)
		}
		schemas[schema] = true
		copies = append(copies, fmt.Sprintf(`create table dump."%s__%s" as select %s from memory."%s"."%s"`, schema, table, from, schema, table))
		loads = append(loads, fmt.Sprintf(`create table "%s"."%s" as select %s from tables.main."%s__%s"`, schema, table, to, schema, table))
	}
	if err := columns.Err(); err != nil {
		t.Fatal(err)
	}
	for _, statement := range copies {
		do(statement)
	}
	do("detach dump")
	var text strings.Builder
	for _, schema := range slices.Sorted(maps.Keys(schemas)) {
		fmt.Fprintf(&text, "create schema if not exists \"%s\";\n", schema)
	}
	return kept, text.String() + strings.Join(loads, ";\n") + ";\n", queries
}

// everythingMade is the engine after all models of a run.
func everythingMade(t *testing.T, j *flow.Job, run *lake.Run) *sql.DB {
	known, err := j.Recall(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tables, err := j.Extract(t.Context(), flow.Folders{Raw: run.Raw, Private: run.Private, Quarantine: run.Quarantine, Spill: run.Spill})
	if err != nil {
		t.Fatal(err)
	}
	db, err := j.Gather(t.Context(), known, run, tables)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := transform.Run(t.Context(), db, j.Models, j.LinkPeople(db, known)); err != nil {
		t.Fatal(err)
	}
	return db
}
