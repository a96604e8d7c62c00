package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"careshare/sql"
	"careshare/transform"
)

// Run makes the model from a case's rows and returns what is wrong, in lines; empty if the case holds.
func (s *Suite) Run(ctx context.Context, d Document, c Case) (string, error) {
	model, err := s.model(d)
	if err != nil {
		return "", err
	}
	db := <-s.engines
	defer func() { s.engines <- db }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = tx.Rollback() }() // a case keeps nothing
	for _, table := range model.Reads {
		if err := s.fill(ctx, tx, table, d.given(c, table)); err != nil {
			return "", fmt.Errorf("%s: %w", table, err)
		}
	}
	if _, err := tx.ExecContext(ctx, "create table main.made_by_model as\n"+model.Query); err != nil {
		return "", err
	}
	made := s.columns[model.Name]
	if len(made) == 0 { // a check
		if made, err = columnsMade(ctx, tx); err != nil {
			return "", err
		}
	}
	wrong, err := differences(ctx, tx, c.Expect, made)
	if err != nil {
		return "", fmt.Errorf("expect: %w", err)
	}
	if c.IsPart {
		wrong = slices.DeleteFunc(wrong, func(line string) bool { return strings.HasPrefix(line, "+ ") })
	}
	broken, err := s.broken(ctx, tx, model)
	return strings.Join(append(wrong, broken...), "\n"), err
}

// fill creates a table with all its columns and the rows that are given.
func (s *Suite) fill(ctx context.Context, tx *sql.Tx, table string, rows Rows) error {
	if len(rows.Columns) == 0 {
		rows = s.always[table]
	}
	columns := s.columns[table]
	if schema, _, isSource := strings.Cut(table, "."); isSource {
		if _, err := tx.ExecContext(ctx, "create schema if not exists "+quoteName(schema)); err != nil {
			return err
		}
		table = quoteName(schema) + table[len(schema):]
	}
	return create(ctx, tx, table, columns, rows)
}

// create makes a table and inserts rows, each cell cast to its column's type.
func create(ctx context.Context, tx *sql.Tx, table string, columns []Column, rows Rows) error {
	var all []string
	for _, column := range columns {
		all = append(all, quoteName(column.Name)+" "+column.Type)
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("create table %s (%s)", table, strings.Join(all, ", "))); err != nil {
		return err
	}
	if len(rows.Cells) == 0 {
		return nil
	}
	names, lines := make([]string, len(rows.Columns)), make([]string, len(rows.Cells))
	for i, column := range rows.Columns {
		if !slices.ContainsFunc(columns, func(c Column) bool { return strings.EqualFold(c.Name, column.Name) }) {
			return fmt.Errorf("unknown column %s", column.Name)
		}
		names[i] = quoteName(column.Name)
	}
	for i, cells := range rows.Cells {
		values := make([]string, len(cells))
		for k, cell := range cells {
			values[k] = literal(cell)
		}
		lines[i] = "(" + strings.Join(values, ", ") + ")"
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf("insert into %s (%s) values %s", table, strings.Join(names, ", "), strings.Join(lines, ", ")))
	return err
}

func literal(cell string) string {
	switch cell {
	case "":
		return "null"
	case emptyText:
		return emptyText
	}
	return sql.Quote(cell)
}

func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func columnsMade(ctx context.Context, tx *sql.Tx) (columns []Column, err error) {
	made, err := texts(ctx, tx, "select column_name, column_type from (describe main.made_by_model)")
	for _, column := range made {
		columns = append(columns, Column{column[0], column[1]})
	}
	return columns, err
}

// differences compares the expected columns as multisets of rows.
func differences(ctx context.Context, tx *sql.Tx, expect Rows, made []Column) ([]string, error) {
	shown := made
	if len(expect.Columns) > 0 {
		shown = nil
		for _, column := range expect.Columns {
			at := slices.IndexFunc(made, func(c Column) bool { return strings.EqualFold(c.Name, column.Name) })
			if at < 0 {
				return nil, fmt.Errorf("unknown column %s", column.Name)
			}
			if column.Type != "" && column.Type != made[at].Type && !sameType(ctx, tx, column.Type, made[at].Type) {
				return []string{fmt.Sprintf("%s is %s, expected %s", column.Name, made[at].Type, column.Type)}, nil
			}
			shown = append(shown, made[at])
		}
	}
	if err := create(ctx, tx, "main.expected_rows", shown, expect); err != nil {
		return nil, err
	}
	parts := make([]string, len(shown))
	for i, column := range shown {
		name := quoteName(column.Name)
		parts[i] = fmt.Sprintf("%s || coalesce(case when cast(%s as varchar) = '' then '''''' else cast(%s as varchar) end, 'null')", sql.Quote(column.Name+": "), name, name)
	}
	line := strings.Join(parts, " || ' | ' || ")
	found, err := texts(ctx, tx, fmt.Sprintf(`with expected as (select %[1]s as line from main.expected_rows),
		made as (select %[1]s as line from main.made_by_model)
		select '- ' || line from (select line from expected except all select line from made)
		union all select '+ ' || line from (select line from made except all select line from expected)
		order by 1 desc`, line))
	lines := make([]string, len(found))
	for i, cells := range found {
		lines[i] = cells[0]
	}
	return lines, err
}

// sameType reports whether two names are one type, such as TIMESTAMPTZ and TIMESTAMP WITH TIME ZONE.
func sameType(ctx context.Context, tx *sql.Tx, a, b string) bool {
	same, err := texts(ctx, tx, fmt.Sprintf("select cast(typeof(cast(null as %s)) = typeof(cast(null as %s)) as varchar)", a, b))
	return err == nil && same[0][0] == "true"
}

// broken says where the rows would stop a run: two of one grain, or a null that the contract forbids. A check's rows are bad ones.
func (s *Suite) broken(ctx context.Context, tx *sql.Tx, model transform.Model) (wrong []string, err error) {
	if model.Severity != "" {
		return nil, nil
	}
	for _, column := range s.required[model.Name] {
		rows, failed := texts(ctx, tx, fmt.Sprintf("select 'x' from main.made_by_model where %s is null", quoteName(column)))
		if err = errors.Join(err, failed); len(rows) > 0 {
			wrong = append(wrong, fmt.Sprintf("%s is null in %d rows; the contract says that it never is", column, len(rows)))
		}
	}
	grain := strings.Join(model.Grain, ", ")
	rows, failed := texts(ctx, tx, "select 'x' from main.made_by_model group by "+grain+" having count(*) > 1")
	if len(rows) > 0 {
		wrong = append(wrong, fmt.Sprintf("%d grains (%s) have more than one row", len(rows), grain))
	}
	return wrong, errors.Join(err, failed)
}
