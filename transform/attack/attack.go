// Package attack reads a pack as somebody with a pencil would who wants its hidden numbers: it writes down each line that adds
// up and narrows every number by all the others, over and over, with what earlier packs showed beside it.
package attack

import "fmt"

// Cell is one number of a pack: what it is, and what its readers see of it. A category is part of the one that it is within,
// together with the others of its breakdown; a measure is part of another.
type Cell struct {
	Figure, Breakdown, Category, Within, Measure, PartOf string
	Value                                                int64 // the truth, which only says in the end whether the reader was right
	Rounded                                              int64 // as it is shown
	IsHidden                                             bool
}

// Key names a cell.
func (c Cell) Key() string { return c.Figure + "|" + c.Breakdown + "|" + c.Category + "|" + c.Measure }

// Rule is the one for small numbers that the reader knows of: 1 to HiddenTo are hidden, the rest is rounded.
type Rule struct{ HiddenTo, RoundTo int64 }

// bounds are the least and the most that a number can be.
type bounds struct{ low, high int64 }

const unbounded = int64(1) << 40

// Run returns the small numbers that only one value fits. The reader is told which numbers have not moved since the earlier
// pack, and so has what it showed of them.
func Run(now, before []Cell, rule Rule) []string {
	can := map[string]bounds{}
	for _, c := range now {
		can[c.Key()] = c.seen(rule)
	}
	was := map[string]Cell{}
	for _, c := range before {
		was[c.Key()] = c
	}
	for _, c := range now {
		if old, there := was[c.Key()]; there && old.Value == c.Value && !old.IsHidden {
			can[c.Key()] = old.seen(rule)
		}
	}
	lines := linesOf(now)
	for narrowed := true; narrowed; {
		narrowed = false
		for _, line := range lines {
			narrowed = line.narrow(can) || narrowed
		}
	}
	var found []string
	for _, c := range now {
		if b := can[c.Key()]; c.IsHidden && c.Value >= 1 && c.Value <= rule.HiddenTo && b == (bounds{c.Value, c.Value}) {
			found = append(found, fmt.Sprintf("%s = %d", c.Key(), b.low))
		}
	}
	return found
}

// seen is what a reader knows of a number by itself.
func (c Cell) seen(rule Rule) bounds {
	switch {
	case c.IsHidden: // a zero may be hidden too, for the sake of another number
		return bounds{0, unbounded}
	case c.Rounded == 0 && rule.RoundTo > 1: // rounded down, or none at all
		return bounds{0, rule.RoundTo / 2}
	}
	return bounds{c.Rounded - rule.RoundTo/2, c.Rounded + rule.RoundTo/2}
}

// line is a total and the parts that add up to it, by key.
type line struct {
	whole string
	parts []string
}

func linesOf(cells []Cell) (lines []line) {
	type place struct{ figure, breakdown, category, measure string }
	parts := map[place][]string{} // by the line that they belong to: breakdown is that of the parts
	for _, c := range cells {
		if c.Within != "" {
			at := place{c.Figure, c.Breakdown, c.Within, c.Measure}
			parts[at] = append(parts[at], c.Key())
		}
		if c.PartOf != "" {
			at := place{c.Figure, "measures of " + c.Breakdown, c.Category, c.PartOf}
			parts[at] = append(parts[at], c.Key())
		}
	}
	breakdowns := map[string]map[string]bool{}
	for _, c := range cells {
		if breakdowns[c.Figure] == nil {
			breakdowns[c.Figure] = map[string]bool{}
		}
		breakdowns[c.Figure][c.Breakdown] = true
	}
	for _, c := range cells {
		for breakdown := range breakdowns[c.Figure] {
			if found := parts[place{c.Figure, breakdown, c.Category, c.Measure}]; breakdown != c.Breakdown && len(found) > 0 {
				lines = append(lines, line{c.Key(), found})
			}
		}
		if found := parts[place{c.Figure, "measures of " + c.Breakdown, c.Category, c.Measure}]; len(found) > 0 {
			lines = append(lines, line{c.Key(), found})
		}
	}
	return lines
}

// narrow works each number of a line out from all the others.
func (l line) narrow(can map[string]bounds) (narrowed bool) {
	var low, high int64
	for _, p := range l.parts {
		low, high = low+can[p].low, min(high+can[p].high, unbounded)
	}
	set := func(key string, b bounds) {
		was := can[key]
		b = bounds{max(was.low, b.low), min(was.high, b.high)}
		if b != was && b.low <= b.high {
			can[key], narrowed = b, true
		}
	}
	total := can[l.whole]
	set(l.whole, bounds{low, high})
	for _, p := range l.parts {
		b := can[p]
		others := int64(0)
		for _, o := range l.parts {
			if o != p {
				others = min(others+can[o].high, unbounded)
			}
		}
		if others >= unbounded {
			others = unbounded
		}
		set(p, bounds{total.low - others, total.high - (low - b.low)})
	}
	return narrowed
}
