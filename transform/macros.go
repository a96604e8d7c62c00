package transform

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"careshare/sql"
)

// proveMacros refuses macros that read a table or answer differently each time: a model's header could not tell of it.
func proveMacros(fsys fs.FS) error {
	text, err := fs.ReadFile(fsys, "macros.sql")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	ctx := context.Background()
	db, err := sql.Open(ctx, sql.Options{Memory: "100MB", Threads: 1, Macros: string(text)})
	if err != nil {
		return err
	}
	defer db.Close()
	var others int
	if err := db.QueryRowContext(ctx, `select (select count(*) from duckdb_tables()) + (select count(*) from duckdb_views() where not internal)
		+ (select count(*) from duckdb_functions() where not internal and function_type <> 'macro')`).Scan(&others); err != nil {
		return err
	}
	if others > 0 {
		return errors.New("it creates something else than scalar macros; a table of the rules is a model")
	}
	parse, err := db.Prepare("select json_serialize_sql(?::varchar)::varchar")
	if err != nil {
		return err
	}
	defer parse.Close()
	rows, err := db.QueryContext(ctx, "select function_name, 'select ' || macro_definition from duckdb_functions() where not internal order by 1")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, query string
		if err := rows.Scan(&name, &query); err != nil {
			return err
		}
		reads, _, err := queryReads(ctx, parse, query)
		if err != nil {
			return fmt.Errorf("macro %s: %w", name, err)
		}
		if len(reads) > 0 {
			return fmt.Errorf("macro %s: reads %v; only a model reads tables", name, reads)
		}
	}
	return rows.Err()
}
