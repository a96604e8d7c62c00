package linkage

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"careshare/sql"
)

// febrlFields map the columns that all three sets have.
var febrlFields = []Field{
	{Name: "given_name", Kind: Given, Left: []string{"given_name"}},
	{Name: "surname", Kind: Family, Left: []string{"surname"}},
	{Name: "date_of_birth", Kind: Date, Left: []string{"date_of_birth"}},
	{Name: "postcode", Kind: Postcode, Left: []string{"postcode"}},
	{Name: "soc_sec_id", Kind: Identifier, Left: []string{"soc_sec_id"}},
	{Name: "street_number", Kind: Text, Left: []string{"street_number"}},
	{Name: "address_1", Kind: Text, Left: []string{"address_1"}},
	{Name: "address_2", Kind: Text, Left: []string{"address_2"}},
	{Name: "suburb", Kind: Text, Left: []string{"suburb"}},
	{Name: "state", Kind: Text, Left: []string{"state"}},
}

// TestFebrl holds the fixed default thresholds against sets that others publish figures for.
func TestFebrl(t *testing.T) {
	folder := labelled(t)
	for _, set := range []struct {
		name, left, right string
		f1                float64
	}{
		{"febrl4", "dataset4a.csv", "dataset4b.csv", 0.9995},
		{"febrl3", "dataset3.csv", "", 0.996},
		{"febrl1", "dataset1.csv", "", 0.99},
	} {
		t.Run(set.name, func(t *testing.T) {
			db := openEngine(t, folder)
			o := Defaults(set.right == "")
			o.Fields = febrlFields
			o.Left = febrlSide(t, db, "a", filepath.Join(folder, set.left))
			if set.right != "" {
				o.Right = febrlSide(t, db, "b", filepath.Join(folder, set.right))
			}
			r, err := Link(t.Context(), db, o)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("accepted %+v clusters %+v review %d", r.Measures.Accepted, r.Measures.Clusters, r.Review)
			if r.Measures.Accepted.F1 < set.f1 {
				t.Errorf("F1 is %.4f, want at least %.4f", r.Measures.Accepted.F1, set.f1)
			}
		})
	}
}

func febrlSide(t *testing.T, db *sql.DB, name, path string) Relation {
	t.Helper()
	_, err := db.Exec(fmt.Sprintf("create view %s as select rec_id as rec_id, columns(* exclude rec_id) as '\\0' from read_csv(%s, all_varchar = true, header = true, normalize_names = true)", name, sql.Quote(path)))
	if err != nil {
		t.Fatal(err)
	}
	return Relation{Name: name, ID: "rec_id", Truth: "rec_id", TruthPattern: `rec-(\d+)-`}
}

// labelled is the folder of public labelled sets.
func labelled(t *testing.T) string {
	t.Helper()
	data := os.Getenv("CARESHARE_DATA")
	if data == "" {
		data = "../../../shared/data"
	}
	folder, err := filepath.Abs(filepath.Join(data, "linkage"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(folder); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no labelled sets: %v", err)
		}
		t.Skipf("NOT MEASURED: no labelled sets in %s; CARESHARE_DATA names their folder", folder)
	}
	return folder
}

func openEngine(t testing.TB, allow ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open(t.Context(), sql.Options{Memory: "2500MB", Threads: 2, Spill: t.TempDir(), Allow: allow})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
