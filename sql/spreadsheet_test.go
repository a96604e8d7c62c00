package sql

import (
	"testing"

	"careshare/extract/delimited"
)

// The engine escapes as Go does, in text columns alone, and undoes it.
func TestForSpreadsheet(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), Options{Memory: "100MB", Threads: 1, Spill: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, text := range []string{"=1", "+1", "-1", "@a", "\tb", "\rc", "'=1", "''-", "O'Brien", "'", "", "a\n=1"} {
		query, err := ForSpreadsheet(t.Context(), db, `select `+Quote(text)+` as "a ""name""", -1 as number, date '2026-01-02' as day`)
		if err != nil {
			t.Fatal(err)
		}
		var escaped, plain, number, day string
		err = db.QueryRowContext(t.Context(), `select "a ""name""", `+delimited.UnescapeSQL(`"a ""name"""`)+", cast(number as varchar), cast(day as varchar) from ("+query+")").
			Scan(&escaped, &plain, &number, &day)
		if err != nil || escaped != delimited.Escape(text) || plain != text || number != "-1" || day != "2026-01-02" {
			t.Errorf("%q: %q, back %q, %s, %s, %v", text, escaped, plain, number, day, err)
		}
	}
}
