package casestore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// readSize is how much is read from the network at once: the server sends 8 KiB at a time and soon is far ahead.
const readSize = 256 << 10

// postgres is a PostgreSQL database seen through one snapshot by several connections.
type postgres struct {
	all  []*pgx.Conn
	free chan *pgx.Conn
	look []string // the tables to look for

	partial map[string]bool // tables and views, quoted, of which policies hide rows from this role
}

// openPostgres connects, locks the contract's tables against TRUNCATE and ALTER, which would show through a snapshot
// taken before them (PostgreSQL 15, 13.6 Caveats), takes a snapshot, and shares it among all connections.
func openPostgres(ctx context.Context, o Options, tables []table) (_ *postgres, err error) {
	config, err := configOf(o.Location)
	if err != nil {
		return nil, err
	}
	p := &postgres{free: make(chan *pgx.Conn, o.Connections)}
	for _, t := range tables {
		p.look = append(p.look, o.called(t.name))
	}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	for range o.Connections {
		conn, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return nil, err // of the connection, not of any row: host, user and database may be named
		}
		p.all = append(p.all, conn)
		p.free <- conn
	}
	return p, withoutValues(ctx, p.begin(ctx, o.StatementTimeout))
}

func configOf(address string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil { // the parser quotes the address
		return nil, errors.New("the address cannot be read; it is like postgres://user:password@host:5432/database, a password's signs in percent encoding")
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // no prepared statements: a pooler may stand between
	config.RuntimeParams["application_name"] = "careshare"
	config.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
		return pgproto3.NewFrontend(bufio.NewReaderSize(r, readSize), w)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 30 * time.Second
	}
	keepEncrypted(&config.Config)
	return config, nil
}

// keepEncrypted takes the ways in the clear out where the driver would fall back on them by itself (sslmode prefer, its
// default, and allow): to a host of the network only an address that says sslmode=disable leads in the clear.
func keepEncrypted(config *pgconn.Config) {
	ways := append([]*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}}, config.Fallbacks...)
	encrypted := slices.ContainsFunc(ways, func(way *pgconn.FallbackConfig) bool { return way.TLSConfig != nil })
	if encrypted {
		ways = slices.DeleteFunc(ways, func(way *pgconn.FallbackConfig) bool { return way.TLSConfig == nil && !isHere(way.Host) })
	}
	first := ways[0]
	config.Host, config.Port, config.TLSConfig, config.Fallbacks = first.Host, first.Port, first.TLSConfig, ways[1:]
}

// isHere says whether nothing that is sent to a host leaves the machine: a socket's folder or the loopback.
func isHere(host string) bool {
	address := net.ParseIP(host)
	return strings.HasPrefix(host, "/") || host == "localhost" || address != nil && address.IsLoopback()
}

func (p *postgres) begin(ctx context.Context, timeout time.Duration) error {
	leader := p.all[0]
	rows, err := p.catalogue(ctx, leader)
	if err != nil {
		return err
	}
	if p.partial, err = partlyHidden(ctx, leader, rows); err != nil {
		return err
	}
	locks := locksOn(rows)
	if err := start(ctx, leader, timeout, locks); err != nil {
		return err
	}
	var snapshot string
	if err := leader.QueryRow(ctx, "select pg_export_snapshot()").Scan(&snapshot); err != nil {
		return err
	}
	for _, conn := range p.all[1:] {
		if err := start(ctx, conn, timeout, "set transaction snapshot '"+snapshot+"'"); err != nil {
			return err
		}
	}
	return nil
}

// start begins a read-only transaction in which a policy that would hide rows is an error (row_security), and a table is always scanned from its start, by one process: the same
// table comes in the same order.
func start(ctx context.Context, conn *pgx.Conn, timeout time.Duration, then string) error {
	statements := []string{"begin isolation level repeatable read, read only"}
	if timeout > 0 {
		statements = append(statements, fmt.Sprintf("set local statement_timeout = %d", timeout.Milliseconds()))
	}
	if then != "" {
		statements = append(statements, then)
	}
	statements = append(statements, "set local row_security = off",
		"set local synchronize_seqscans = off", "set local max_parallel_workers_per_gather = 0",
		"set local idle_in_transaction_session_timeout = 0")
	_, err := conn.PgConn().Exec(ctx, strings.Join(statements, ";")).ReadAll()
	return err
}

