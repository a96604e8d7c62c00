package transform

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"careshare/sql"
	"careshare/transform/attack"
)

// TestNoSumGivesAHiddenNumberBack attacks made-up packs as a reader with a pencil would: it writes each line that adds
// up, and narrows every hidden number by all the others, over and over. Without rounding, where the attack is strongest.
func TestNoSumGivesAHiddenNumberBack(t *testing.T) {
	for _, roundTo := range []int64{1, 5} {
		for seed := range uint64(12) {
			cells := suppressed(t, madeUp(rand.New(rand.NewPCG(seed, 7))), nil, roundTo)
			if found := attack.Run(cells, nil, attack.Rule{HiddenTo: 7, RoundTo: roundTo}); len(found) > 0 {
				t.Errorf("rounded to %d, seed %d: %v can be worked out", roundTo, seed, found)
			}
		}
	}
}

// TestTheAttackWorks sees it succeed where only the small numbers themselves are hidden.
func TestTheAttackWorks(t *testing.T) {
	won := 0
	for seed := range uint64(12) {
		cells := suppressed(t, madeUp(rand.New(rand.NewPCG(seed, 7))), nil, 1)
		for i := range cells {
			cells[i].IsHidden = cells[i].Value >= 1 && cells[i].Value <= 7
		}
		won += len(attack.Run(cells, nil, attack.Rule{HiddenTo: 7, RoundTo: 1}))
	}
	if won < 5 {
		t.Errorf("the attack worked out only %d numbers", won)
	}
}

// TestThePreviousPackGivesNothingBack lets one number fall to a small one, and lends the reader the previous pack for all
// that did not move.
func TestThePreviousPackGivesNothingBack(t *testing.T) {
	won := 0
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 8))
		before := suppressed(t, madeUp(random), nil, 1)
		now := slices.Clone(before)
		fall(now, random)
		forgetful := suppressed(t, now, nil, 1)
		won += len(attack.Run(forgetful, before, attack.Rule{HiddenTo: 7, RoundTo: 1}))
		now = suppressed(t, now, before, 1)
		if found := attack.Run(now, before, attack.Rule{HiddenTo: 7, RoundTo: 1}); len(found) > 0 {
			t.Errorf("seed %d: %v can be worked out", seed, found)
		}
		rise := slices.Clone(now)
		for i := range rise { // what was small grows: what was hidden beside it must not show its old value
			if rise[i].IsHidden && rise[i].Value <= 7 && rise[i].Category != "all" && rise[i].PartOf != "" {
				grow(rise, i, 20)
			}
		}
		rise = suppressed(t, rise, now, 1)
		for i := range rise {
			if now[i].IsHidden && !rise[i].IsHidden && rise[i].Value == now[i].Value {
				t.Errorf("seed %d: %s was hidden, did not move, and is shown", seed, rise[i].Key())
			}
		}
	}
	if won == 0 {
		t.Error("the attack works out nothing even where the previous pack is forgotten")
	}
}

// madeUp is a pack of eight teams and three answers that add up, with a good many small numbers.
func madeUp(random *rand.Rand) []attack.Cell {
	answers := []string{"given", "refused", "unclear"}
	var cells []attack.Cell
	sums := map[string]int64{}
	for team := range 8 {
		name, asked := fmt.Sprintf("team %d", team), int64(0)
		for _, answer := range answers {
			value := random.Int64N(30)
			if random.IntN(4) == 0 {
				value = random.Int64N(8)
			}
			asked += value
			sums[answer] += value
			cells = append(cells, attack.Cell{Breakdown: "team", Category: name, Within: "all", Measure: answer, PartOf: "asked", Value: value})
		}
		sums["asked"] += asked
		cells = append(cells, attack.Cell{Breakdown: "team", Category: name, Within: "all", Measure: "asked", Value: asked})
	}
	for _, answer := range answers {
		cells = append(cells, attack.Cell{Breakdown: "all", Category: "all", Measure: answer, PartOf: "asked", Value: sums[answer]})
	}
	return append(cells, attack.Cell{Breakdown: "all", Category: "all", Measure: "asked", Value: sums["asked"]})
}

// fall makes one shown number small, with all that it is part of.
func fall(cells []attack.Cell, random *rand.Rand) {
	for _, i := range random.Perm(len(cells)) {
		if c := cells[i]; c.Category != "all" && c.PartOf != "" && !c.IsHidden && c.Value > 8 {
			grow(cells, i, 3-c.Value)
			return
		}
	}
}

// grow adds to a number and to all that it is part of.
func grow(cells []attack.Cell, at int, by int64) {
	c := cells[at]
	for i := range cells {
		sameOrAll := cells[i].Category == c.Category || cells[i].Category == "all"
		if sameOrAll && (cells[i].Measure == c.Measure || cells[i].Measure == "asked") {
			cells[i].Value += by
		}
	}
}

var shipped = sync.OnceValues(func() (Models, error) { return Load(sql.Files) })

// suppressed runs the model int_figures over the cells.
func suppressed(t *testing.T, cells, before []attack.Cell, roundTo int64) []attack.Cell {
	t.Helper()
	models, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	model := models.Tables[slices.IndexFunc(models.Tables, func(m Model) bool { return m.Name == "int_figures" })]
	db := open(t)
	defer db.Close()
	exec := func(query string, args ...any) {
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("create schema config")
	exec("create schema previous")
	exec("create table config.small_numbers as select 'test' as preset, 1::bigint as hidden_from, 7::bigint as hidden_to, ?::bigint as round_to", roundTo)
	exec("create table int_figure_cells (figure varchar, breakdown varchar, category varchar, within varchar, measure varchar, part_of varchar, value bigint, is_about_people boolean)")
	exec("create table previous.figures (release varchar, figure varchar, breakdown varchar, category varchar, measure varchar, value bigint, is_hidden boolean)")
	for _, c := range cells {
		exec("insert into int_figure_cells values ('f', ?, ?, nullif(?, ''), ?, nullif(?, ''), ?, true)", c.Breakdown, c.Category, c.Within, c.Measure, c.PartOf, c.Value)
	}
	for _, c := range before {
		exec("insert into previous.figures values ('newest', 'f', ?, ?, ?, ?, ?)", c.Breakdown, c.Category, c.Measure, c.Value, c.IsHidden)
	}
	exec("create table made as " + model.Query)
	made := slices.Clone(cells)
	for i, c := range made {
		row := db.QueryRow("select rounded, is_hidden from made where breakdown = ? and category = ? and measure = ?", c.Breakdown, c.Category, c.Measure)
		if err := row.Scan(&made[i].Rounded, &made[i].IsHidden); err != nil {
			t.Fatal(err)
		}
	}
	return made
}
