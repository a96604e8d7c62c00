package linkage

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"careshare/sql"
)

// BenchmarkLink links the made-up town (LINK_PEOPLE, 30,000 where unset) and reports the time per million candidate pairs, alone and
// as a ratio to a bare join of the same candidates that computes the Jaro-Winkler similarities of both names once.
func BenchmarkLink(b *testing.B) {
	db := benchTown(b)
	for b.Loop() {
		begun := time.Now()
		r, err := Link(b.Context(), db, townOptions())
		if err != nil {
			b.Fatal(err)
		}
		perMillion := time.Since(begun).Seconds() / float64(r.Candidates) * 1e6
		floor := bareJoin(b, db, r.Candidates)
		b.ReportMetric(float64(r.Candidates), "pairs")
		b.ReportMetric(perMillion, "s/Mpairs")
		b.ReportMetric(perMillion/floor, "ratio")
		b.ReportMetric(r.Measures.Accepted.Precision, "precision")
		b.ReportMetric(r.Measures.Accepted.Recall, "recall")
	}
}

// benchTown is the made-up town at the size that is asked for.
func benchTown(b *testing.B) *sql.DB {
	people := 30_000
	if text := os.Getenv("LINK_PEOPLE"); text != "" {
		var err error
		if people, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	db := openEngine(b)
	town(b, db, people)
	do(b, db, "drop table people")
	return db
}

// BenchmarkLinkChanged links the town, changes one record in a hundred on both sides, and links again what has changed.
func BenchmarkLinkChanged(b *testing.B) {
	db := benchTown(b)
	o := townOptions()
	o.Memory = Memory{Key: []byte("bench"), Moved: 0.2}
	for b.Loop() {
		begun := time.Now()
		all, err := Link(b.Context(), db, o)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(begun).Seconds(), "s/all")
		keep(b, db, "before")
		do(b, db, "update council set family = family || 'x' where person % 100 = 7", "update surgery set born_on = '1950-01-01' where person % 100 = 8")
		o.Memory.Before = "before"
		begun = time.Now()
		again, err := Link(b.Context(), db, o)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(begun).Seconds(), "s/changed")
		b.ReportMetric(float64(again.Fresh)/float64(all.Fresh), "fresh")
		b.ReportMetric(float64(again.Candidates)/float64(all.Candidates), "compared")
	}
}

// bareJoin is the floor: as many pairs, joined to both tables, with the similarity of both names; seconds per million.
func bareJoin(b *testing.B, db *sql.DB, pairs int64) float64 {
	bare := func(query string) {
		if _, err := db.ExecContext(b.Context(), query); err != nil {
			b.Fatal(err)
		}
	}
	bare("create or replace table bare_left as select (row_number() over ())::integer as n, given, family from council")
	bare("create or replace table bare_right as select (row_number() over ())::integer as n, given, family from surgery")
	bare(fmt.Sprintf(`create or replace table bare_pairs as select 1 + (hash(2 * i) %% (select count(*) from council))::integer as a,
		1 + (hash(2 * i + 1) %% (select count(*) from surgery))::integer as b from range(%d) p(i)`, pairs))
	begun := time.Now()
	bare(`create or replace table bare as select p.a, p.b, jaro_winkler_similarity(x.given, y.given) as given, jaro_winkler_similarity(x.family, y.family) as family
		from bare_pairs p join bare_left x on x.n = p.a join bare_right y on y.n = p.b`)
	return time.Since(begun).Seconds() / float64(pairs) * 1e6
}
