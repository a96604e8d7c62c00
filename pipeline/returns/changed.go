package returns

import (
	"context"
	"io/fs"
	"iter"

	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"
	"careshare/reports"
)

// ChangeColumns head the sheets that say whose each change is.
var ChangeColumns = []string{"What changed", "Person", "Began on", "Field", "Before", "Now"}

// changeTables are the sheets for who signs a return off: what changed since the last snapshot and, where files were given, since what was
// submitted. A snapshot of an older careshare knows no values, and a return that was made anew nothing of the last snapshot.
func changeTables(ctx context.Context, s snapshot.Source, c config.Config, p config.Period, isAgainst bool) (tables []reports.Table, err error) {
	var isKnown bool
	if err := s.DB.QueryRowContext(ctx, `select count(*) > 0 from duckdb_columns() where table_name = 'return_changes' and column_name = 'values_now'`).Scan(&isKnown); err != nil {
		return nil, err
	}
	if isKnown {
		query, err := fs.ReadFile(c.Ruleset(), "explain/return_changed.sql")
		if err != nil {
			return nil, err
		}
		tables = append(tables, changeTable("changes", "What changed since the last snapshot", s.Rows(ctx, string(query), p.Return, p.Year)))
	}
	if isAgainst {
		tables = append(tables, changeTable("changes since submitted", "What changed since what was submitted", s.Rows(ctx,
			`select change, person, coalesce(cast(began_on as varchar), ''), coalesce(field, ''), coalesce(value_before, ''), coalesce(value_now, '')
			from return_against order by change, person, began_on, row_key, field`)))
	}
	return tables, nil
}

func changeTable(name, title string, rows iter.Seq2[[]reports.Cell, error]) reports.Table {
	return reports.Table{Name: name, Title: title, Header: ChangeColumns, Widths: []float64{34, 14, 14, 34, 28, 28}, Rows: snapshot.Typed(rows, []reports.Kind{1: reports.ID, 2: reports.Date, 5: reports.Plain}),
		Notes: []string{"What is altered has a line for each field; what was added stands in the return as it is now, what was dropped in the one before. Names of people are not repeated. No line: nothing changed, or there was nothing to compare with."}}
}
