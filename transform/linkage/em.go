package linkage

import (
	"math"
	"slices"
)

// Parameters are what a run has learned and decides by: the same data gives the same parameters.
type Parameters struct {
	Prior       float64    `json:"prior"` // how likely two records drawn at random are one person's
	Comparisons []Learned  `json:"comparisons"`
	Sessions    []Training `json:"sessions"`
	Household   Household  `json:"household"`
	Estimate    Estimate   `json:"matches"` // how many matches there are, and by what
}

// Learned is one comparison's levels, by number; 0 (missing) says nothing.
type Learned struct {
	Name   string    `json:"name"`
	Kind   Kind      `json:"kind"`
	Levels []string  `json:"levels"`
	M      []float64 `json:"m"`      // how often records of one person reach the level
	U      []float64 `json:"u"`      // how often records of two people do
	Weight []float64 `json:"weight"` // log2(m/u), in bits

	Bearers float64 `json:"bearers"` // records that have a value
	Squares float64 `json:"squares"` // sum of the squares of the bearers of each value: by it a value is rare or common
}

// Training is one block that m was learned in.
type Training struct {
	Block   string  `json:"block"`
	Pairs   int64   `json:"pairs"`
	Matched float64 `json:"matched"` // share of them that is one person's, as learned
}

// tally is how many pairs have one pattern.
type tally struct {
	pattern int64
	count   float64
}

// session is a block's pairs by pattern; fixed comparisons are those that the block is made of.
type session struct {
	name    string
	pairs   float64 // that the block holds; tallies may be a part of them
	tallies []tally
	fixed   []int // comparison numbers
	lambda  float64
}

// How EM is held: rounds at most, where it stops, what replaces missing evidence, and how rare anything may be said to be.
const (
	mostRounds   = 200
	smallestStep = 1e-6
	usualPairs   = 5.0     // pseudo-pairs that agree as usual
	leastCustom  = 1.0 / 4 // of the usual share of each kind of variant of a name, however few the data shows
	leastM       = 5e-4    // a person's records differ in any way at least so often
	firstLambda  = 0.1
)

// learn finds m by expectation and maximisation over all sessions at once, each leaving out what its block fixes, and u from
// the random pairs, each counting by how unlikely it is to be one person's. Sums run in one order.
func learn(comparisons []comparison, prior float64, random []tally, sessions []session) Parameters {
	m := make([][]float64, len(comparisons))
	for i, c := range comparisons {
		m[i] = slices.Clone(usual(c.Kind))
	}
	u := chance(comparisons, random, func(int64) float64 { return 1 })
	for i := range sessions {
		sessions[i].lambda = firstLambda
	}
	for range mostRounds {
		next := maximise(comparisons, m, u, sessions)
		step := furthest(m, next)
		m = next
		u = chance(comparisons, random, func(pattern int64) float64 { return 1 - posterior(comparisons, m, u, prior, nil, pattern) })
		if step < smallestStep {
			break
		}
	}
	return parameters(comparisons, prior, m, u, sessions)
}

// maximise is one round: what m would be if each pair were one person's by its posterior.
func maximise(comparisons []comparison, m, u [][]float64, sessions []session) [][]float64 {
	next := make([][]float64, len(comparisons))
	for i, c := range comparisons {
		next[i] = make([]float64, len(m[i]))
		for level, share := range usual(c.Kind) {
			next[i][level] = usualPairs * share
		}
	}
	for s := range sessions {
		var matched, all float64
		for _, t := range sessions[s].tallies {
			expected := t.count * posterior(comparisons, m, u, sessions[s].lambda, sessions[s].fixed, t.pattern)
			matched, all = matched+expected, all+t.count
			for i, c := range comparisons {
				if level := c.level(t.pattern); level > 0 && !slices.Contains(sessions[s].fixed, c.N) {
					next[i][level] += expected
				}
			}
		}
		sessions[s].lambda = min(max(matched/max(all, 1), 1e-9), 1-1e-6)
	}
	for i := range next {
		next[i] = shares(next[i], leastM)
		if comparisons[i].IsName() { // the custom of a few must not be drowned by the many
			for level, share := range usual(comparisons[i].Kind) {
				if level != nameDifferent {
					next[i][level] = max(next[i][level], share*leastCustom)
				}
			}
		}
	}
	return next
}

// chance is how often pairs of two people reach each level.
func chance(comparisons []comparison, random []tally, weight func(int64) float64) [][]float64 {
	u := make([][]float64, len(comparisons))
	for i, c := range comparisons {
		u[i] = make([]float64, len(levelNames(c.Kind)))
	}
	for _, t := range random {
		count := t.count * weight(t.pattern)
		for i, c := range comparisons {
			if level := c.level(t.pattern); level > 0 {
				u[i][level] += count
			}
		}
	}
	for i := range u {
		for level := 1; level < len(u[i]); level++ {
			u[i][level] += 0.5 // never seen is not never
		}
		u[i] = shares(u[i], 0)
	}
	return u
}

// posterior is how likely a pair of the pattern is one person's.
func posterior(comparisons []comparison, m, u [][]float64, lambda float64, fixed []int, pattern int64) float64 {
	odds := math.Log(lambda) - math.Log1p(-lambda)
	for i, c := range comparisons {
		if level := c.level(pattern); level > 0 && !slices.Contains(fixed, c.N) {
			odds += math.Log(m[i][level] / u[i][level])
		}
	}
	return 1 / (1 + math.Exp(-odds))
}

// shares turns counts by level into shares, none below least; level 0 has none.
func shares(counts []float64, least float64) []float64 {
	var sum float64
	for _, count := range counts[1:] {
		sum += count
	}
	made := make([]float64, len(counts))
	for level := 1; level < len(counts); level++ {
		made[level] = max(counts[level]/max(sum, 1e-12), least)
	}
	return made
}

func furthest(old, next [][]float64) float64 {
	var furthest float64
	for i := range old {
		for level := range old[i] {
			furthest = max(furthest, math.Abs(old[i][level]-next[i][level]))
		}
	}
	return furthest
}

func parameters(comparisons []comparison, prior float64, m, u [][]float64, sessions []session) Parameters {
	p := Parameters{Prior: prior}
	for i, c := range comparisons {
		p.Comparisons = append(p.Comparisons, Learned{Name: c.Name, Kind: c.Kind, Levels: levelNames(c.Kind), M: m[i], U: u[i], Weight: weights(c.Kind, m[i], u[i])})
	}
	for _, s := range sessions {
		t := Training{Block: s.name, Matched: s.lambda}
		for _, one := range s.tallies {
			t.Pairs += int64(one.count)
		}
		p.Sessions = append(p.Sessions, t)
	}
	return p
}

// rarestYear is the least share of pairs of two people that agree in the year of birth.
const rarestYear = 1.0 / 150

// weights are log2(m/u) by level. A lesser agreement says less than sameness; not so where one side writes all given names and the
// other the first. And a default date says no more than its year.
func weights(kind Kind, m, u []float64) []float64 {
	made := make([]float64, len(m))
	for level := 1; level < len(m); level++ {
		made[level] = math.Log2(m[level] / u[level])
		if level > levelSame && !(kind == Given && level == namePart) {
			made[level] = min(made[level], max(made[levelSame]-1, 0))
		}
	}
	if kind == Date {
		made[dateDefault] = min(made[dateDefault], math.Log2(m[levelSame]/max(u[dateYearSame], rarestYear)))
	}
	return made
}
