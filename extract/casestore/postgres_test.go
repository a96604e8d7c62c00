package casestore

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"careshare/extract/casestore/postgrestest"

	"github.com/jackc/pgx/v5"
	"github.com/parquet-go/parquet-go"
)

// TestPostgres runs on one server, each case in a database of its own.
func TestPostgres(t *testing.T) {
	server := postgrestest.Start(t)
	folder := t.TempDir()
	writeStore(t, folder, few)
	for name, test := range map[string]func(*testing.T, string){
		"a lost connection begins again":        lostConnection,
		"a lost connection does not last":       lostForGood,
		"all tables are of one moment":          oneMoment,
		"nobody empties a table meanwhile":      noTruncate,
		"values that do not fit":                unfitValues,
		"errors hold no values":                 noValues,
		"other types and a search path":         otherTypes,
		"what is missing, denied or unreadable": amiss,
		"a policy hides rows":                   hiddenRows,
		"a statement may not take for ever":     statementTimeout,
	} {
		t.Run(name, func(t *testing.T) {
			test(t, loadPostgres(t, server, strings.ReplaceAll(name, " ", "_"), folder))
		})
	}
}

// slow puts a view in a table's place, whose rows take a while each.
func slow(t *testing.T, conn *pgx.Conn, table string) {
	execute(t, conn, "alter table "+table+" rename to behind")
	execute(t, conn, "create view "+table+" as select b.* from behind b, lateral (select pg_sleep(0.02), b.ctid) s")
}

// terminate ends a session of careshare's that copies a table, as soon as there is one, so many times. One that is told to end may
// stand there a while yet, and counts once.
func terminate(t *testing.T, conn *pgx.Conn, table string, times int) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		ended := []int32{}
		for deadline := time.Now().Add(20 * time.Second); len(ended) < times && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			rows, err := conn.Query(context.Background(), `
				select pid from (select pid, pg_terminate_backend(pid) from pg_stat_activity
				where application_name = 'careshare' and state = 'active' and datname = current_database() and pid <> all ($1)
				and now() - query_start > interval '100 milliseconds' and query like 'copy%`+table+`%' offset 0) s (pid, told) where told`, ended)
			if err != nil {
				t.Error(err)
				return
			}
			more, err := pgx.CollectRows(rows, pgx.RowTo[int32])
			if err != nil {
				t.Error(err)
				return
			}
			ended = append(ended, more...)
		}
	}()
	return done
}

func lostConnection(t *testing.T, url string) {
	want := hashes(t, read(t, options(t, "postgres", url)))
	conn := connect(t, url)
	execute(t, conn, "insert into dm_visits (visit_id, person_id, planned_datetime) values (9001, 1, 'soon')")
	slow(t, conn, "dm_persons")
	done := terminate(t, conn, "dm_persons", 2)
	o := options(t, "postgres", url)
	lost := 0
	o.Notify = func(err error, _ time.Duration) {
		lost++
		if !isLost(err) {
			t.Errorf("retried after %v", err)
		}
	}
	p := read(t, o)
	<-done
	if lost != 2 {
		t.Errorf("%d retries, want 2", lost)
	}
	for table, sum := range hashes(t, p) {
		if sum != want[table] {
			t.Errorf("%s is not whole", table)
		}
	}
	if len(p.rejects) != 1 || p.rejects[0].Key != "9001" {
		t.Errorf("rejects of the broken attempts stay: %+v", p.rejects)
	}
}

func lostForGood(t *testing.T, url string) {
	conn := connect(t, url)
	slow(t, conn, "dm_persons")
	done := terminate(t, conn, "dm_persons", tries)
	p := read(t, options(t, "postgres", url))
	<-done
	if p.err == nil || !isLost(p.err) {
		t.Fatalf("Read: %v", p.err)
	}
	nothingLeft(t, p)
}

