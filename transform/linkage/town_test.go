package linkage

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"careshare/sql"
)

// town makes the made-up people of testdata/people.sql, and whatever more is asked for.
func town(t testing.TB, db *sql.DB, people int, more ...string) {
	t.Helper()
	_, roots, err := nicknames()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("create or replace table town_names as select unnest(string_split(?, ',')) as root", strings.ToLower(strings.Join(roots, ","))); err != nil {
		t.Fatal(err)
	}
	for _, file := range append([]string{"people.sql"}, more...) {
		text, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(strings.ReplaceAll(string(text), ":people", fmt.Sprint(people))); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
}

// townFields are what the two systems of the town hold.
func townFields() []Field {
	return []Field{
		{Name: "given", Kind: Given, Left: []string{"given"}},
		{Name: "family", Kind: Family, Left: []string{"family"}},
		{Name: "born_on", Kind: Date, Left: []string{"born_on"}},
		{Name: "sex", Kind: Sex, Left: []string{"sex"}},
		{Name: "postcode", Kind: Postcode, Left: []string{"postcode"}},
	}
}

func townOptions() Options {
	o := Defaults(false)
	o.Fields = townFields()
	o.Left = Relation{Name: "council", ID: "id", Truth: "person"}
	o.Right = Relation{Name: "surgery", ID: "id", Truth: "person"}
	return o
}

// TestTown links a town whose truth is known: false links are breaches.
func TestTown(t *testing.T) {
	db := openEngine(t)
	town(t, db, 6000)
	r, err := Link(t.Context(), db, townOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("pairs %+v review %d household %+v", r.Measures.Accepted, r.Review, r.Parameters.Household)
	if r.Measures.Accepted.Precision < 0.999 || r.Measures.Accepted.Recall < 0.97 {
		t.Errorf("precision %.4f, recall %.4f: want 0.999 and 0.97", r.Measures.Accepted.Precision, r.Measures.Accepted.Recall)
	}
	if os.Getenv("LINK_DEBUG") != "" {
		debug(t, r)
		dump(t, db, "select p::varchar || x::varchar || y::varchar from linkage.pairs_decided p join council x on x.id = left_id join surgery y on y.id = right_id where outcome = 'accepted' and x.person <> y.person limit 10")
		dump(t, db, "select p::varchar || x::varchar || y::varchar from linkage.pairs_decided p join council x on x.id = left_id join surgery y on y.id = right_id where outcome <> 'accepted' and x.person = y.person order by hash(left_id) limit 25")
	}
}

// TestArchive deduplicates a table of other shape: many records a person, and much missing.
func TestArchive(t *testing.T) {
	db := openEngine(t)
	town(t, db, 1200, "archive.sql")
	o := Defaults(true)
	o.Left = Relation{Name: "archive", ID: "id", Truth: "person"}
	for _, f := range townFields() {
		if f.Kind != Sex {
			o.Fields = append(o.Fields, f)
		}
	}
	o.Fields = append(o.Fields, Field{Name: "street", Kind: Text, Left: []string{"street"}})
	r, err := Link(t.Context(), db, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("pairs %+v clusters %+v household %+v", r.Measures.Accepted, r.Measures.Clusters, r.Parameters.Household)
	if os.Getenv("LINK_DEBUG") != "" {
		debug(t, r)
		dump(t, db, "select p::varchar || x::varchar || y::varchar from linkage.pairs_decided p join archive x on x.id = left_id join archive y on y.id = right_id where outcome = 'accepted' and x.person <> y.person limit 10")
		dump(t, db, "select p::varchar || x::varchar || y::varchar from linkage.pairs_decided p join archive x on x.id = left_id join archive y on y.id = right_id where outcome <> 'accepted' and x.person = y.person order by hash(left_id) limit 10")
	}
}
