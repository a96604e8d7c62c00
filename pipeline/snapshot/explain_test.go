package snapshot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"careshare/load/agreement"
	"careshare/sql"
)

// A finding on a child without an episode in the year, such as a care leaver, is told at the year's first day and not in 1900.
func TestAFindingWithoutAnEpisodeStandsInItsYear(t *testing.T) {
	t.Parallel()
	db, err := sql.Open(t.Context(), sql.Options{Memory: "100MB", Threads: 1, Spill: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	contracts, err := agreement.ReadContracts(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ssda903_episodes", "return_findings"} {
		contract, _ := contracts.Find(name)
		var columns []string
		for _, c := range contract.Columns {
			columns = append(columns, c.Name+" "+c.Type)
		}
		if _, err := db.ExecContext(t.Context(), fmt.Sprintf("create table %s (%s)", name, strings.Join(columns, ", "))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.ExecContext(t.Context(), "insert into return_findings by name select '903' as return_name, 2027 as collection_year, 1 as person_id, '501' as rule_code, 'x' as words"); err != nil {
		t.Fatal(err)
	}
	said, err := statements(t.Context(), db, sql.Files, "ssda903", 1)
	if err != nil || len(said) != 1 || said[0].At.Format("2006-01-02") != "2026-04-01" {
		t.Errorf("explain says %v (%v)", said, err)
	}
}

// What stands on a day is told as a day: an episode of the return began on no midnight.
func TestADayIsToldAsADay(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 7, 11, 0, 0, 0, 0, time.UTC)
	for want, s := range map[string]Statement{"11 July 2026": {At: day}, "11 July 2026, 00:01": {At: day.Add(time.Minute)}} {
		if got := s.InWords(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	var out strings.Builder
	Explanation{Said: []Statement{{At: day, Subject: "return", Words: "begins"}, {At: day.Add(9 * time.Hour), Subject: "step", Words: "opened"}}}.Text(&out)
	if !strings.Contains(out.String(), "2026-07-11        return  begins\n2026-07-11 09:00  step    opened\n") {
		t.Error(out.String())
	}
}
