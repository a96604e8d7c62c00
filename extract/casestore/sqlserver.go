package casestore

import (
	"context"
	dbsql "database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

// sqlServer is a SQL Server database seen through one transaction. A snapshot belongs to a transaction, and no other connection can
// join it, so all tables come over one.
type sqlServer struct {
	db      *dbsql.DB
	tx      *dbsql.Tx
	rows    []serverColumn
	timeout time.Duration
	one     sync.Mutex // reads one table at a time
}

func openSQLServer(ctx context.Context, o Options, tables []table) (_ *sqlServer, err error) {
	address, err := serverAddress(o.Location)
	if err != nil {
		return nil, err
	}
	connector, err := mssql.NewConnector(address)
	if err != nil { // the parser quotes the address
		return nil, errors.New(serverAddressForm)
	}
	s := &sqlServer{db: dbsql.OpenDB(connector), timeout: o.StatementTimeout}
	s.db.SetMaxOpenConns(1)
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	isolation, err := s.isolation(ctx)
	if err != nil {
		return nil, withoutServerValues(ctx, err)
	}
	if s.tx, err = s.db.BeginTx(context.WithoutCancel(ctx), &dbsql.TxOptions{Isolation: isolation}); err != nil {
		return nil, withoutServerValues(ctx, err)
	}
	var look []string
	for _, t := range tables {
		look = append(look, o.called(t.name))
	}
	s.rows, err = s.catalogue(ctx, look)
	return s, withoutServerValues(ctx, err)
}

const serverAddressForm = "the address cannot be read; it is like sqlserver://user:password@host:1433?database=Mosaic, a password's signs in percent encoding"

// serverAddress is the address with encryption: to a host of the network only an address that says encrypt=disable is in the clear.
// The driver's own log, which shows rows, stays off.
func serverAddress(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "sqlserver" || u.Hostname() == "" {
		return "", errors.New(serverAddressForm)
	}
	settings := u.Query()
	for key := range settings {
		lower := strings.ToLower(key)
		if lower == "log" {
			settings.Del(key)
		} else if lower != key {
			settings[lower] = settings[key]
			delete(settings, key)
		}
	}
	if settings.Get("database") == "" {
		return "", errors.New("the address names no database; " + serverAddressForm)
	}
	if !settings.Has("encrypt") && !isHere(u.Hostname()) {
		settings.Set("encrypt", "true")
	}
	if !settings.Has("app name") {
		settings.Set("app name", "careshare")
	}
	u.RawQuery = settings.Encode()
	return u.String(), nil
}

// stateQuery asks whether the database can change while it is read, and whether this login can see what hides rows from it.
const stateQuery = `
	select case when d.is_read_only = 1 or d.source_database_id is not null then 1 else 0 end,
	       d.snapshot_isolation_state,
	       coalesce(has_perms_by_name(db_name(), 'DATABASE', 'VIEW DEFINITION'), 0)
	from sys.databases as d
	where d.database_id = db_id()`

// isolation is how one moment is read: a database that changes needs snapshot isolation.
func (s *sqlServer) isolation(ctx context.Context) (dbsql.IsolationLevel, error) {
	var isStill, snapshots, seesDefinitions int
	if err := s.db.QueryRowContext(ctx, stateQuery).Scan(&isStill, &snapshots, &seesDefinitions); err != nil {
		return 0, err
	}
	return isolationFor(isStill == 1, snapshots == 1, seesDefinitions == 1)
}

func isolationFor(isStill, hasSnapshots, seesDefinitions bool) (dbsql.IsolationLevel, error) {
	switch {
	case !seesDefinitions:
		return 0, errors.New("this login cannot see security policies, which may hide rows from it; grant it VIEW DEFINITION on the database")
	case isStill:
		return dbsql.LevelReadCommitted, nil
	case !hasSnapshots:
		return 0, errors.New("the database allows no snapshot isolation, so tables would be of different moments; set allow_snapshot_isolation on, or point careshare at a database snapshot or a read-only copy")
	}
	return dbsql.LevelSnapshot, nil
}

// catalogueOfServer lists the columns of the contract's tables and views in the login's own schema and dbo. The type of an alias
// type is the one below it. A filter that is on hides rows of its table; which views read that table is not asked, so it counts for
// every view.
const catalogueOfServer = `
	with relations as (
	    select o.object_id, schema_name(o.schema_id) as schema_name, o.name, o.type
	    from sys.objects as o
	    where o.type in ('U', 'V') and schema_name(o.schema_id) in (schema_name(), 'dbo') and lower(o.name) in (%s)
	), filters as (
	    select p.target_object_id
	    from sys.security_predicates as p
	    join sys.security_policies as s on s.object_id = p.object_id
	    where s.is_enabled = 1 and p.predicate_type = 0
	), sizes as (
	    select p.object_id, sum(p.rows) as row_count
	    from sys.partitions as p
	    where p.index_id in (0, 1)
	    group by p.object_id
	)
	select r.schema_name, r.name, coalesce(z.row_count, 0), c.name,
	       case when c.encryption_type is not null then 'encrypted' else coalesce(type_name(c.system_type_id), 'other') end,
	       case when coalesce(has_perms_by_name(quotename(r.schema_name) + '.' + quotename(r.name), 'OBJECT', 'SELECT', c.name, 'COLUMN'), 0) = 0
	                 or c.is_masked = 1 and coalesce(has_perms_by_name(db_name(), 'DATABASE', 'UNMASK'), 0) = 0
	            then 1 else 0 end,
	       case when r.type = 'V' and exists (select 1 from filters)
	                 or r.object_id in (select f.target_object_id from filters as f)
	            then 1 else 0 end,
	       case when r.schema_name = schema_name() then 0 else 1 end as place
	from relations as r
	join sys.columns as c on c.object_id = r.object_id
	left join sizes as z on z.object_id = r.object_id
	order by place, r.name, c.column_id`

type serverColumn struct {
	schema, name string
	size         int64
	column, typ  string
	denied       int
	partial      int
	place        int
}

func (s *sqlServer) catalogue(ctx context.Context, look []string) (found []serverColumn, err error) {
	marks, args := make([]string, len(look)), make([]any, len(look))
	for i, name := range look {
		marks[i], args[i] = fmt.Sprintf("@p%d", i+1), name
	}
	rows, err := s.tx.QueryContext(ctx, fmt.Sprintf(catalogueOfServer, strings.Join(marks, ", ")), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c serverColumn
		if err := rows.Scan(&c.schema, &c.name, &c.size, &c.column, &c.typ, &c.denied, &c.partial, &c.place); err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, rows.Err()
}

func (s *sqlServer) tables(context.Context) (map[string]stored, error) {
	return serverTables(s.rows), nil
}

// serverTables are the tables of a catalogue; one in the login's own schema hides one of dbo.
func serverTables(rows []serverColumn) map[string]stored {
	found := map[string]stored{}
	for _, r := range rows {
		key, name := strings.ToLower(r.name), inBrackets(r.schema)+"."+inBrackets(r.name)
		t, seen := found[key]
		switch {
		case !seen:
			t = stored{name: name, size: r.size, partial: r.partial == 1}
		case t.name == name:
		case strings.HasPrefix(t.name, inBrackets(r.schema)+"."):
			t.again = true // a database that tells case apart
		default:
			continue
		}
		t.columns = append(t.columns, storedColumn{name: r.column, typ: r.typ, denied: r.denied == 1})
		found[key] = t
	}
	return found
}

func inBrackets(name string) string { return "[" + strings.ReplaceAll(name, "]", "]]") + "]" }

func (s *sqlServer) carries(storeType string, want dataType) bool {
	return expressForServer(storeType, want) != ""
}

// expressForServer gives the expression, with $ for the column, by which values travel: whole numbers as bigint, moments as they
// are, all else as text; or nothing where the type cannot become the one that the contract wants.
func expressForServer(storeType string, want dataType) string {
	switch storeType {
	case "varchar", "nvarchar", "text", "ntext":
		return "cast($ as nvarchar(max))" // the server knows the collation's code page
	case "char", "nchar":
		return "cast(rtrim($) as nvarchar(max))"
	case "bit":
		if want == varchar {
			return "case when $ = 1 then N'Y' when $ = 0 then N'N' end"
		}
	case "tinyint", "smallint", "int", "bigint":
		switch want {
		case bigint:
			return "cast($ as bigint)"
		case varchar:
			return "convert(nvarchar(20), $)"
		}
	case "decimal", "numeric":
		if want != timestamp {
			return "convert(nvarchar(50), $)"
		}
	case "money", "smallmoney":
		if want != timestamp {
			return "convert(nvarchar(50), $, 2)" // four places, no commas
		}
	case "uniqueidentifier":
		if want == varchar {
			return "lower(convert(nvarchar(36), $))"
		}
	case "datetime", "smalldatetime", "datetime2", "date", "datetimeoffset":
		if want == timestamp {
			return "$"
		}
	}
	return ""
}

// queryOnServer reads a table in the order of its key, or of all columns where it has none: a heap has no order of its own.
func (j *job) queryOnServer() string {
	selected, order := make([]string, len(j.columns)), []string{}
	for i, c := range j.columns {
		selected[i] = strings.ReplaceAll(expressForServer(j.names[i].typ, c.typ), "$", inBrackets(j.names[i].name))
		if c.key {
			order = append(order, selected[i])
		}
	}
	if len(order) == 0 {
		order = slices.Clone(selected)
	}
	return "select " + strings.Join(selected, ", ") + " from " + j.from.name + " order by " + strings.Join(order, ", ") + " option (maxdop 1)"
}

func (s *sqlServer) read(ctx context.Context, j job, l *landing) error {
	s.one.Lock()
	defer s.one.Unlock()
	whole := ctx
	if s.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.timeout)
		defer cancel()
	}
	rows, err := s.tx.QueryContext(ctx, j.queryOnServer())
	if err != nil {
		return withoutServerValues(whole, err)
	}
	defer rows.Close()
	return withoutServerValues(whole, landServerRows(rows, l, j.names))
}

