package pipeline

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"careshare/pipeline/exit"
	"careshare/pipeline/relations"
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

// showsNoHiddenNumber reads the page: as many numbers are marked as suppressed as the pack hides.
func (w world) showsNoHiddenNumber(t *testing.T, cells []attack.Cell) {
	t.Helper()
	for _, period := range relations.PackPeriods {
		page, err := os.ReadFile(filepath.Join(w.current(), "reports", "managers-pack", "managers-pack-"+period+".html"))
		if err != nil {
			t.Fatal(err)
		}
		hidden := 0
		for _, c := range cells {
			_, of, isFlow := strings.Cut(c.Measure, " in the ")
			if c.IsHidden && (!isFlow || of == period) {
				hidden++
			}
		}
		if marked := strings.Count(string(page), `class="n">[c]`); marked < hidden {
			t.Errorf("the %sly page marks %d numbers as suppressed, the pack hides %d", period, marked, hidden)
		}
	}
}
