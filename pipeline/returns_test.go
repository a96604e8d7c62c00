package pipeline

import (
	"strings"
	"testing"
	"time"

	"careshare/load/lake"
	"careshare/reports/returns"
	"careshare/sql"
)

// A return's window follows from its name, its year and the day.
func TestPeriods(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		year  int
		today time.Time
		want  period
	}{
		{"903", 2027, date(2026, time.November, 1), period{"903", 2027, "2026-04-01", "2027-03-31", "2026-11-01", true}},
		{"cin", 2026, date(2026, time.November, 1), period{"cin", 2026, "2025-04-01", "2026-03-31", "2026-03-31", false}},
		{"903", 2026, date(2026, time.March, 31), period{"903", 2026, "2025-04-01", "2026-03-31", "2026-03-31", true}},
		{"cld", 2026, date(2026, time.November, 1), period{"cld", 2026, "2025-10-01", "2026-09-30", "2026-09-30", true}},
		{"cld", 2025, date(2026, time.November, 1), period{"cld", 2025, "2025-01-01", "2025-12-31", "2025-12-31", false}},
		{"cld", 2025, date(2026, time.January, 5), period{"cld", 2025, "2025-01-01", "2025-12-31", "2025-12-31", true}},
		{"annex-a", 2026, date(2026, time.November, 1), period{"annex-a", 2026, "2025-11-02", "2026-11-01", "2026-11-01", true}},
		{"annex-a", 2028, date(2028, time.February, 29), period{"annex-a", 2028, "2027-03-01", "2028-02-29", "2028-02-29", true}},
	} {
		if got := periodOf(c.name, c.year, c.today); got != c.want {
			t.Errorf("%s %d on %s: %+v, want %+v", c.name, c.year, c.today.Format(time.DateOnly), got, c.want)
		}
	}
}

// Who makes a return of a year whose specification came after this version is told so.
func TestBeyondSpecification(t *testing.T) {
	t.Parallel()
	for of, isBeyond := range map[period]bool{
		{Return: "903", Year: 2024}: true, {Return: "903", Year: 2025}: false, {Return: "903", Year: 2027}: false, {Return: "903", Year: 2028}: true,
		{Return: "cin", Year: 2026}: false, {Return: "cin", Year: 2027}: true,
		{Return: "cld", Year: 2030}: false, {Return: "annex-a", Year: 2030}: false,
	} {
		beyond, err := beyondSpecification((Config{}), of)
		if err != nil || (beyond != "") != isBeyond {
			t.Errorf("%s %d: %q, %v", of.Return, of.Year, beyond, err)
		}
		var printed strings.Builder
		returned{period: of, Beyond: beyond}.Text(&printed)
		if strings.Contains(printed.String(), "Beware: careshare has the specification of") != isBeyond {
			t.Errorf("%s %d prints %q", of.Return, of.Year, printed.String())
		}
	}
}

// The census's message names no zone: in summer it is told by the clock of those who read it, on their day.
func TestTheCensusIsDatedByLondonsClock(t *testing.T) {
	t.Parallel()
	db, err := sql.Open(t.Context(), sql.Options{Memory: "64MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "create table cin_header as select 2027 as collection_year, date '2027-03-31' as reference_date, '204' as authority_number"); err != nil {
		t.Fatal(err)
	}
	from := reportSource{db: db, manifest: lake.Manifest{AsAt: time.Date(2026, time.July, 31, 23, 30, 0, 0, time.UTC)}}
	got, err := census(t.Context(), from, period{Year: 2027})
	if want := (returns.CIN{Year: 2027, ReferenceDate: "2027-03-31", LEA: "204", DateTime: "2026-08-01T00:30:00"}); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}
