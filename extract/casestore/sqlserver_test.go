package casestore

import (
	"context"
	dbsql "database/sql"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"careshare/sql"

	mssql "github.com/microsoft/go-mssqldb"
)

// The types of SQL Server, and how each travels as what the contract wants. Nothing: check names the column and its type.
func TestTypesOfSQLServer(t *testing.T) {
	for _, c := range []struct {
		typ, asNumber, asText, asMoment string
	}{
		{"bit", "", "case when $ = 1 then N'Y' when $ = 0 then N'N' end", ""},
		{"tinyint", "cast($ as bigint)", "convert(nvarchar(20), $)", ""},
		{"int", "cast($ as bigint)", "convert(nvarchar(20), $)", ""},
		{"bigint", "cast($ as bigint)", "convert(nvarchar(20), $)", ""},
		{"numeric", "convert(nvarchar(50), $)", "convert(nvarchar(50), $)", ""},
		{"money", "convert(nvarchar(50), $, 2)", "convert(nvarchar(50), $, 2)", ""},
		{"uniqueidentifier", "", "lower(convert(nvarchar(36), $))", ""},
		{"nvarchar", "cast($ as nvarchar(max))", "cast($ as nvarchar(max))", "cast($ as nvarchar(max))"},
		{"char", "cast(rtrim($) as nvarchar(max))", "cast(rtrim($) as nvarchar(max))", "cast(rtrim($) as nvarchar(max))"},
		{"datetime", "", "", "$"}, {"datetime2", "", "", "$"}, {"date", "", "", "$"}, {"datetimeoffset", "", "", "$"},
		{"time", "", "", ""}, {"float", "", "", ""}, {"varbinary", "", "", ""}, {"encrypted", "", "", ""}, {"other", "", "", ""}, {"xml", "", "", ""},
	} {
		for want, expression := range map[dataType]string{bigint: c.asNumber, varchar: c.asText, timestamp: c.asMoment} {
			if got := expressForServer(c.typ, want); got != expression {
				t.Errorf("%s as %s: %q, want %q", c.typ, want, got, expression)
			}
		}
	}
}

func serverJob(t *testing.T, name string, types map[string]string) job {
	t.Helper()
	tables := must(Options{}.contract())
	of := tables[slices.IndexFunc(tables, func(t table) bool { return t.name == name })]
	j := job{table: of, from: stored{name: "[mosaic].[" + name + "]"}}
	for _, c := range of.columns {
		typ := map[dataType]string{bigint: "bigint", varchar: "nvarchar", timestamp: "datetime2"}[c.typ]
		if types[c.name] != "" {
			typ = types[c.name]
		}
		j.names = append(j.names, storedColumn{name: c.name, typ: typ})
	}
	return j
}

