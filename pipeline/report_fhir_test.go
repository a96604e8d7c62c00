package pipeline

import (
	"context"
	"path/filepath"
	"testing"

	"careshare/load/disk"
	"careshare/pipeline/exit"
	"careshare/pipeline/reporting"
	"careshare/sql"
)

// TestTheFHIRExportHasTheSameRows reads the export back through views that were written from the FHIR standard, and
// compares every row with the published dataset.
func TestTheFHIRExportHasTheSameRows(t *testing.T) {
	t.Parallel()
	w := demo(t)
	snapshot := filepath.Join(w.folder, "lake", "current")
	flats := t.TempDir()
	db, err := sql.Open(context.Background(), sql.Options{Memory: "500MB", Threads: 1, Allow: []string{w.folder, flats}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for dataset, c := range map[string]struct{ resource, published, exported string }{
		"people":      {"Patient", "person_id, nhs_number, nhs_number_status", "person_id::bigint, nhs_number, nhs_number_status"},
		"case_status": {"EpisodeOfCare", "person_id, kind, case status when 'open' then 'active' else 'finished' end, opened_on, case when closed_on >= opened_on then closed_on end", "person_id::bigint, kind, status, opened_on::date, closed_on::date"},
		"accessible_information": {"Flag", "person_id, need_type, code, display, recorded_on, recorded_in_step",
			"person_id::bigint, need_type, code, display, recorded_on::date, recorded_in_step::bigint"},
		"advocates_and_next_of_kin": {"RelatedPerson",
			"person_id, contact_key, relationship, contact_name, telephone, coalesce(has_parental_responsibility, false), coalesce(is_informal_carer, false), started_on",
			"person_id::bigint, contact_key, relationship, contact_name, telephone, has_parental_responsibility, is_informal_carer, started_on::date"},
		"allocated_teams": {"CareTeam", "person_id, 'Organization/team-' || team_id, team_name, allocated_from", "person_id::bigint, team, team_name, allocated_from::date"},
		"allocated_workers": {"CareTeam", "person_id, worker_key, relationship, 'PractitionerRole/' || coalesce(worker_id::varchar, worker_key), worker_name, started_on",
			"person_id::bigint, worker_key, relationship, worker, worker_name, started_on::date"},
	} {
		folder := t.TempDir()
		flat := filepath.Join(flats, dataset+".parquet")
		exportedFile := filepath.Join(snapshot, "reports", reporting.DirectCare, c.resource+".ndjson")
		if err := disk.CopyWhole(exportedFile, filepath.Join(folder, filepath.Base(exportedFile))); err != nil {
			t.Fatal(err)
		}
		var run world
		if code := run.run("flatten", "--view", filepath.Join("testdata", "fhir-export", dataset+".json"),
			"--in", folder, "--out", flat); code != exit.Done {
			t.Errorf("%s: flatten ended with %d: %s", dataset, code, run.stderr)
			continue
		}
		published := "select " + c.published + " from read_parquet(" + sql.Quote(filepath.Join(snapshot, "trusted", "direct-care", dataset, "**", "*.parquet")) + ", hive_partitioning = false)"
		exported := "select " + c.exported + " from read_parquet(" + sql.Quote(flat) + ", hive_partitioning = false)"
		var rows, missing, extra int64
		query := "select (select count(*) from (" + published + ")), (select count(*) from (" + published + " except all " + exported + ")), (select count(*) from (" + exported + " except all " + published + "))"
		if err := db.QueryRow(query).Scan(&rows, &missing, &extra); err != nil {
			t.Errorf("%s: %v", dataset, err)
			continue
		}
		if rows == 0 || missing > 0 || extra > 0 {
			t.Errorf("%s: of %d rows %d are not in the export, which has %d others", dataset, rows, missing, extra)
		}
	}
}