// landServerRows lands an answer row by row, as it comes over the network.
func landServerRows(rows *dbsql.Rows, l *landing, names []storedColumn) error {
	got, to, row := make([]any, len(names)), make([]any, len(names)), make([]value, len(names))
	for i := range got {
		to[i] = &got[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return err
		}
		for i := range got {
			var ok bool
			if row[i], ok = serverValue(got[i], names[i].typ); !ok {
				return fmt.Errorf("column %s came as %T", l.job.columns[i].name, got[i])
			}
		}
		if err := l.take(row, "", 0); err != nil {
			return err
		}
	}
	return rows.Err()
}

// serverValue is what the driver gives for an expression of expressForServer.
func serverValue(v any, storeType string) (value, bool) {
	switch v := v.(type) {
	case nil:
		return value{}, true
	case int64:
		return value{kind: whole, number: v}, true
	case string:
		return value{kind: text, text: []byte(v)}, true
	case time.Time:
		if storeType == "datetimeoffset" {
			return value{kind: instant, number: v.UnixMicro()}, true
		}
		return value{kind: moment, number: v.UnixMicro()}, true // the driver reads what has no zone as UTC
	}
	return value{}, false
}

func (s *sqlServer) close() {
	if s.tx != nil {
		s.tx.Rollback() // nothing to keep: the transaction only read
	}
	s.db.Close()
}