func nothingLeft(t *testing.T, p pull) {
	t.Helper()
	for _, folder := range []string{p.to, p.spill} {
		if left, _ := os.ReadDir(folder); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	if len(p.rejects) > 0 {
		t.Errorf("a failed pull left %d rejects", len(p.rejects))
	}
}

func oneMoment(t *testing.T, url string) {
	tables, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	o := options(t, "postgres", url)
	store, jobs, err := o.bound(context.Background(), tables)
	if err != nil {
		t.Fatal(err)
	}
	defer store.close()
	conn := connect(t, url)
	execute(t, conn, "update dm_workers set full_name = 'changed'; delete from dm_visits; insert into dm_organisations values ('x', 9001, 'new')")
	settler, err := o.openSettler(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer settler.Close()
	for range o.Connections { // each connection in turn
		for _, j := range jobs {
			taken, err := o.pullTable(context.Background(), store, settler, j)
			if err != nil {
				t.Fatal(err)
			}
			if taken.RowsOut != int64(few("")) {
				t.Errorf("%s: %d rows, want %d", j.name, taken.RowsOut, few(""))
			}
			if j.name == "dm_workers" {
				for _, name := range column1(t, taken.Path) {
					if name == "changed" {
						t.Error("a later change shows")
					}
				}
			}
		}
	}
}

// column1 reads the second column of a Parquet file, a text.
func column1(t *testing.T, path string) (texts []string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader := parquet.NewReader(file)
	defer reader.Close()
	rows := make([]parquet.Row, 64)
	for {
		n, err := reader.ReadRows(rows)
		for _, row := range rows[:n] {
			texts = append(texts, row[1].String())
		}
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// noTruncate: TRUNCATE shows through a snapshot that is older than it, so it has to wait until the pull is over.
func noTruncate(t *testing.T, url string) {
	tables, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	store, _, err := options(t, "postgres", url).bound(context.Background(), tables)
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, url)
	execute(t, conn, "set lock_timeout = '200ms'")
	if _, err := conn.Exec(context.Background(), "truncate dm_visits"); err == nil {
		t.Error("a table was emptied during the pull")
	}
	store.close()
	execute(t, conn, "set lock_timeout = '10s'; truncate dm_visits")
}

func unfitValues(t *testing.T, url string) {
	conn := connect(t, url)
	execute(t, conn, "alter table dm_workers alter worker_id type numeric; alter table dm_worker_roles alter organisation_id type varchar")
	execute(t, conn, "insert into dm_workers values ('x', 9001.5, 'a'), ('x', 9002.00, 'b'), ('x', 'NaN', 'c'), ('x', 12345678901234567890, 'd'), ('x', -90040000, 'e'), ('x', 0, 'f'), ('x', 9007, '')")
	execute(t, conn, "insert into dm_worker_roles values ('x', 9001, 1, 'no number', null, null), ('x', 9002, 1, ' 12 ', 'infinity', null), ('x', 9003, 1, '13', '-infinity', null)")
	p := read(t, options(t, "postgres", url))
	if p.err != nil {
		t.Fatal(p.err)
	}
	got := map[string]string{}
	for _, r := range p.rejects {
		got[r.Table+" "+r.Key+" "+r.Column] = r.Rule
		if !strings.Contains(*r.Raw, `"`+r.Column+`":`) {
			t.Errorf("raw of %s: %s", r.Table, *r.Raw)
		}
	}
	want := map[string]string{
		"dm_workers  worker_id":                ruleWhole, // three of them, whose key cannot be read
		"dm_workers 9007 full_name":            ruleRequired,
		"dm_worker_roles 9001 organisation_id": ruleWhole,
		"dm_worker_roles 9002 start_date":      ruleTimestamp,
		"dm_worker_roles 9003 start_date":      ruleTimestamp,
	}
	if len(p.rejects) != 7 || len(got) != len(want) {
		t.Errorf("%d rejects: %v", len(p.rejects), got)
	}
	for where, rule := range want {
		if got[where] != rule {
			t.Errorf("%s: %q, want %q", where, got[where], rule)
		}
	}
	if out := p.tables["dm_workers"].RowsOut; out != int64(few(""))+3 {
		t.Errorf("%d workers landed", out)
	}
}

func noValues(t *testing.T, url string) {
	conn := connect(t, url)
	execute(t, conn, "alter table dm_workers rename to behind; insert into behind values ('x', 9001, '"+canary+"')")
	execute(t, conn, "create view dm_workers as select full_name::bigint as worker_id, full_name from behind")
	p := read(t, options(t, "postgres", url))
	if p.err == nil || strings.Contains(p.err.Error(), canary) || strings.Contains(p.err.Error(), "full_name 1") {
		t.Fatalf("Read: %v", p.err)
	}
	if want := "read dm_workers: PostgreSQL refused with SQLSTATE 22P02"; !strings.Contains(p.err.Error(), want) {
		t.Errorf("%v\ndoes not say: %s", p.err, want)
	}
	nothingLeft(t, p)
}

func otherTypes(t *testing.T, url string) {
	want := hashes(t, read(t, options(t, "postgres", url)))
	conn := connect(t, url)
	execute(t, conn, `create schema dbo; alter table dm_visits set schema dbo; create type flag as enum ('Y', 'N');
		create domain id as smallint;
		alter table dbo.dm_visits alter completed_flag type flag using completed_flag::flag;
		alter table dbo.dm_visits alter visit_id type id using visit_id;
		alter table dm_addresses alter is_display_address type boolean using is_display_address = 'Y';
		create table dbo.dm_addresses as select ref_addresses_people_id::numeric(16) as "REF_ADDRESSES_PEOPLE_ID", person_id, start_date, end_date,
			address::text, post_code::char(60), address_type, is_display_address from dm_addresses order by 1;
		alter table dm_addresses rename to dm_addresses_elsewhere;
		create view "DM_ADDRESSES" as select * from dm_addresses_elsewhere`)
	p := read(t, options(t, "postgres", url+"&search_path=dbo,public"))
	for table, sum := range hashes(t, p) {
		if sum != want[table] {
			t.Errorf("%s differs", table)
		}
	}
}

func amiss(t *testing.T, url string) {
	conn := connect(t, url)
	execute(t, conn, `drop table dm_visits; alter table dm_workers drop full_name; alter table dm_placements alter start_date type timestamptz;
		create table "dm_organISATIONS" (a int); create role careshare_reader login;
		grant select on all tables in schema public to careshare_reader; revoke all on dm_persons from careshare_reader;
		grant select (person_id) on dm_persons to careshare_reader; revoke all on dm_addresses from careshare_reader`)
	err := Check(context.Background(), options(t, "postgres", strings.Replace(url, "postgres@", "careshare_reader@", 1)))
	if err == nil {
		t.Fatal("Check finds nothing amiss")
	}
	for _, want := range []string{
		"no table dm_visits", "no column dm_workers.full_name", "two tables dm_organisations", "no permission to read column dm_persons.nhs_id",
		"no permission to read table dm_addresses;",
		"column dm_placements.start_date is of type timestamptz, not to be read as timestamp",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say: %s", err, want)
		}
	}
	if strings.Contains(err.Error(), "dm_persons.person_id") {
		t.Errorf("%v\nnames a column that may be read", err)
	}
	if strings.Contains(err.Error(), "dm_addresses.") {
		t.Errorf("%v\nnames each column of a table of which none may be read", err)
	}
}

// hiddenRows: with a policy on a table, or under a view, a role without the right to see every row gets an error and no row.
func hiddenRows(t *testing.T, url string) {
	conn := connect(t, url)
	execute(t, conn, `create role careshare_half login; grant select on all tables in schema public to careshare_half;
		alter table dm_cached_form_answers enable row level security;
		create policy half on dm_cached_form_answers using (form_answer_row_id % 2 = 0);
		create role careshare_views; grant create on schema public to careshare_views;
		alter table dm_visits rename to all_visits; alter table all_visits enable row level security;
		grant select on all_visits to careshare_views; create policy none on all_visits using (false);
		set role careshare_views; create view dm_visits as select * from all_visits; grant select on dm_visits to careshare_half; reset role`)
	o := options(t, "postgres", strings.Replace(url, "postgres@", "careshare_half@", 1))
	for name, err := range map[string]error{"check": Check(context.Background(), o), "read": read(t, o).err} {
		for _, table := range []string{"dm_cached_form_answers", "dm_visits"} {
			if err == nil || !strings.Contains(err.Error(), "row-level security hides rows of "+table+" ") {
				t.Errorf("%s: %v does not name %s", name, err, table)
			}
		}
	}
	execute(t, conn, "alter role careshare_half bypassrls; alter role careshare_views bypassrls")
	if err := Check(context.Background(), o); err != nil {
		t.Errorf("with BYPASSRLS: %v", err)
	}
}

func statementTimeout(t *testing.T, url string) {
	slow(t, connect(t, url), "dm_persons")
	o := options(t, "postgres", url)
	o.StatementTimeout = 300 * time.Millisecond
	p := read(t, o)
	if p.err == nil || !strings.Contains(p.err.Error(), "statement timeout") {
		t.Errorf("Read: %v", p.err)
	}
	nothingLeft(t, p)
}

func TestUnreachable(t *testing.T) {
	o := options(t, "postgres", "postgres://nobody:secret-word@127.0.0.1:1/none?connect_timeout=2")
	retries := 0
	o.Notify = func(error, time.Duration) { retries++ }
	p := read(t, o)
	if p.err == nil || retries != tries-1 || strings.Contains(p.err.Error(), "secret-word") {
		t.Errorf("Read: %v after %d retries", p.err, retries)
	}
	if err := Check(context.Background(), o); err == nil {
		t.Error("Check reaches it")
	}
	o.Location = "postgres://nobody:secret-word@127.0.0.1:none/none"
	if err := Check(context.Background(), o); err == nil || strings.Contains(err.Error(), "secret-word") {
		t.Errorf("Check: %v", err)
	}
}

func TestStopWhenAsked(t *testing.T) {
	url := postgrestest.Start(t)
	folder := t.TempDir()
	writeStore(t, folder, few)
	url = loadPostgres(t, url, "stop", folder)
	slow(t, connect(t, url), "dm_persons")
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	o := options(t, "postgres", url)
	if _, err := o.pull(ctx, must(contract())); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("pull: %v", err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A password and a council's records go over a network in the clear only where the address says so.
func TestOnlyTLSGoesOverANetwork(t *testing.T) {
	for address, plain := range map[string]bool{
		"postgres://reader:secret@10.0.0.5/cases":                          false,
		"postgres://reader:secret@10.0.0.5/cases?sslmode=prefer":           false,
		"postgres://reader:secret@10.0.0.5/cases?sslmode=allow":            false,
		"postgres://reader:secret@127.0.0.1,10.0.0.5/cases":                true, // of the first, which stays here
		"postgres://reader:secret@10.0.0.5/cases?sslmode=disable":          true,
		"postgres://reader:secret@10.0.0.5/cases?sslmode=verify-full":      false,
		"postgres://reader:secret@127.0.0.1/cases":                         true,
		"postgres://reader:secret@localhost/cases":                         true,
		"postgres:///cases?host=/var/run/postgresql&user=reader":           true,
		"postgres://reader:secret@casestore.council.example:5433/cases":    false,
		"postgres://reader:secret@casestore.council.example/c?sslmode=off": false,
	} {
		config, err := configOf(address)
		if err != nil {
			if !strings.Contains(address, "sslmode=off") || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %v", address, err)
			}
			continue
		}
		got := config.TLSConfig == nil
		for _, next := range config.Fallbacks {
			got = got || next.TLSConfig == nil
			if next.Host == "10.0.0.5" && next.TLSConfig == nil && !strings.Contains(address, "disable") {
				t.Errorf("%s: in the clear to %s", address, next.Host)
			}
		}
		if got != plain {
			t.Errorf("%s: in the clear %v, want %v", address, got, plain)
		}
	}
}
