package reports

import (
	"slices"
	"testing"

	"careshare/sql"
)

// Ages stand from young to old, not as letters sort them, and what was opened before what was closed.
func TestMeasuresStandByTheirNumbers(t *testing.T) {
	db, err := sql.Open(t.Context(), sql.Options{Memory: "500MB", Threads: 1, Spill: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `create table figures as select 'f' as figure, 'reason' as breakdown, 'r' as category, 'all' as within, measure,
		case when measure <> 'children' then 'children' end as part_of, 'published' as _status, 'not available' as _previous_month_status, 1 as value,
		null as previous_month_value, null::double as percent_of_measure
		from (values ('28 days and more'), ('7 to 27 days'), ('since today'), ('children'), ('1 to 6 days'), ('closed in the week'), ('opened in the week')) as given (measure)`); err != nil {
		t.Fatal(err)
	}
	figures, err := readFigures(t.Context(), db, "month")
	if err != nil {
		t.Fatal(err)
	}
	g := grid{figures: figures, breakdown: "reason", chart: "children"}
	g.read()
	if want := []string{"children", "opened in the week", "since today", "closed in the week", "1 to 6 days", "7 to 27 days", "28 days and more"}; !slices.Equal(g.measures, want) {
		t.Errorf("%q, want %q", g.measures, want)
	}
}

// The numbers by which standings are sorted are not told; a name that begins with one by itself keeps it.
func TestSortingNumbersAreNotTold(t *testing.T) {
	standings := []string{"1 verified", "2 traced"}
	if got := unnumbered("1 verified", standings); got != "verified" {
		t.Errorf("%q", got)
	}
	if got := unnumbered("1 Stop Shop", []string{"1 Stop Shop", "Reablement"}); got != "1 Stop Shop" {
		t.Errorf("%q", got)
	}
}
