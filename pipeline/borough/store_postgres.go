package borough

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// copyBatch is how many rows of a table go to PostgreSQL at once: 30 tables share one connection.
const copyBatch = 5_000

// mark is the comment by which a borough knows its own tables again.
const mark = "made by careshare borough"

// postgresStore is a PostgreSQL schema, the first of the connection's search path. All tables are replaced in one
// transaction, so that a reader has the old borough or the new one.
type postgresStore struct {
	ctx     context.Context
	conn    *pgx.Conn
	tx      pgx.Tx
	tables  map[string]table
	waiting map[string][][]any
	order   []string
	isOver  bool // nothing more is written, and nothing stays
}

func openPostgres(ctx context.Context, url string) (store, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("make the case store: %w", err)
	}
	s := &postgresStore{ctx: ctx, conn: conn, tables: map[string]table{}, waiting: map[string][][]any{}}
	if err := s.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("make the case store: %w", err), conn.Close(ctx))
	}
	return s, nil
}

func (s *postgresStore) start() (err error) {
	if s.tx, err = s.conn.Begin(s.ctx); err != nil {
		return err
	}
	for _, t := range tables() {
		if err := s.replace(t); err != nil {
			return err
		}
		s.tables[t.name] = t
		s.order = append(s.order, t.name)
	}
	return nil
}

// replace makes a table again. A table that no borough made is somebody's case store and is left alone.
func (s *postgresStore) replace(t table) error {
	var isForeign bool
	const query = "select coalesce(obj_description(to_regclass($1), 'pg_class') is distinct from $2 and to_regclass($1) is not null, false)"
	if err := s.tx.QueryRow(s.ctx, query, t.name, mark).Scan(&isForeign); err != nil {
		return err
	}
	if isForeign {
		return fmt.Errorf("table %s was not made by a borough and is not replaced: name a database or a search path without it", t.name)
	}
	for _, statement := range []string{"drop table if exists " + t.name, t.create, "comment on table " + t.name + " is '" + mark + "'"} {
		if _, err := s.tx.Exec(s.ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (s *postgresStore) put(table string, row []driver.Value) error {
	if err := s.tables[table].fits(row); err != nil {
		return err
	}
	values := make([]any, len(row))
	for i, value := range row {
		values[i] = value
	}
	s.waiting[table] = append(s.waiting[table], values)
	if len(s.waiting[table]) < copyBatch {
		return nil
	}
	return s.flush(table)
}

func (s *postgresStore) flush(table string) error {
	_, err := s.tx.CopyFrom(s.ctx, pgx.Identifier{table}, s.tables[table].columns, pgx.CopyFromRows(s.waiting[table]))
	s.waiting[table] = s.waiting[table][:0]
	if err != nil {
		return fmt.Errorf("write %s: %w", table, err)
	}
	return nil
}

func (s *postgresStore) abandon() { s.isOver = true }

func (s *postgresStore) close() (err error) {
	defer func() { err = errors.Join(err, s.conn.Close(s.ctx)) }()
	if s.isOver {
		return s.tx.Rollback(s.ctx)
	}
	for _, table := range s.order {
		if err := s.flush(table); err != nil {
			return err
		}
	}
	return s.tx.Commit(s.ctx)
}
