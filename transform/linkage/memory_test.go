package linkage

import (
	"fmt"
	"strings"
	"testing"

	"careshare/sql"
)

// days are the town on two days: people come, change and go on both sides. One number is borne by more people on the second day,
// one by fewer, so that a block becomes too wide and another is so no longer.
var days = [2][]string{{
	"create or replace table council_day as select *, case when person % 8 = 0 then '1111111' when person % 8 = 1 or person % 41 = 2 then '2222222' end as number from council where person % 43 <> 0",
	"create or replace table surgery_day as select *, case when person % 8 = 0 then '1111111' when person % 8 = 1 or person % 41 = 2 then '2222222' end as number from surgery where person % 47 <> 0",
}, {
	`create or replace table council_day as select * replace (case when person % 19 = 0 then given || '-ann' else given end as given,
		case when person % 23 = 0 then 'de ' || family else family end as family, case when person % 29 = 0 then null else born_on end as born_on),
		case when person % 8 = 0 or person % 41 = 1 then '1111111' when person % 8 = 1 then '2222222' end as number from council where person % 53 <> 0`,
	`create or replace table surgery_day as select * replace (case when person % 31 = 0 then '1950-01-01' else born_on end as born_on,
		case when person % 37 = 0 then replace(family, 'ham', '-ham') else family end as family),
		case when person % 8 = 0 or person % 41 = 1 then '1111111' when person % 8 = 1 then '2222222' end as number from surgery where person % 59 <> 0`,
}}

func dayOptions(dedupe bool, before string) Options {
	o := Defaults(dedupe)
	o.Fields = append(townFields(), Field{Name: "number", Kind: Identifier, Left: []string{"number"}})
	o.Left = Relation{Name: "(from council_day union all by name from surgery_day)", ID: "id", Truth: "person"}
	if !dedupe {
		o.Left.Name, o.Right = "council_day", Relation{Name: "surgery_day", ID: "id", Truth: "person"}
	}
	o.Memory = Memory{Key: []byte("a key of this test"), Before: before, Moved: 10}
	return o
}

