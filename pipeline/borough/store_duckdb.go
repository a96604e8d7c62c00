package borough

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/duckdb/duckdb-go/v2"
)

// duckStore is a DuckDB file, filled through one appender a table.
type duckStore struct {
	connector *duckdb.Connector
	conn      driver.Conn
	tables    map[string]*duckTable
}

type duckTable struct {
	table
	appender *duckdb.Appender
	waiting  int // rows in the appender
}

// flushAfter is how many rows an appender holds: of its own accord it would hold ten times as many, for each table.
const flushAfter = 20_480

func openDuckDB(path string) (store, error) {
	s, err := makeDuckDB(path)
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", path, err)
	}
	return s, nil
}

func makeDuckDB(path string) (*duckStore, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	for _, old := range []string{path, path + ".wal"} {
		if err := os.Remove(old); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	connector, err := duckdb.NewConnector(path+"?memory_limit=256MB&threads=1", nil)
	if err != nil {
		return nil, err
	}
	s := &duckStore{connector: connector, tables: map[string]*duckTable{}}
	if err := s.start(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, os.Chmod(path, 0o600)
}

func (s *duckStore) start() (err error) {
	db := sql.OpenDB(s.connector)
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, t := range tables() {
		if _, err := db.Exec(t.create); err != nil {
			return err
		}
		s.tables[t.name] = &duckTable{table: t}
	}
	if s.conn, err = s.connector.Connect(context.Background()); err != nil {
		return err
	}
	for name, t := range s.tables {
		if t.appender, err = duckdb.NewAppenderFromConn(s.conn, "", name); err != nil {
			return err
		}
	}
	return nil
}

func (s *duckStore) put(table string, row []driver.Value) error {
	t := s.tables[table]
	if err := t.fits(row); err != nil {
		return err
	}
	err := t.appender.AppendRow(row...)
	if t.waiting++; err == nil && t.waiting == flushAfter {
		t.waiting, err = 0, t.appender.Flush()
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", table, err)
	}
	return nil
}

func (s *duckStore) close() (err error) {
	for _, t := range s.tables {
		if t.appender != nil {
			err = errors.Join(err, t.appender.Close())
		}
	}
	if s.conn != nil {
		err = errors.Join(err, s.conn.Close())
	}
	return errors.Join(err, s.connector.Close())
}
