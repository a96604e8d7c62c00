package linkage

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"careshare/sql"
)

// townNames is how many lines of nicknames.csv give the town its given names.
const townNames = 217

// town makes the made-up people of testdata/people.sql, and whatever more is asked for.
func town(t testing.TB, db *sql.DB, people int, more ...string) {
	t.Helper()
	variants, err := variants()
	if err != nil {
		t.Fatal(err)
	}
	var roots []string
	for _, v := range variants {
		if v.Line <= townNames {
			roots = append(roots, v.Root)
		}
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
	town(t, db, 1200, "archive.sql", "cards.sql", "parish.sql")
	names := townFields()[:3]
	text := func(name string) Field { return Field{Name: name, Kind: Text, Left: []string{name}} }
	street, city := text("street"), text("city")
	for _, shape := range []struct {
		table             string
		fields            []Field
		precision, recall float64 // of pairs in one cluster
	}{
		{"archive", append(names[:3:3], townFields()[4], street), 0.97, 0.90},
		{"cards", append(names[:3:3], city, Field{Name: "email", Kind: Identifier, Left: []string{"email"}}), 0.99, 0.95},
		{"parish", []Field{{Name: "who is it?", Kind: Name, Left: []string{"who is it?"}}, names[2], text("trade"), text("place")}, 0.97, 0.80},
	} {
		o := Defaults(true)
		o.Left = Relation{Name: shape.table, ID: "id", Truth: "person"}
		o.Fields = shape.fields
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

// TestOddTables links what has no sense to it: nothing may break, and nothing that says nothing may be accepted.
func TestOddTables(t *testing.T) {
	db := openEngine(t)
	for name, odd := range map[string]struct {
		rows string
		most int64 // pairs that may be accepted
	}{
		"one row":              {"select 1 as id, 'Ann' as given, 'Lee' as family, '1980-01-02' as born_on, '1' as sex, 'E8 1AA' as postcode", 0},
		"no row":               {"select 1 as id, 'Ann' as given, 'Lee' as family, '1980-01-02' as born_on, '1' as sex, 'E8 1AA' as postcode where false", 0},
		"nothing known":        {"select i as id, null::varchar as given, '' as family, ' ' as born_on, '9' as sex, 'ZZ99 3VZ' as postcode from range(300) r(i)", 0},
		"one value for all":    {"select i as id, 'Ann' as given, 'Lee' as family, '1900-01-01' as born_on, '1' as sex, 'E8 1AA' as postcode from range(300) r(i)", 300 * 299 / 2},
		"no id of its own":     {"select 7 as id, 'Ann' || i as given, 'Lee' as family, '1980-01-02' as born_on, '1' as sex, 'E8 1AA' as postcode from range(60) r(i)", 60 * 59 / 2},
		"letters of all kinds": {"select i as id, ['Łukasz', 'Zoë 🙂', '王', repeat('x', 5000), chr(9) || 'Ann', 'O''Brien', 'a;drop'][1 + i % 7] || i as given, ['Ωmega', 'de la Cruz', '-', '李', 'ß'][1 + i % 5] as family, ['31/02/1980', '1980', 'soon', '19800102'][1 + i % 4] as born_on, 'x' as sex, '|;E8 1AA;' as postcode from range(300) r(i)", 300},
	} {
		if _, err := db.Exec("create or replace table odd as " + odd.rows); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, dedupe := range []bool{true, false} {
			o := Defaults(dedupe)
			o.Fields, o.Left = townFields(), Relation{Name: "odd", ID: "id"}
			o.Memory = Memory{Key: []byte("key"), Moved: 1}
			if !dedupe {
				o.Right = Relation{Name: "(from odd limit 0)", ID: "id"}
			}
			r, err := Link(t.Context(), db, o)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if r.Accepted > odd.most {
				t.Errorf("%s: %d accepted", name, r.Accepted)
			}
		}
	}
}