func TestQueriesOfSQLServer(t *testing.T) {
	j := serverJob(t, "dm_organisations", nil)
	want := "select cast([organisation_id] as bigint), cast([name] as nvarchar(max)) from [mosaic].[dm_organisations] order by cast([organisation_id] as bigint) option (maxdop 1)"
	if got := j.queryOnServer(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	j = serverJob(t, "dm_cin_assess_factors", nil) // has no key
	j.names[0].name = "odd]name"
	want = "order by cast([odd]]name] as bigint), cast([factor_value] as nvarchar(max)) option (maxdop 1)"
	if got := j.queryOnServer(); !strings.HasSuffix(got, want) {
		t.Errorf("%s\nends not with %s", got, want)
	}
}

// What the driver gives lands as the other stores land it. The rows come from a database that gives the same Go types.
func TestRowsOfSQLServer(t *testing.T) {
	folder := t.TempDir()
	j := serverJob(t, "dm_worker_roles", map[string]string{"start_date": "datetimeoffset"})
	l, err := land(j, folder, folder)
	if err != nil {
		t.Fatal(err)
	}
	db := engine(t, folder)
	rows, err := db.Query(`select * from (values
		(1::bigint, 2::bigint, '3.0000', timestamptz '2026-07-01 23:30:00+00', timestamp '2026-08-01 00:00:00.1234567'),
		(2::bigint, 2::bigint, '3', timestamptz '2026-01-01 00:00:00+00', timestamp '9999-12-31 00:00:00'),
		(3::bigint, 2::bigint, 'x', null, null)) as roles`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if err := landServerRows(rows, l, j.names); err != nil {
		t.Fatal(err)
	}
	taken, err := l.close(context.Background(), db)
	if err != nil || taken.RowsIn != 3 || taken.RowsOut != 2 || taken.Quarantined != 1 {
		t.Fatalf("%+v %v", taken, err)
	}
	var got string
	query := "select string_agg(concat_ws(' ', organisation_id, start_date, coalesce(end_date::varchar, 'open')), '; ' order by worker_role_id) from " +
		sql.ParquetFile(filepath.Join(folder, "dm_worker_roles", "part-0.parquet"))
	if err := db.QueryRow(query).Scan(&got); err != nil {
		t.Fatal(err)
	}
	if want := "3 2026-07-02 00:30:00 2026-08-01 00:00:00.123456; 3 2026-01-01 00:00:00 open"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if _, known := serverValue(1.5, "float"); known {
		t.Error("a value of an unknown type is taken")
	}
}

func TestTablesOfSQLServer(t *testing.T) {
	found := serverTables([]serverColumn{
		{"mosaic", "dm_persons", 7, "person_id", "bigint", 0, 0, 0}, {"mosaic", "dm_persons", 7, "restricted", "char", 1, 0, 0},
		{"mosaic", "DM_VISITS", 1, "visit_id", "int", 0, 1, 0}, {"mosaic", "dm_workers", 1, "a", "int", 0, 0, 0}, {"mosaic", "DM_Workers", 1, "a", "int", 0, 0, 0},
		{"dbo", "dm_persons", 9, "person_id", "bigint", 0, 0, 1},
	})
	persons := found["dm_persons"]
	if persons.name != "[mosaic].[dm_persons]" || len(persons.columns) != 2 || persons.size != 7 || !persons.columns[1].denied {
		t.Errorf("%+v", persons)
	}
	if !found["dm_visits"].partial || persons.partial || !found["dm_workers"].again {
		t.Errorf("%+v", found)
	}
	_, err := bindSome(t, found)
	for _, want := range []string{"row-level security hides rows of dm_visits", "two tables dm_workers", "no permission to read column dm_persons.restricted"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("bind: %v, want %q", err, want)
		}
	}
}

func bindSome(t *testing.T, found map[string]stored) ([]job, error) {
	t.Helper()
	return bind(must(contract()), found, (&sqlServer{}).carries)
}

// Tables of different moments, and rows that a policy may hide, stop the read.
func TestOneMomentOfSQLServer(t *testing.T) {
	for _, c := range []struct {
		isStill, snapshots, sees bool
		want                     dbsql.IsolationLevel
		wrong                    string
	}{
		{false, true, true, dbsql.LevelSnapshot, ""},
		{true, false, true, dbsql.LevelReadCommitted, ""},
		{false, false, true, 0, "allow_snapshot_isolation"},
		{true, true, false, 0, "VIEW DEFINITION"},
	} {
		got, err := isolationFor(c.isStill, c.snapshots, c.sees)
		if got != c.want || (err != nil) != (c.wrong != "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%+v: %v, %v", c, got, err)
		}
	}
}

func TestAddressOfSQLServer(t *testing.T) {
	for address, want := range map[string]string{
		"sqlserver://u:p%40w@db.council:1433?database=Mosaic":                "true",
		"sqlserver://u:p@db.council?database=Mosaic&Encrypt=disable":         "disable",
		"sqlserver://u:p@db.council?database=Mosaic&encrypt=strict&log=63":   "strict",
		"sqlserver://u:p@localhost?database=Mosaic":                          "",
		"sqlserver://u:p@db.council":                                         "!database",
		"postgres://u:" + canary + "@db/x":                                   "!sqlserver://user",
		"server=db;user id=u;password=" + canary + ";database=Mosaic":        "!sqlserver://user",
		"sqlserver://u:" + canary + "@db.council?database=M&encrypt=perhaps": "perhaps", // the driver refuses it
	} {
		got, err := serverAddress(address)
		if wrong, isWrong := strings.CutPrefix(want, "!"); isWrong {
			if err == nil || !strings.Contains(err.Error(), wrong) || strings.Contains(err.Error(), canary) {
				t.Errorf("%s: %v", want, err)
			}
			continue
		}
		u, parsing := url.Parse(got)
		if err != nil || parsing != nil || u.Query().Get("encrypt") != want || u.Query().Has("log") || u.Query().Get("database") == "" {
			t.Errorf("%s: %v", want, err)
		}
	}
	_, err := openSQLServer(context.Background(), Options{Location: "sqlserver://u:" + canary + "@db.council?database=M&encrypt=perhaps"}, nil)
	if err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("open: %v", err)
	}
}

func TestErrorsOfSQLServerShowNoValue(t *testing.T) {
	for number, lost := range map[int32]bool{245: false, 1205: true, 18456: false, 3961: false} {
		err := withoutServerValues(context.Background(), fmt.Errorf("mssql: %w", mssql.Error{Number: number, State: 1, Message: "Conversion failed for '" + canary + "'"}))
		if strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), fmt.Sprintf("error %d,", number)) || isLost(err) != lost {
			t.Errorf("%v, lost is %v", err, isLost(err))
		}
	}
}

// A server that is not there is a lost connection, to be tried again.
func TestNoServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	o := options(t, "sqlserver", "sqlserver://u:p@"+address+"?database=Mosaic&dial+timeout=2")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = Check(ctx, o)
	if err == nil || !isLost(err) {
		t.Errorf("check: %v (%T)", err, err)
	}
}
