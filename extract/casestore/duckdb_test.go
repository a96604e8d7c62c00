package casestore

import (
	"context"
	"strings"
	"testing"

	"careshare/sql"
)

// alter changes a DuckDB file.
func alter(t *testing.T, path, statements string) {
	t.Helper()
	db := engine(t, path[:strings.LastIndex(path, "/")])
	if _, err := db.Exec("attach " + sql.Quote(path) + " as store; use store; " + statements); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDuckDB(t *testing.T) {
	folder := t.TempDir()
	writeStore(t, folder, few)
	for name, test := range map[string]func(*testing.T, string){
		"values that do not fit":     unfitInDuckDB,
		"errors hold no values":      noValuesInDuckDB,
		"other types and a view":     otherTypesInDuckDB,
		"what is missing or unfit":   amissInDuckDB,
		"a folder, or no file there": noFile,
	} {
		t.Run(name, func(t *testing.T) { test(t, loadDuckDB(t, folder)) })
	}
}

func unfitInDuckDB(t *testing.T, path string) {
	alter(t, path, `alter table dm_workers alter worker_id type decimal(20, 2);
		alter table dm_worker_roles alter organisation_id type hugeint;
		alter table dm_worker_roles alter end_date type date;
		insert into dm_workers values ('x', 9001.5, 'a'), ('x', 9002.00, 'b');
		insert into dm_worker_roles values ('x', 9001, 1, 170141183460469231731687303715884105727, null, null),
			('x', 9002, 1, 1, 'infinity', null), ('x', 9003, 1, 1, null, 'infinity'), ('x', 9004, 1, 1, null, '2026-01-01')`)
	p := read(t, options(t, "duckdb", path))
	if p.err != nil {
		t.Fatal(p.err)
	}
	want := [][2]string{{"", ruleWhole}, {"9001", ruleWhole}, {"9002", ruleTimestamp}, {"9003", ruleTimestamp}}
	if len(p.rejects) != len(want) {
		t.Fatalf("%d rejects: %+v", len(p.rejects), p.rejects)
	}
	for i, r := range p.rejects {
		if r.Key != want[i][0] || r.Rule != want[i][1] {
			t.Errorf("reject %d: %+v", i, r)
		}
	}
}

func noValuesInDuckDB(t *testing.T, path string) {
	alter(t, path, `alter table dm_workers rename to behind; insert into behind values ('x', 9001, '`+canary+`');
		create view dm_workers as select full_name::bigint as worker_id, full_name from behind`)
	p := read(t, options(t, "duckdb", path))
	if p.err == nil || !strings.Contains(p.err.Error(), "read dm_workers: Conversion Error") {
		t.Fatalf("Read: %v", p.err)
	}
	if strings.Contains(p.err.Error(), canary) {
		t.Errorf("%v\nholds a value", p.err)
	}
	nothingLeft(t, p)
}

func otherTypesInDuckDB(t *testing.T, path string) {
	want := hashes(t, read(t, options(t, "duckdb", path)))
	alter(t, path, `alter table dm_visits alter completed_flag type enum('Y', 'N');
		alter table dm_visits alter visit_id type smallint;
		alter table dm_visits alter actual_datetime type timestamp_ns;
		create table elsewhere as select * replace (is_display_address = 'Y' as is_display_address) from dm_addresses order by ref_addresses_people_id;
		drop table dm_addresses; create view "DM_Addresses" as select * from elsewhere`)
	for table, sum := range hashes(t, read(t, options(t, "duckdb", path))) {
		if sum != want[table] {
			t.Errorf("%s differs", table)
		}
	}
}

func amissInDuckDB(t *testing.T, path string) {
	alter(t, path, "drop table dm_visits; alter table dm_workers drop full_name; alter table dm_placements alter start_date type time using start_date::time")
	err := Check(context.Background(), options(t, "duckdb", path))
	if err == nil {
		t.Fatal("Check finds nothing amiss")
	}
	for _, want := range []string{
		"no table dm_visits", "no column dm_workers.full_name",
		"column dm_placements.start_date is of type TIME, not to be read as timestamp",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say: %s", err, want)
		}
	}
}

func noFile(t *testing.T, path string) {
	for _, location := range []string{path + ".none", path[:strings.LastIndex(path, "/")]} {
		if err := Check(context.Background(), options(t, "duckdb", location)); err == nil {
			t.Errorf("Check opens %s", location)
		}
	}
	if err := Check(context.Background(), options(t, "duckdb", path)); err != nil {
		t.Errorf("Check: %v", err)
	}
}