// catalogueQuery lists the columns of the contract's tables along the search path.
const catalogueQuery = `
	select n.nspname, c.relname, c.relkind::text, coalesce(pg_relation_size(c.oid), 0),
	       has_table_privilege(c.oid, 'select'),
	       a.attname, case t.typcategory when 'S' then 'text' when 'E' then 'enum' else t.typname end,
	       not has_column_privilege(c.oid, a.attnum, 'select')
	from pg_class c
	join pg_namespace n on n.oid = c.relnamespace
	join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
	join pg_type d on d.oid = a.atttypid
	join pg_type t on t.oid = case when d.typtype = 'd' then d.typbasetype else d.oid end
	where n.nspname = any (current_schemas(false)) and c.relkind in ('r', 'p', 'v', 'm', 'f') and lower(c.relname) = any ($1::text[])
	order by array_position(current_schemas(false), n.nspname), c.relname, a.attnum`

type catalogueRow struct {
	Schema, Name, Kind string
	Size               int64
	Readable           bool
	Column, Type       string
	Denied             bool
}

func (p *postgres) catalogue(ctx context.Context, conn *pgx.Conn) ([]catalogueRow, error) {
	rows, err := conn.Query(ctx, catalogueQuery, p.look)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[catalogueRow])
}

func (r *catalogueRow) quoted() string { return pgx.Identifier{r.Schema, r.Name}.Sanitize() }

// partlyHidden finds the tables of which row-level security would hide rows from this role, and the views over such tables. Planning
// a query is enough: with row_security off the server refuses it (PostgreSQL 15, 5.8 Row Security Policies).
func partlyHidden(ctx context.Context, conn *pgx.Conn, rows []catalogueRow) (map[string]bool, error) {
	partial := map[string]bool{}
	var refused *pgconn.PgError
	for _, r := range rows {
		name := r.quoted()
		if _, asked := partial[name]; asked || !r.Readable {
			continue
		}
		query := "begin read only; set local row_security = off; explain select 1 from " + name
		_, err := conn.PgConn().Exec(ctx, query).ReadAll()
		partial[name] = errors.As(err, &refused) && refused.Code == "42501"
		if err != nil && !partial[name] {
			return nil, err
		}
		if _, err := conn.PgConn().Exec(ctx, "rollback").ReadAll(); err != nil {
			return nil, err
		}
	}
	return partial, nil
}

// locksOn is the statement that holds the tables still. Of a materialised view, a foreign table, or a table of which
// only some columns are granted, PostgreSQL gives no such lock.
func locksOn(rows []catalogueRow) string {
	var names []string
	for _, r := range rows {
		if r.Readable && strings.Contains("rpv", r.Kind) {
			names = append(names, r.quoted())
		}
	}
	if names = slices.Compact(names); len(names) == 0 {
		return ""
	}
	return "lock table " + strings.Join(names, ", ") + " in access share mode"
}

func (p *postgres) tables(ctx context.Context) (map[string]stored, error) {
	rows, err := p.catalogue(ctx, p.all[0])
	if err != nil {
		return nil, withoutValues(ctx, err)
	}
	found := map[string]stored{}
	schema := map[string]string{}
	for _, r := range rows {
		name := strings.ToLower(r.Name)
		t, seen := found[name]
		switch {
		case !seen:
			t, schema[name] = stored{name: r.quoted(), size: r.Size, partial: p.partial[r.quoted()]}, r.Schema
		case schema[name] != r.Schema: // hidden by an earlier schema of the search path
			continue
		case t.name != r.quoted():
			t.again = true
		}
		t.columns = append(t.columns, storedColumn{name: r.Column, typ: r.Type, denied: r.Denied})
		found[name] = t
	}
	return found, nil
}

func (p *postgres) read(ctx context.Context, j job, l *landing) error {
	conn := <-p.free
	defer func() { p.free <- conn }()
	selected := make([]string, len(j.columns))
	d := &decoder{landing: l, row: make([]value, len(j.columns))}
	for i, c := range j.columns {
		name := pgx.Identifier{j.names[i].name}.Sanitize()
		expression, read := carry(j.names[i].typ, c.typ)
		selected[i] = strings.ReplaceAll(expression, "$", name)
		d.columns = append(d.columns, read)
	}
	query := "copy (select " + strings.Join(selected, ", ") + " from " + j.from.name + ") to stdout (format binary)"
	tag, err := conn.PgConn().CopyTo(ctx, d, query)
	if err != nil {
		return withoutValues(ctx, err)
	}
	return d.whole(tag.RowsAffected())
}

func (p *postgres) close() {
	for _, conn := range p.all {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		conn.Close(ctx) // nothing to keep: the transaction only read
		cancel()
	}
}
