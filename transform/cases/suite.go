package cases

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"careshare/sql"
	"careshare/transform"
)

// Suite runs cases. Several goroutines may use it.
type Suite struct {
	models   []transform.Model
	columns  map[string][]Column // of each model and source
	required map[string][]string // columns that a contract says are never null, by model
	always   map[string]Rows     // rows that every case has unless it gives its own
	engines  chan *sql.DB        // each makes one case at a time
}

// Options say what a suite tests.
type Options struct {
	Models   transform.Models
	Sources  string              // SQL that creates every source table, each empty or with the rows that every case has
	Required map[string][]string // columns that a contract says are never null, by model
	Macros   string              // SQL that creates the macros; empty: the shipped ones
}

// NewSuite makes every model once over the sources, for the names and types of its columns. The caller closes the suite.
func NewSuite(ctx context.Context, o Options) (_ *Suite, err error) {
	s := &Suite{
		models: slices.Concat(o.Models.Tables, o.Models.Checks), required: o.Required,
		columns: map[string][]Column{}, always: map[string]Rows{}, engines: make(chan *sql.DB, runtime.GOMAXPROCS(0)),
	}
	for range cap(s.engines) {
		db, err := sql.Open(ctx, sql.Options{Memory: "512MB", Threads: 1, Macros: o.Macros})
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.engines <- db
	}
	if err := s.learn(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close closes the engines, when no case runs.
func (s *Suite) Close() (err error) {
	close(s.engines)
	for db := range s.engines {
		err = errors.Join(err, db.Close())
	}
	return err
}

// learn makes everything in a transaction, notes the columns and lets go of it.
func (s *Suite) learn(ctx context.Context, o Options) error {
	db := <-s.engines
	defer func() { s.engines <- db }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("make models without rows: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing is kept
	if _, err := tx.ExecContext(ctx, o.Sources); err != nil {
		return fmt.Errorf("make sources: %w", err)
	}
	if err := s.learnRows(ctx, tx); err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	for _, model := range o.Models.Tables {
		if _, err := tx.ExecContext(ctx, "create table main."+model.Name+" as\n"+model.Query); err != nil {
			return fmt.Errorf("make %s without rows: %w", model.Name, err)
		}
	}
	return s.learnColumns(ctx, tx)
}

func (s *Suite) learnColumns(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `select case when table_schema = 'main' then table_name else table_schema || '.' || table_name end,
		column_name, data_type from information_schema.columns order by table_schema, table_name, ordinal_position`)
	if err != nil {
		return fmt.Errorf("read columns: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var relation string
		var column Column
		if err := rows.Scan(&relation, &column.Name, &column.Type); err != nil {
			return fmt.Errorf("read columns: %w", err)
		}
		s.columns[relation] = append(s.columns[relation], column)
	}
	return rows.Err()
}

// learnRows keeps the rows of the sources that have some, such as the settings.
func (s *Suite) learnRows(ctx context.Context, tx *sql.Tx) error {
	tables, err := texts(ctx, tx, "select table_schema || '.' || table_name from information_schema.tables where table_schema <> 'main'")
	if err != nil {
		return err
	}
	for _, table := range tables {
		names, err := texts(ctx, tx, "select column_name from (describe "+table[0]+")")
		if err != nil {
			return err
		}
		cells, err := texts(ctx, tx, "select columns(*)::varchar from "+table[0])
		if err != nil {
			return err
		}
		if len(cells) == 0 {
			continue
		}
		rows := Rows{Cells: cells}
		for _, name := range names {
			rows.Columns = append(rows.Columns, Column{Name: name[0]})
		}
		s.always[table[0]] = rows
	}
	return nil
}

// texts are the rows of a query of which every column is text; null is nothing.
func texts(ctx context.Context, tx *sql.Tx, query string) ([][]string, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all [][]string
	for rows.Next() {
		cells, into := make([]*string, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		line := make([]string, len(names))
		for i, cell := range cells {
			if cell != nil {
				line[i] = *cell
			}
		}
		all = append(all, line)
	}
	return all, rows.Err()
}

// model finds the model of a document and refuses rows of tables that it does not read.
func (s *Suite) model(d Document) (transform.Model, error) {
	at := slices.IndexFunc(s.models, func(m transform.Model) bool { return m.Name == d.Model })
	if at < 0 {
		return transform.Model{}, fmt.Errorf("unknown model %s: name the file of cases after its model", d.Model)
	}
	for _, table := range d.tables() {
		if !slices.Contains(s.models[at].Reads, table) {
			return transform.Model{}, fmt.Errorf("%s does not read %s; it reads %s", d.Model, table, strings.Join(s.models[at].Reads, ", "))
		}
	}
	return s.models[at], nil
}
