package fhir_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/extract/fhir"
)

// An absent type gives an empty table with the same columns, and neither the number of threads nor the time changes a byte.
func TestSameBytes(t *testing.T) {
	synthea := sharedData(t, "synthea")
	if synthea == "" {
		t.Skip("no synthea data")
	}
	var want map[string][]byte
	for range 2 {
		tables, _, _, err := readFolder(t, synthea, shipped(t)...)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]byte{}
		for name, table := range tables {
			got[name], _ = os.ReadFile(table.Path)
		}
		if want == nil {
			want = got
		}
		for name := range want {
			if !bytes.Equal(got[name], want[name]) {
				t.Errorf("%s: other bytes", name)
			}
		}
	}
}

func TestErrorsHoldNoValues(t *testing.T) {
	folder, out := t.TempDir(), t.TempDir()
	write(t, folder, "Condition.ndjson", condition("canary-id", `,"recordedDate":"canary-date"`)+"\n")
	db := openEngine(t, folder, out)
	_, err := fhir.Flatten(context.Background(), db, viewNamed(t, "condition"), folder, filepath.Join(out, "c.parquet"))
	if err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "Condition.ndjson: line 1: recordedDate: not a date") {
		t.Errorf("error %v", err)
	}
	write(t, folder, "Condition.ndjson", condition("1", `,"recordedDate":"2026-13-41 canary-date"`)+"\n")
	_, err = fhir.Flatten(context.Background(), db, viewNamed(t, "condition"), folder, filepath.Join(out, "c.parquet"))
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("error %v", err)
	}
	if left, _ := os.ReadDir(out); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFlatten(t *testing.T) {
	folder, out := t.TempDir(), t.TempDir()
	write(t, folder, "Condition.0.ndjson", condition("1", "")+"\n")
	write(t, folder, "Condition.1.ndjson.gz", condition("2", `,"onsetDateTime":"2012"`)+"\n")
	db := openEngine(t, folder, out)
	for name, want := range map[string]string{"c.csv": "2,2026-01-01 00:00:00+00,p,,,,,,,2012-01-01 00:00:00+00,2012,", "c.ndjson": `"onset_written":"2012"`, "c.parquet": "PAR1"} {
		rows, err := fhir.Flatten(context.Background(), db, viewNamed(t, "condition"), folder, filepath.Join(out, name))
		data, _ := os.ReadFile(filepath.Join(out, name))
		if err != nil || rows != 2 || !strings.Contains(string(data), want) {
			t.Errorf("%s: %d rows, %v, %.400s", name, rows, err, data)
		}
	}
	if rows, err := fhir.Flatten(context.Background(), db, viewNamed(t, "patient"), folder, filepath.Join(out, "p.parquet")); err != nil || rows != 0 {
		t.Errorf("no file of the type: %d rows, %v", rows, err)
	}
	if _, err := fhir.Flatten(context.Background(), db, viewNamed(t, "patient"), folder, filepath.Join(out, "p.xlsx")); err == nil {
		t.Error("an unknown form is taken")
	}
}

// TestShippedColumns holds the views to the data contract that the models read.
func TestShippedColumns(t *testing.T) {
	for name, want := range map[string]string{
		"patient":              "id VARCHAR, last_updated TIMESTAMPTZ, nhs_number VARCHAR, nhs_number_status VARCHAR, family VARCHAR, given VARCHAR, birth_date DATE, gender VARCHAR, postcode VARCHAR, deceased_at VARCHAR, is_deceased BOOLEAN, security VARCHAR",
		"medication_statement": "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, status VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, dosage_text VARCHAR, effective_start TIMESTAMPTZ, asserted_at TIMESTAMPTZ",
		"medication_request":   "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, status VARCHAR, intent VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, dosage_text VARCHAR, authored_at TIMESTAMPTZ",
		"condition":            "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, verification_status VARCHAR, clinical_status VARCHAR, category VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, onset_at TIMESTAMPTZ, onset_written VARCHAR, recorded_at TIMESTAMPTZ",
		"allergy_intolerance":  "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, verification_status VARCHAR, clinical_status VARCHAR, criticality VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, recorded_at TIMESTAMPTZ",
		"immunization":         "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, status VARCHAR, status_reason VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, occurred_at TIMESTAMPTZ",
		"encounter":            "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, status VARCHAR, class VARCHAR, type_display VARCHAR, period_start TIMESTAMPTZ, period_end TIMESTAMPTZ, provider VARCHAR",
		"appointment":          "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, status VARCHAR, service_display VARCHAR, starts_at TIMESTAMPTZ, ends_at TIMESTAMPTZ",
		"related_person":       "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, relationship VARCHAR, family VARCHAR, given VARCHAR, telephone VARCHAR",
	} {
		v := viewNamed(t, name)
		var columns []string
		for _, c := range v.Columns() {
			columns = append(columns, c.Name+" "+c.Type)
		}
		if got := strings.Join(columns, ", "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
		tables, db, _, err := readFolder(t, t.TempDir(), v) // an absent type: an empty table
		if err != nil {
			t.Fatal(err)
		}
		rows, err := query(db, "select column_name, column_type from (describe select * from '"+tables[name].Path+"')")
		if err != nil || len(rows) != len(columns)+1 || rows[0][0] != "sender" {
			t.Fatalf("%s: %v, %v", name, rows, err)
		}
		for i, column := range columns {
			if got := fmt.Sprint(rows[i+1][0], " ", rows[i+1][1]); strings.Replace(got, "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", 1) != column {
				t.Errorf("%s: parquet has %s, want %s", name, got, column)
			}
		}
	}
}
