package sql_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/duckdb/duckdb-go/v2"

	"careshare/sql"
)

var errOfOurs = errors.New("ours")

// What the engine quotes of the rows is not said, whatever stands around it; what it says of a query or the disk is.
func TestErrorsSayNoValue(t *testing.T) {
	db, err := sql.Open(t.Context(), sql.Options{Memory: "100MB", Threads: 1, Spill: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("create table t (a varchar primary key, b date); insert into t values ('Canary', null)"); err != nil {
		t.Fatal(err)
	}
	for query, said := range map[string]string{
		"select a::integer from t":                                                          "read t: Conversion Error: ours",
		"select strptime(a, '%Y') from t":                                                   "read t: Invalid Input Error: ours",
		"insert into t values ('Canary', null)":                                             "read t: Constraint Error: ours",
		"insert into t values ('x', 'Canary')":                                              "read t: Conversion Error: ours",
		"select * from t, (select a || '{' as j from t) where json_extract(j, '$') is null": "read t: Invalid Input Error: ours",
		"select c from t":                                                                   "",
	} {
		_, err := db.Exec(query)
		if err == nil {
			t.Errorf("%s: no error", query)
			continue
		}
		kept := sql.WithoutValues(fmt.Errorf("read t: %w: %w", err, errOfOurs))
		if !errors.Is(kept, errOfOurs) || strings.Contains(kept.Error(), "Canary") || said != "" && kept.Error() != said {
			t.Errorf("%s: says %q", query, kept)
		}
		if said == "" && !strings.Contains(kept.Error(), `"c" not found`) {
			t.Errorf("what is wrong with the query is not said: %q", kept)
		}
	}
}

func TestWhichWordsAreKept(t *testing.T) {
	cases := map[string]error{
		"Conversion Error":             &duckdb.Error{Type: duckdb.ErrorTypeConversion, Msg: "Conversion Error: Could not convert string 'Smith'"},
		"Constraint Error":             &duckdb.Error{Type: duckdb.ErrorTypeConstraint, Msg: `Constraint Error: Duplicate key "Smith"`},
		"IO Error: no space left":      &duckdb.Error{Type: duckdb.ErrorTypeIO, Msg: "IO Error: no space left"},
		"Out of Memory Error: 1 GB":    &duckdb.Error{Type: duckdb.ErrorTypeOutOfMemory, Msg: "Out of Memory Error: 1 GB"},
		"Catalog Error: no such table": &duckdb.Error{Type: duckdb.ErrorTypeCatalog, Msg: "Catalog Error: no such table"},
		"context canceled":             errors.Join(context.Canceled, &duckdb.Error{Type: duckdb.ErrorTypeInterrupt, Msg: "INTERRUPT Error: Interrupted!"}),
		"not the engine's":             errors.New("not the engine's"),
	}
	for want, err := range cases {
		if got := sql.WithoutValues(err); got.Error() != want {
			t.Errorf("WithoutValues(%v) = %v, want %s", err, got, want)
		}
	}
}
