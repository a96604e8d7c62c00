package linkage

import (
	"math"
	"slices"
)

// Estimate is how many pairs of records are one person's, by several blocks.
type Estimate struct {
	Matches    float64         `json:"matches"` // the figure that the prior is made of
	Certain    float64         `json:"certain"` // pairs that the deterministic rules find
	Blocks     []BlockEstimate `json:"blocks"`
	IsDisputed bool            `json:"is_disputed"` // the blocks differ by more than mostDispute; the lowest that covers the certain pairs is used
}

// BlockEstimate is the number of matches by what one block holds of them.
type BlockEstimate struct {
	Block   string  `json:"block"`
	Matches float64 `json:"matches"`
}

// mostDispute is how many times one block's estimate may be another's.
const mostDispute = 4

// matchesBySession is how many matches there are in all by each session: those that the block holds, divided by how often a pair of
// one person is in it.
func matchesBySession(comparisons []comparison, p Parameters, random []tally, sessions []session) []BlockEstimate {
	present := presence(comparisons, random)
	var all []BlockEstimate
	for _, s := range sessions {
		held := s.pairs * s.lambda
		for i, c := range comparisons {
			if slices.Contains(s.fixed, c.N) {
				held /= max(present[i]*p.Comparisons[i].M[levelSame], 0.05)
			}
		}
		if s.pairs > 0 {
			all = append(all, BlockEstimate{s.name, held})
		}
	}
	return all
}

// presence is how often both records of a pair have a value.
func presence(comparisons []comparison, random []tally) []float64 {
	made := make([]float64, len(comparisons))
	var all float64
	for _, t := range random {
		all += t.count
		for i, c := range comparisons {
			if c.level(t.pattern) > 0 {
				made[i] += t.count
			}
		}
	}
	for i := range made {
		made[i] /= max(all, 1)
	}
	return made
}

// reconcile takes the median of the blocks' estimates. Where they disagree it takes the lowest, which links fewer. What is certain
// is there in any case.
func reconcile(certain float64, blocks []BlockEstimate) Estimate {
	e := Estimate{Matches: certain, Certain: certain, Blocks: blocks}
	var sizes []float64
	for _, b := range blocks {
		sizes = append(sizes, b.Matches)
	}
	if len(sizes) == 0 {
		return e
	}
	slices.Sort(sizes)
	lowest, highest := sizes[0], sizes[len(sizes)-1]
	e.IsDisputed = highest > mostDispute*max(lowest, 1)
	middle := math.Sqrt(max(sizes[(len(sizes)-1)/2], 1e-9) * max(sizes[len(sizes)/2], 1e-9))
	if e.IsDisputed {
		middle = lowest
	}
	e.Matches = max(middle, certain)
	return e
}
