package transform

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"careshare/sql"
)

// cell is one number of a made-up pack, and what its readers see of it.
type cell struct {
	breakdown, category, within, measure, partOf string
	value                                        int64
	rounded                                      int64
	isHidden                                     bool
}

func (c cell) key() string { return c.breakdown + "|" + c.category + "|" + c.measure }

// TestNoSumGivesAHiddenNumberBack attacks made-up packs as a reader with a pencil would: it writes each line that adds
// up, and narrows every hidden number by all the others, over and over. Without rounding, where the attack is strongest.
func TestNoSumGivesAHiddenNumberBack(t *testing.T) {
	for _, roundTo := range []int64{1, 5} {
		for seed := range uint64(12) {
			cells := suppressed(t, madeUp(rand.New(rand.NewPCG(seed, 7))), nil, roundTo)
			if found := attack(cells, nil, roundTo); len(found) > 0 {
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
			cells[i].isHidden = cells[i].value >= 1 && cells[i].value <= 7
		}
		won += len(attack(cells, nil, 1))
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
		won += len(attack(forgetful, before, 1))
		now = suppressed(t, now, before, 1)
		if found := attack(now, before, 1); len(found) > 0 {
			t.Errorf("seed %d: %v can be worked out", seed, found)
		}
		rise := slices.Clone(now)
		for i := range rise { // what was small grows: what was hidden beside it must not show its old value
			if rise[i].isHidden && rise[i].value <= 7 && rise[i].category != "all" && rise[i].partOf != "" {
				grow(rise, i, 20)
			}
		}
		rise = suppressed(t, rise, now, 1)
		for i := range rise {
			if now[i].isHidden && !rise[i].isHidden && rise[i].value == now[i].value {
				t.Errorf("seed %d: %s was hidden, did not move, and is shown", seed, rise[i].key())
			}
		}
	}
	if won == 0 {
		t.Error("the attack works out nothing even where the previous pack is forgotten")
	}
}

// madeUp is a pack of eight teams and three answers that add up, with a good many small numbers.
func madeUp(random *rand.Rand) []cell {
	answers := []string{"given", "refused", "unclear"}
	var cells []cell
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
			cells = append(cells, cell{breakdown: "team", category: name, within: "all", measure: answer, partOf: "asked", value: value})
		}
		sums["asked"] += asked
		cells = append(cells, cell{breakdown: "team", category: name, within: "all", measure: "asked", value: asked})
	}
	for _, answer := range answers {
		cells = append(cells, cell{breakdown: "all", category: "all", measure: answer, partOf: "asked", value: sums[answer]})
	}
	return append(cells, cell{breakdown: "all", category: "all", measure: "asked", value: sums["asked"]})
}

// fall makes one shown number small, with all that it is part of.
func fall(cells []cell, random *rand.Rand) {
	for _, i := range random.Perm(len(cells)) {
		if c := cells[i]; c.category != "all" && c.partOf != "" && !c.isHidden && c.value > 8 {
			grow(cells, i, 3-c.value)
			return
		}
	}
}

// grow adds to a number and to all that it is part of.
func grow(cells []cell, at int, by int64) {
	c := cells[at]
	for i := range cells {
		sameOrAll := cells[i].category == c.category || cells[i].category == "all"
		if sameOrAll && (cells[i].measure == c.measure || cells[i].measure == "asked") {
			cells[i].value += by
		}
	}
}

var shipped = sync.OnceValues(func() (Models, error) { return Load(sql.Files) })

// suppressed runs the model int_figures over the cells.
func suppressed(t *testing.T, cells, before []cell, roundTo int64) []cell {
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
	exec("create table previous.figures (figure varchar, breakdown varchar, category varchar, measure varchar, value bigint, is_hidden boolean)")
	for _, c := range cells {
		exec("insert into int_figure_cells values ('f', ?, ?, nullif(?, ''), ?, nullif(?, ''), ?, true)", c.breakdown, c.category, c.within, c.measure, c.partOf, c.value)
	}
	for _, c := range before {
		exec("insert into previous.figures values ('f', ?, ?, ?, ?, ?)", c.breakdown, c.category, c.measure, c.value, c.isHidden)
	}
	exec("create table made as " + model.Query)
	made := slices.Clone(cells)
	for i, c := range made {
		row := db.QueryRow("select rounded, is_hidden from made where breakdown = ? and category = ? and measure = ?", c.breakdown, c.category, c.measure)
		if err := row.Scan(&made[i].rounded, &made[i].isHidden); err != nil {
			t.Fatal(err)
		}
	}
	return made
}

// bounds are the least and the most that a number can be.
type bounds struct{ low, high int64 }

const unbounded = int64(1) << 40

// attack returns the small numbers that only one value fits.
func attack(now, before []cell, roundTo int64) []string {
	can := map[string]bounds{}
	for _, c := range now {
		can[c.key()] = c.seen(roundTo)
	}
	for i, c := range before {
		if now[i].value == c.value && !c.isHidden {
			can[c.key()] = c.seen(roundTo) // it has not moved, and was shown then
		}
	}
	for narrowed := true; narrowed; {
		narrowed = false
		for _, whole := range now {
			for _, parts := range [][]cell{partsOf(now, whole, true), partsOf(now, whole, false)} {
				narrowed = narrow(can, whole, parts) || narrowed
			}
		}
	}
	var found []string
	for _, c := range now {
		if b := can[c.key()]; c.isHidden && c.value >= 1 && c.value <= 7 && b.low == b.high {
			found = append(found, fmt.Sprintf("%s = %d", c.key(), b.low))
		}
	}
	return found
}

// seen is what a reader knows of a number by itself.
func (c cell) seen(roundTo int64) bounds {
	switch {
	case c.isHidden:
		return bounds{1, unbounded}
	case c.rounded == 0:
		return bounds{}
	}
	return bounds{c.rounded - roundTo/2, c.rounded + roundTo/2}
}

func partsOf(cells []cell, whole cell, byCategory bool) (parts []cell) {
	for _, c := range cells {
		if byCategory && c.within == whole.category && c.measure == whole.measure ||
			!byCategory && c.partOf == whole.measure && c.category == whole.category {
			parts = append(parts, c)
		}
	}
	return parts
}

// narrow works each number of a line out from all the others.
func narrow(can map[string]bounds, whole cell, parts []cell) (narrowed bool) {
	if len(parts) == 0 {
		return false
	}
	var low, high int64
	for _, p := range parts {
		low, high = low+can[p.key()].low, high+can[p.key()].high
	}
	set := func(key string, b bounds) {
		was := can[key]
		b = bounds{max(was.low, b.low), min(was.high, b.high)}
		if b != was && b.low <= b.high {
			can[key], narrowed = b, true
		}
	}
	total := can[whole.key()]
	set(whole.key(), bounds{low, high})
	for _, p := range parts {
		b := can[p.key()]
		set(p.key(), bounds{total.low - (high - b.high), total.high - (low - b.low)})
	}
	return narrowed
}