func do(t testing.TB, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// keep copies what a linkage has left into a schema, as the next one finds it.
func keep(t testing.TB, db *sql.DB, schema string) {
	t.Helper()
	do(t, db, "create schema "+schema)
	for _, table := range Remembered() {
		do(t, db, fmt.Sprintf("create table %s.%s as from linkage.%s", schema, table, table))
	}
}

func mustLink(t *testing.T, db *sql.DB, o Options) Result {
	t.Helper()
	r, err := Link(t.Context(), db, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestOnlyWhatChangedGivesTheSame links the second day twice by the first day's parameters: everybody, and only who is fresh.
func TestOnlyWhatChangedGivesTheSame(t *testing.T) {
	for name, dedupe := range map[string]bool{"two relations": false, "one relation": true} {
		t.Run(name, func(t *testing.T) {
			db := openEngine(t)
			town(t, db, 4100)
			do(t, db, days[0]...)
			first := mustLink(t, db, dayOptions(dedupe, ""))
			keep(t, db, "first")
			keep(t, db, "nobody")
			do(t, db, "delete from nobody.linkage_records; delete from nobody.linkage_pairs; delete from nobody.linkage_blocks")
			do(t, db, days[1]...)
			all := mustLink(t, db, dayOptions(dedupe, "nobody"))
			keep(t, db, "whole")
			results := []string{Pairs, Clusters}
			for i, table := range results {
				do(t, db, fmt.Sprintf("create table whole.result_%d as from %s", i, table))
			}
			some := mustLink(t, db, dayOptions(dedupe, "first"))
			for i, table := range results {
				same(t, db, table, fmt.Sprintf("whole.result_%d", i))
			}
			for _, table := range Remembered()[1:] {
				same(t, db, "linkage."+table, "whole."+table)
			}
			if all.Fresh != all.LeftRecords+all.RightRecords || all.Remembered != 0 || some.Fresh*10 > 7*all.Fresh || some.Remembered < 500 {
				t.Errorf("all: %d fresh; some: %d fresh, %d pairs remembered", all.Fresh, some.Fresh, some.Remembered)
			}
			if flips := first.Blocks[0].WideKeys == 1 && all.Blocks[0].WideKeys == 1; !flips && !dedupe || some.Accepted != all.Accepted {
				t.Errorf("blocks %+v, then %+v", first.Blocks[0], all.Blocks[0])
			}
			t.Logf("%d of %d records fresh, %d of %d pairs compared", some.Fresh, all.Fresh, some.Candidates, all.Candidates)
		})
	}
}

// same fails where two tables differ in any row.
func same(t *testing.T, db *sql.DB, one, other string) {
	t.Helper()
	var rows, more, fewer int64
	query := fmt.Sprintf("select (select count(*) from %[1]s), (select count(*) from (from %[1]s except all from %[2]s)), (select count(*) from (from %[2]s except all from %[1]s))", one, other)
	if err := db.QueryRow(query).Scan(&rows, &more, &fewer); err != nil {
		t.Fatal(err)
	}
	if more+fewer > 0 || rows == 0 {
		t.Errorf("%s: of %d rows %d are not in the other, %d of the other are missing", one, rows, more, fewer)
	}
}

// TestTheSameAgainLinksNobody is the cheapest run: nothing has changed.
func TestTheSameAgainLinksNobody(t *testing.T) {
	db := openEngine(t)
	town(t, db, 900)
	do(t, db, days[0]...)
	first := mustLink(t, db, dayOptions(false, ""))
	keep(t, db, "first")
	again := mustLink(t, db, dayOptions(false, "first"))
	if again.Fresh != 0 || again.Candidates != 0 || again.Accepted != first.Accepted {
		t.Errorf("%d fresh, %d compared, %d accepted of %d", again.Fresh, again.Candidates, again.Accepted, first.Accepted)
	}
}

// TestWhenAllIsLearnedAgain: with another key, other fields, other rules or too much movement nothing of the last linkage holds.
func TestWhenAllIsLearnedAgain(t *testing.T) {
	db := openEngine(t)
	town(t, db, 900)
	do(t, db, days[0]...)
	mustLink(t, db, dayOptions(false, ""))
	keep(t, db, "first")
	for name, change := range map[string]func(*Options){
		"another key":       func(o *Options) { o.Memory.Key, o.Memory.Moved = []byte("another"), 0.2 },
		"another field":     func(o *Options) { o.Fields = o.Fields[:4] },
		"another floor":     func(o *Options) { o.Keep = -9 },
		"too much movement": func(o *Options) { o.Left.Name, o.Memory.Moved = "(from council_day where person % 3 > 0)", 0.1 },
	} {
		o := dayOptions(false, "first")
		change(&o)
		if r := mustLink(t, db, o); r.Fresh != r.LeftRecords+r.RightRecords || r.Remembered != 0 {
			t.Errorf("%s: only %d fresh, %d pairs remembered", name, r.Fresh, r.Remembered)
		}
	}
}

// TestNothingOfAPersonIsRemembered looks for every value of the town in what is left.
func TestNothingOfAPersonIsRemembered(t *testing.T) {
	db := openEngine(t)
	town(t, db, 300)
	do(t, db, days[0]...)
	mustLink(t, db, dayOptions(false, ""))
	for _, table := range Remembered() {
		var found string
		query := fmt.Sprintf(`with cells as (select unnest([columns(*)::varchar]) as cell from (select columns(*)::varchar from linkage.%s)),
			words as (select distinct unnest([id, given, family, born_on, replace(born_on, '-', ''), postcode, replace(postcode, ' ', '')]) as word from (from council_day union all by name from surgery_day))
			select coalesce(string_agg(distinct word, ' '), '') from cells join words on length(word) > 4 and contains(lower(cell), lower(word))`, table)
		if err := db.QueryRow(strings.ReplaceAll(query, "unnest([columns(*)::varchar])", "unnest([columns(*)])")).Scan(&found); err != nil {
			t.Fatal(err)
		}
		if found != "" {
			t.Errorf("%s holds %s", table, found)
		}
	}
}

// TestFingerprintsAreHMAC holds the macro against RFC 4231, test case 2.
func TestFingerprintsAreHMAC(t *testing.T) {
	db := installed(t)
	e := &engine{db: db, o: Options{Memory: Memory{Key: []byte("Jefe")}}}
	var err error
	if e.templates, err = readTemplates(); err != nil {
		t.Fatal(err)
	}
	if err := e.seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := db.QueryRow("select link_print(inner_pad, outer_pad, 'what do ya want for nothing?')::varchar from linkage.seal").Scan(&got); err != nil {
		t.Fatal(err)
	}
	if want := "5bdcc146-bf60-754e-6a04-2426089575c7"; got != want {
		t.Errorf("the fingerprint is %s, want %s", got, want)
	}
}

// TestAPersonsWordOutranksTheModel plants decisions against the weights.
func TestAPersonsWordOutranksTheModel(t *testing.T) {
	db := openEngine(t)
	town(t, db, 900)
	var linked, rival, other string
	before := mustLink(t, db, townOptions())
	if err := db.QueryRow(`select left_id, right_id, (select max(right_id) from linkage.pairs_decided where outcome = 'accepted')
		from linkage.pairs_decided where outcome = 'accepted' order by left_id limit 1`).Scan(&linked, &rival, &other); err != nil {
		t.Fatal(err)
	}
	do(t, db, fmt.Sprintf("create table decided as select * from (values ('%s', '%s', true), ('nobody', '%s', true)) d(left_id, right_id, is_match)", linked, other, other))
	o := townOptions()
	o.Decided = "decided"
	after := mustLink(t, db, o)
	for pair, want := range map[[2]string]string{{linked, other}: "accepted", {linked, rival}: "rejected"} {
		w, err := Explain(t.Context(), db, after.Parameters, pair[0], pair[1])
		if err != nil || w.Outcome != want {
			t.Errorf("%v is %s (%v), want %s", pair, w.Outcome, err, want)
		}
	}
	if after.Accepted != before.Accepted-1 { // both lost their own match to the decided one
		t.Errorf("%d accepted before, %d after", before.Accepted, after.Accepted)
	}
	do(t, db, fmt.Sprintf("create or replace table decided as select '%s' as left_id, '%s' as right_id, false as is_match", linked, rival))
	mustLink(t, db, o)
	w, err := Explain(t.Context(), db, after.Parameters, linked, rival)
	if err != nil || w.Outcome != "rejected" || w.Step != "decided by a person" {
		t.Errorf("rejected by a person: %s by %s (%v)", w.Outcome, w.Step, err)
	}
}
