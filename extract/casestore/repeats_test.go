package casestore

import (
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// A row that came three times counts once. Of an id that has different rows none is taken, and the quarantine says whose they are.
func TestRepeatedRows(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	writeStore(t, folder, few)
	visits := filepath.Join(folder, "dm_visits.csv")
	for range 3 {
		appendRow(t, visits, "x,9001,71,visit,2026-02-01 10:30:00,,Y")
	}
	appendRow(t, visits, "x,9002,72,visit,2026-02-01 10:30:00,,Y")
	appendRow(t, visits, "x,9002,72,visit,2026-02-02 10:30:00,,Y")
	appendRow(t, visits, "x,9002,72,visit,2026-02-02 10:30:00,,Y")
	appendRow(t, visits, "x,9003,73,visit,2026-02-01 10:30:00,,Y")
	clean := read(t, options(t, "csv", folderOf(t)))
	p := read(t, options(t, "csv", folder))
	if p.err != nil || clean.err != nil {
		t.Fatal(p.err, clean.err)
	}
	before, taken := clean.tables["dm_visits"], p.tables["dm_visits"]
	if taken.RowsIn != before.RowsIn+7 || taken.RowsOut != before.RowsOut+2 || taken.Merged != 2 || taken.Quarantined != 3 {
		t.Errorf("before %+v, then %+v", before, taken)
	}
	for _, r := range p.rejects {
		if r.Table != "dm_visits" || r.Key != "9002" || r.Rule != ruleRepeated || r.Raw == nil {
			t.Errorf("rejected %+v", r)
		}
	}
	rows, err := parquet.ReadFile[struct {
		Visit int64 `parquet:"visit_id"`
	}](taken.Path)
	if err != nil || int64(len(rows)) != taken.RowsOut || rows[len(rows)-1].Visit != 9003 || rows[len(rows)-2].Visit != 9001 {
		t.Errorf("landed %v, %v", rows, err)
	}
	if clean.tables["dm_workers"].RowsOut != p.tables["dm_workers"].RowsOut {
		t.Error("another table changed")
	}
}

// folderOf is a folder of a case store in which nothing is amiss.
func folderOf(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	writeStore(t, folder, few)
	return folder
}

// Where a date is part of the key the store has no id of its rows: its models say which of two counts.
func TestTablesWithoutAnID(t *testing.T) {
	t.Parallel()
	tables, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	without := map[string]bool{
		"dm_cin_assess_factors": true, "dm_cla_summaries": true, "dm_former_looked_after": true,
		"dm_placement_carer_addresses": true, "dm_registration_categories": true, "dm_service_user_groups": true,
	}
	for _, table := range tables {
		if table.hasID() == without[table.name] {
			t.Errorf("%s has an id: %t", table.name, table.hasID())
		}
	}
}
