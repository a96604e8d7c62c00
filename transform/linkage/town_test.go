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
	t.Logf("accepted %+v review %d", r.Measures.Accepted, r.Review)
	if r.Measures.Accepted.Precision < 0.999 || r.Measures.Accepted.Recall < 0.97 {
		t.Errorf("precision %.4f, recall %.4f: want 0.999 and 0.97", r.Measures.Accepted.Precision, r.Measures.Accepted.Recall)
	}
}

// TestOtherShapes deduplicates tables of other shapes: many records a person, much missing, no sex, no postcode.
func TestOtherShapes(t *testing.T) {
	db := openEngine(t)
	town(t, db, 1200, "archive.sql", "cards.sql")
	names := townFields()[:3]
	street, city := Field{Name: "street", Kind: Text, Left: []string{"street"}}, Field{Name: "city", Kind: Text, Left: []string{"city"}}
	for _, shape := range []struct {
		table             string
		more              []Field
		precision, recall float64 // of pairs in one cluster
	}{
		{"archive", []Field{townFields()[4], street}, 0.97, 0.90},
		{"cards", []Field{city, {Name: "email", Kind: Identifier, Left: []string{"email"}}}, 0.99, 0.95},
	} {
		o := Defaults(true)
		o.Left = Relation{Name: shape.table, ID: "id", Truth: "person"}
		o.Fields = append(names[:3:3], shape.more...)
		r, err := Link(t.Context(), db, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: accepted %+v clusters %+v", shape.table, r.Measures.Accepted, r.Measures.Clusters)
		if r.Measures.Clusters.Precision < shape.precision || r.Measures.Clusters.Recall < shape.recall {
			t.Errorf("%s: want precision %g and recall %g of clusters", shape.table, shape.precision, shape.recall)
		}
	}
}
