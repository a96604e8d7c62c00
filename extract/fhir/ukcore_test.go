package fhir_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestUKCore reads UK Core shaped resources, each of which shows one thing that the views know, and compares with golden CSV files.
func TestUKCore(t *testing.T) {
	folder, err := filepath.Abs("testdata/ukcore")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range shipped(t) {
		t.Run(v.Name, func(t *testing.T) {
			tables, db, to, err := readFolder(t, folder, v)
			if err != nil {
				t.Fatal(err)
			}
			csv, golden := filepath.Join(to, v.Name+".csv"), filepath.Join(folder, v.Name+".csv")
			if _, err := db.Exec(fmt.Sprintf("copy (select * exclude (sender) from '%s') to '%s' (format csv, header)", tables[v.Name].Path, csv)); err != nil {
				t.Fatal(err)
			}
			got, _ := os.ReadFile(csv)
			for _, r := range rejects(t, to) {
				got = fmt.Appendf(got, "quarantined: line %d, key %s, column %s, %s\n", r.Line, r.Key, r.Column, r.Rule)
			}
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want, _ := os.ReadFile(golden); string(want) != string(got) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
