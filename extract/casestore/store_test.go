package casestore

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/extract"
	"careshare/extract/casestore/postgrestest"
	"careshare/sql"

	"github.com/jackc/pgx/v5"
	"github.com/parquet-go/parquet-go"
)

// canary is a value that no error may show.
const canary = "Canary-Featherstonehaugh"

// writeStore writes a case store of the contract as CSV: so many rows a table, of values that depend on place only.
func writeStore(t testing.TB, folder string, rows func(table string) int) {
	t.Helper()
	tables, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		file, err := os.Create(filepath.Join(folder, table.name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		w := csv.NewWriter(file)
		header := []string{"not_in_contract"}
		for _, c := range table.columns {
			header = append(header, c.name)
		}
		w.Write(header)
		for i := range rows(table.name) {
			record := []string{"x"}
			for at, c := range table.columns {
				record = append(record, sample(c, i, at))
			}
			w.Write(record)
		}
		w.Flush()
		if err := file.Close(); err != nil || w.Error() != nil {
			t.Fatal(err, w.Error())
		}
	}
}

// sample is what row i holds in a column: a key is the row's number, every seventh optional value is missing.
func sample(c column, i, at int) string {
	switch {
	case c.key && c.typ == bigint:
		return fmt.Sprint(i + 1)
	case c.nullable && (i+at)%7 == 0:
		return ""
	case c.name == "nhs_id":
		return fmt.Sprint(9_990_000_000 + i)
	case c.typ == bigint:
		return fmt.Sprint((i*31 + at) % 100_000)
	case c.typ == timestamp:
		moment := time.Date(1950+i%70, time.Month(i%12+1), i%28+1, at, i%60, 0, (i%3)*500_000_000, time.UTC)
		return moment.Format(clock + ".999999")
	case c.name == "address":
		return fmt.Sprintf("Flat %d,\n%d \"Ash\" Road, Öxfordshire", i%40, i)
	case c.means == "flag":
		return []string{"Y", "N"}[i%2]
	}
	return fmt.Sprintf("%s %d", c.name, i%5000)
}

func few(string) int { return 40 }

// loadPostgres makes a database of the CSV folder, with the column types that a council's would have.
func loadPostgres(t testing.TB, server, name, folder string) (url string) {
	t.Helper()
	url = postgrestest.Database(t, server, name)
	conn := connect(t, url)
	eachFile(t, folder, func(table string, header []string, body io.Reader) {
		columns := declare(t, table, header, func(c column) string {
			switch {
			case table == "dm_visits" && c.name == "planned_datetime":
				return "varchar(40)"
			case c.name == "nhs_id" || c.name == "assignee_id":
				return "numeric(10)"
			case c.name == "worker_id":
				return "integer"
			case c.name == "gender":
				return "char(40)"
			case c.typ == varchar:
				return "varchar"
			}
			return string(c.typ)
		})
		// In the transaction that makes the table, COPY appends only; later it would fill gaps, out of order.
		execute(t, conn, fmt.Sprintf("begin; create table %s (%s)", strings.ToUpper(table), columns))
		_, err := conn.PgConn().CopyFrom(context.Background(), body, "copy "+table+" from stdin (format csv)")
		if err != nil {
			t.Fatal(table, err)
		}
		execute(t, conn, "commit")
	})
	return url
}

// loadDuckDB makes a DuckDB file of the CSV folder.
func loadDuckDB(t testing.TB, folder string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "case store's.duckdb")
	db := engine(t, filepath.Dir(path), folder)
	statement := func(s string) {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	statement("attach " + sql.Quote(path) + " as store")
	eachFile(t, folder, func(table string, header []string, _ io.Reader) {
		columns := declare(t, table, header, func(c column) string {
			switch {
			case table == "dm_visits" && c.name == "planned_datetime":
				return "varchar"
			case c.name == "nhs_id":
				return "decimal(10,0)"
			}
			return string(c.typ)
		})
		statement(fmt.Sprintf("create table store.%s (%s)", strings.ToUpper(table), columns))
		statement(fmt.Sprintf("insert into store.%s select * from read_csv(%s, header=true, all_varchar=true, parallel=false)",
			table, sql.Quote(filepath.Join(folder, table+".csv"))))
	})
	statement("detach store")
	return path
}

func engine(t testing.TB, allow ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open(context.Background(), sql.Options{Memory: "512MB", Threads: 2, Spill: t.TempDir(), Allow: allow})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func eachFile(t testing.TB, folder string, do func(table string, header []string, body io.Reader)) {
	t.Helper()
	tables, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		file, err := os.Open(filepath.Join(folder, table.name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		body := bufio.NewReader(file)
		header, err := body.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		do(table.name, strings.Split(strings.TrimSpace(header), ","), body)
		file.Close()
	}
}

// declare lists the columns of a file's header with their types; what the contract does not name is text.
func declare(t testing.TB, name string, header []string, typeOf func(column) string) string {
	tables, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]string{}
	for _, table := range tables {
		for _, c := range table.columns {
			if table.name == name {
				types[c.name] = typeOf(c)
			}
		}
	}
	var columns []string
	for _, column := range header {
		if types[column] == "" {
			types[column] = "varchar"
		}
		columns = append(columns, column+" "+types[column])
	}
	return strings.Join(columns, ", ")
}

func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func execute(t testing.TB, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(context.Background(), statement); err != nil {
		t.Fatal(err)
	}
}

// pull is one Read and what it left.
type pull struct {
	tables  map[string]extract.Table
	rejects []reject
	err     error
	to      string
	spill   string
}

type reject struct {
	Source string  `parquet:"source,optional"`
	Table  string  `parquet:"table_name,optional"`
	File   string  `parquet:"file,optional"`
	Line   int64   `parquet:"line"`
	Key    string  `parquet:"key,optional"`
	Column string  `parquet:"column_name,optional"`
	Rule   string  `parquet:"rule,optional"`
	Raw    *string `parquet:"raw,optional"`
}

func options(t testing.TB, kind, location string) Options {
	t.Helper()
	return Options{
		Kind: kind, Location: location, To: filepath.Join(t.TempDir(), "raw"), Spill: filepath.Join(t.TempDir(), "spill"),
		Connections: 2, Threads: 2, Memory: "512MB", StatementTimeout: time.Minute, Wait: 10 * time.Millisecond,
	}
}

// read runs Read with a quarantine of its own and reads that back.
func read(t testing.TB, o Options) pull {
	t.Helper()
	path := filepath.Join(t.TempDir(), "quarantine.parquet")
	quarantine, err := extract.OpenQuarantine(path, true)
	if err != nil {
		t.Fatal(err)
	}
	o.Quarantine = quarantine
	tables, readErr := Read(context.Background(), o)
	if _, err := quarantine.Close(); err != nil {
		t.Fatal(err)
	}
	p := pull{tables: map[string]extract.Table{}, err: readErr, to: o.To, spill: o.Spill}
	for _, table := range tables {
		p.tables[table.Name] = table
		if table.RowsIn != table.RowsOut+table.Quarantined+table.Merged {
			t.Errorf("%s: %d rows in, %d out, %d quarantined", table.Name, table.RowsIn, table.RowsOut, table.Quarantined)
		}
	}
	if p.rejects, err = parquet.ReadFile[reject](path); err != nil {
		t.Fatal(err)
	}
	return p
}
