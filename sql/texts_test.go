package sql_test

import (
	"slices"
	"testing"

	"careshare/sql"
)

// Null is nothing, a column that is no text is refused, a query's fault is told, and a reader may stop early.
func TestTexts(t *testing.T) {
	t.Parallel()
	db, err := sql.Open(t.Context(), sql.Options{Memory: "100MB", Threads: 1, Spill: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for row, err := range sql.Texts(t.Context(), db, "select 'a' || range, case when range < 5000 then null else 'b' end from range(?) order by range desc", 5001) {
		if err != nil || !slices.Equal(row, []string{"a5000", "b"}) {
			t.Fatalf("%q, %v", row, err)
		}
		break
	}
	lines, nothing := 0, 0
	for row, err := range sql.Texts(t.Context(), db, "select 'a', case when range >= 5000 then 'b' end from range(5001)") {
		if err != nil {
			t.Fatal(err)
		}
		if lines++; row[1] == "" {
			nothing++
		}
	}
	if lines != 5001 || nothing != 5000 {
		t.Errorf("%d rows, %d without a text", lines, nothing)
	}
	for _, query := range []string{"select 1", "select error('no')", "selct"} {
		var found error
		for _, err := range sql.Texts(t.Context(), db, query) {
			found = err
		}
		if found == nil {
			t.Errorf("%s: no error", query)
		}
	}
}
