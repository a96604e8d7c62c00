package returns

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"
	"careshare/reports/returns"
	"careshare/sql"
)

// Who makes a return of a year whose specification came after this version is told so.
func TestBeyondSpecification(t *testing.T) {
	t.Parallel()
	council := t.TempDir()
	if _, err := config.WriteTemplates(council); err != nil {
		t.Fatal(err)
	}
	settings, err := config.Read(filepath.Join(council, "careshare.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for of, isBeyond := range map[config.Period]bool{
		{Return: "903", Year: 2024}: true, {Return: "903", Year: 2025}: false, {Return: "903", Year: 2027}: false, {Return: "903", Year: 2028}: true,
		{Return: "cin", Year: 2026}: false, {Return: "cin", Year: 2027}: true,
		{Return: "cld", Year: 2030}: false, {Return: "annex-a", Year: 2030}: false,
	} {
		beyond, err := beyondSpecification(settings, of)
		if err != nil || (beyond != "") != isBeyond {
			t.Errorf("%s %d: %q, %v", of.Return, of.Year, beyond, err)
		}
		var printed strings.Builder
		Returned{Period: of, Beyond: beyond}.Text(&printed)
		if strings.Contains(printed.String(), "Beware: careshare has the specification of") != isBeyond {
			t.Errorf("%s %d prints %q", of.Return, of.Year, printed.String())
		}
	}
}

// The census's message names no zone: in summer it is told by the clock of those who read it, on their day.
func TestTheCensusIsDatedByLondonsClock(t *testing.T) {
	t.Parallel()
	db, err := sql.Open(t.Context(), sql.Options{Memory: "64MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "create table cin_header as select 2027 as collection_year, date '2027-03-31' as reference_date, '204' as authority_number"); err != nil {
		t.Fatal(err)
	}
	from := snapshot.Source{DB: db, Manifest: lake.Manifest{AsAt: time.Date(2026, time.July, 31, 23, 30, 0, 0, time.UTC)}}
	got, err := census(t.Context(), from, config.Period{Year: 2027})
	if want := (returns.CIN{Year: 2027, ReferenceDate: "2027-03-31", LEA: "204", DateTime: "2026-08-01T00:30:00"}); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}
