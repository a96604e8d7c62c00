package fhir_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
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

// TestShippedColumns holds the views to the data contract that the models read.
func TestShippedColumns(t *testing.T) {
	for name, want := range map[string]string{
		"patient":              "id VARCHAR, last_updated TIMESTAMPTZ, nhs_number VARCHAR, nhs_number_status VARCHAR, nhs_number_verified VARCHAR, nhs_number_official VARCHAR, is_active BOOLEAN, is_replaced BOOLEAN, family VARCHAR, given VARCHAR, birth_date DATE, birth_written VARCHAR, gender VARCHAR, postcode VARCHAR, deceased_at VARCHAR, is_deceased BOOLEAN, confidentiality VARCHAR, other_labels VARCHAR, has_label_without_code BOOLEAN, has_unknown_modifier BOOLEAN",
		"medication_statement": "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, patient_nhs_number VARCHAR, status VARCHAR, medication_id VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, code_text VARCHAR, dosage_text VARCHAR, effective_start TIMESTAMPTZ, asserted_at TIMESTAMPTZ, confidentiality VARCHAR, other_labels VARCHAR, has_label_without_code BOOLEAN, has_unknown_modifier BOOLEAN",
		"medication":           "id VARCHAR, last_updated TIMESTAMPTZ, status VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, code_text VARCHAR, confidentiality VARCHAR, other_labels VARCHAR, has_label_without_code BOOLEAN, has_unknown_modifier BOOLEAN",
		"medication_request":   "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, patient_nhs_number VARCHAR, status VARCHAR, intent VARCHAR, do_not_perform BOOLEAN, medication_id VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, code_text VARCHAR, dosage_text VARCHAR, authored_at TIMESTAMPTZ, confidentiality VARCHAR, other_labels VARCHAR, has_label_without_code BOOLEAN, has_unknown_modifier BOOLEAN",
		"condition":            "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, patient_nhs_number VARCHAR, verification_status VARCHAR, has_other_verification BOOLEAN, clinical_status VARCHAR, category VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, code_text VARCHAR, onset_at TIMESTAMPTZ, onset_written VARCHAR, onset_text VARCHAR, recorded_at TIMESTAMPTZ, confidentiality VARCHAR, other_labels VARCHAR, has_label_without_code BOOLEAN, has_unknown_modifier BOOLEAN",
		"allergy_intolerance":  "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, patient_nhs_number VARCHAR, verification_status VARCHAR, has_other_verification BOOLEAN, clinical_status VARCHAR, criticality VARCHAR, code VARCHAR, system VARCHAR, display VARCHAR, code_text VARCHAR, recorded_at TIMESTAMPTZ, confidentiality VARCHAR, other_labels VARCHAR, has_label_without_code BOOLEAN, has_unknown_modifier BOOLEAN",
		"immunization":         "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, patient_nhs_number VARCHAR, status VARCHAR, status_reason VARCHAR, is_subpotent BOOLEAN, code VARCHAR, system VARCHAR, display VARCHAR, code_text VARCHAR, occurred_at TIMESTAMPTZ, confidentiality VARCHAR, other_labels VARCHAR, has_label_without_code BOOLEAN, has_unknown_modifier BOOLEAN",
		"encounter":            "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, patient_nhs_number VARCHAR, status VARCHAR, class VARCHAR, type_display VARCHAR, period_start TIMESTAMPTZ, period_end TIMESTAMPTZ, provider VARCHAR, confidentiality VARCHAR, other_labels VARCHAR, has_label_without_code BOOLEAN, has_unknown_modifier BOOLEAN",
		"appointment":          "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, patient_nhs_number VARCHAR, status VARCHAR, has_declined BOOLEAN, declined_by VARCHAR, service_display VARCHAR, starts_at TIMESTAMPTZ, ends_at TIMESTAMPTZ, confidentiality VARCHAR, other_labels VARCHAR, has_label_without_code BOOLEAN, has_unknown_modifier BOOLEAN",
		"related_person":       "id VARCHAR, last_updated TIMESTAMPTZ, patient_id VARCHAR, patient_nhs_number VARCHAR, relationship VARCHAR, family VARCHAR, given VARCHAR, telephone VARCHAR",
	} {
		v := viewNamed(t, name)
		var columns []string
		for _, c := range v.Columns() {
			columns = append(columns, c.Name+" "+c.Type)
		}
		if got := strings.Join(columns, ", "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
		folder := t.TempDir()
		write(t, folder, "Observation.ndjson", "")
		tables, db, _, err := readFolder(t, folder, v) // an absent type: an empty table
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
