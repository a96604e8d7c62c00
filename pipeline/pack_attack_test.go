package pipeline

import (
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"careshare/pipeline/exit"
	"careshare/pipeline/relations"
	"careshare/reports"
	"careshare/transform/attack"
)

// TestNoReaderOfThePacksFindsAHiddenNumber attacks two packs of a borough, a week apart, as they were published, and then as
// if what they show were exact. With one number shown that is hidden for the sake of a small one, the attack must win.
func TestNoReaderOfThePacksFindsAHiddenNumber(t *testing.T) {
	t.Parallel()
	w := published(t)
	before := w.shownCells(t)
	if code := w.run("run", "--config", w.config(), "--as-at", "2026-11-08T07:00:00Z"); code != exit.Quarantined {
		t.Fatalf("run ended with %d: %s", code, w.stderr)
	}
	now := w.shownCells(t)
	small, secondary := 0, []int{}
	for i, c := range now {
		switch {
		case c.IsHidden && c.Value >= 1 && c.Value <= 7:
			small++
		case c.IsHidden:
			secondary = append(secondary, i)
		}
	}
	t.Logf("%d numbers, %d small ones hidden and %d others with them", len(now), small, len(secondary))
	if small < 50 || len(secondary) < 10 {
		t.Fatal("the packs hide too little to be worth attacking")
	}
	for _, pack := range [][]attack.Cell{now, before} {
		if found := attack.Run(pack, nil, attack.Rule{HiddenTo: 7, RoundTo: 5}); len(found) > 0 {
			t.Errorf("as published: %v can be worked out", found)
		}
	}
	exact := attack.Rule{HiddenTo: 7, RoundTo: 1}
	now, before = exactly(now), exactly(before)
	if found := attack.Run(now, before, exact); len(found) > 0 {
		t.Errorf("with the pack before: %v can be worked out", found)
	}
	won := 0
	for _, i := range secondary {
		planted := slices.Clone(now)
		planted[i].IsHidden = false
		if len(attack.Run(planted, before, exact)) > 0 {
			won++
		}
	}
	t.Logf("shown alone, %d of %d would give a small number back", won, len(secondary))
	if won < len(secondary)/4 {
		t.Errorf("only %d of %d planted faults were found", won, len(secondary))
	}
	w.showsNoHiddenNumber(t, now)
}

// shownCells are the current snapshot's figures, the truth beside what is published.
func (w world) shownCells(t *testing.T) (cells []attack.Cell) {
	t.Helper()
	for _, row := range w.query(t, `select truth.figure, truth.breakdown, truth.category, coalesce(truth.within, ''), truth.measure, coalesce(truth.part_of, ''),
		truth.value, coalesce(figures.value, -1), figures._status
		from `+w.trusted("bi", "figures")+` as figures
		inner join read_parquet('`+filepath.Join(w.current(), "refined", "int_figures", "part-0.parquet")+`') as truth using (figure, breakdown, category, measure)
		where truth.is_about_people`) {
		c := attack.Cell{Figure: row[0], Breakdown: row[1], Category: row[2], Within: row[3], Measure: row[4], PartOf: row[5], IsHidden: row[8] == "suppressed"}
		c.Value, _ = strconv.ParseInt(row[6], 10, 64)
		c.Rounded, _ = strconv.ParseInt(row[7], 10, 64)
		if c.IsHidden != (c.Rounded == -1) {
			t.Fatalf("%s is %s and has the number %d", c.Key(), row[8], c.Rounded)
		}
		cells = append(cells, c)
	}
	return cells
}

// exactly lends the reader the exact numbers of what is shown.
func exactly(cells []attack.Cell) []attack.Cell {
	exact := slices.Clone(cells)
	for i := range exact {
		exact[i].Rounded = exact[i].Value
	}
	return exact
}

// showsNoHiddenNumber reads the workbook, which has every number of the pack's tables: as many are marked as suppressed as the pack
// hides, of those that stand in one table whatever the period.
func (w world) showsNoHiddenNumber(t *testing.T, cells []attack.Cell) {
	t.Helper()
	tables := map[string]string{"nhs_number_standing": "standing", "integrated_records_by_field": "field", "cpis_accesses": "place", "cpis_due": "team", "cpis_first_looks": "team"}
	hidden := 0
	for _, c := range cells {
		if c.IsHidden && tables[c.Figure] == c.Breakdown {
			hidden++
		}
	}
	if hidden < 10 {
		t.Fatalf("only %d hidden numbers to look for", hidden)
	}
	for _, period := range relations.PackPeriods {
		marked := 0
		path := filepath.Join(w.current(), "reports", "managers-pack", "managers-pack-"+period+".xlsx")
		if err := reports.ReadWorkbook(path, func(_ string, _ int, cells []string) error {
			if len(cells) > 4 && cells[4] == "[c]" {
				marked++
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if marked < hidden {
			t.Errorf("the %sly workbook marks %d numbers as suppressed, the pack hides %d", period, marked, hidden)
		}
	}
}
