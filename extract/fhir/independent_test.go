package fhir_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"careshare/extract/fhir"
)

// TestIndependentReading compares every value that every shipped view gives with what jq gives, by a program of its own for each view in
// testdata/independent: over all of Synthea, which stands in for the types that it has not, and over our UK Core resources.
func TestIndependentReading(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no jq: .ci/run installs it")
		}
		t.Skip("SKIPPED: no jq")
	}
	synthea := sharedData(t, "synthea")
	for _, v := range shipped(t) {
		t.Run(v.Name, func(t *testing.T) {
			folder := t.TempDir()
			resources, err := os.ReadFile(filepath.Join("testdata", "ukcore", v.Resource+".ndjson"))
			if err != nil {
				t.Fatal(err)
			}
			if synthea != "" {
				multiply(t, synthea, v.Resource, folder, 1, 1)
			}
			write(t, folder, v.Resource+".1.ndjson", string(resources))
			compareWithJQ(t, folder, v)
		})
	}
}

func compareWithJQ(t *testing.T, folder string, v fhir.View) {
	tables, db, to, err := readFolder(t, folder, v)
	if err != nil {
		t.Fatal(err)
	}
	got, err := query(db, "select * exclude (sender) from '"+tables[v.Name].Path+"'")
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{}
	for _, r := range rejects(t, to) {
		left[r.Key] = true
	}
	columns, filled, row := v.Columns(), make([]int, len(v.Columns())), 0
	for _, want := range readWithJQ(t, folder, v) {
		if left[fmt.Sprint(want[0])] {
			continue
		}
		if len(want) != len(columns) || row == len(got) {
			t.Fatalf("jq gives %d columns and a row %d; the view has %d columns and %d rows", len(want), row, len(columns), len(got))
		}
		for c, column := range columns {
			if asRead(column.Type, got[row][c]) != asRead(column.Type, want[c]) {
				t.Fatalf("row %d, column %s: got %v, want %v", row, column.Name, got[row][c], want[c])
			}
			if want[c] != nil {
				filled[c]++
			}
		}
		row++
	}
	if row != len(got) {
		t.Errorf("%d rows, want %d", len(got), row)
	}
	for c, column := range columns {
		if filled[c] == 0 {
			t.Errorf("column %s: nothing in any row, so nothing was compared", column.Name)
		}
	}
}

// readWithJQ gives a row of columns for each resource, in the order of the files.
func readWithJQ(t *testing.T, folder string, v fhir.View) (rows [][]any) {
	files, err := filepath.Glob(filepath.Join(folder, v.Resource+".*.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	read := exec.Command("jq", append([]string{"-c", "-L", "testdata/independent", "-f", filepath.Join("testdata", "independent", v.Name+".jq")}, files...)...)
	var faults bytes.Buffer
	read.Stderr = &faults
	out, err := read.Output()
	if err != nil {
		t.Fatalf("jq: %v: %s", err, faults.String())
	}
	for lines := json.NewDecoder(bytes.NewReader(out)); lines.More(); {
		var row []any
		if err := lines.Decode(&row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// asRead writes a value of the engine, or of jq, in one form for its column's type: a moment by its first instant.
func asRead(typ string, v any) string {
	text, ok := v.(string)
	if !ok || typ != "DATE" && typ != "TIMESTAMPTZ" {
		if at, is := v.(time.Time); is {
			return at.UTC().Format(time.RFC3339Nano)
		}
		return fmt.Sprint(v)
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02", "2006-01", "2006"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC().Format(time.RFC3339Nano)
		}
	}
	return "not a moment"
}
