package linkage

import (
	"context"
	"math"
	"slices"
)

// Household says how many relatives and twins this data holds beside records of one person, among those who share family name
// and place. A pair that could be two relatives must outweigh that many.
type Household struct {
	Block    string  `json:"block"`         // what the pairs share; empty: nothing to learn by, and the usual shares stand
	Matches  float64 `json:"matches"`       // pairs of one person's records, as expected
	Others   float64 `json:"relatives"`     // pairs of relatives
	Twins    float64 `json:"twins"`         // of one birth date
	Relative float64 `json:"relative_bits"` // log2(matches/relatives), with the usual shares where there is little evidence
	Twin     float64 `json:"twin_bits"`

	Own [][]float64 `json:"own"` // how often relatives reach each level, by comparison
}

// What replaces missing evidence: as if two pairs of one person and one of relatives had been seen; and as many twins among
// relatives as there are among siblings and parents, one in sixteen, beside those that are seen.
const (
	usualMatches   = 2.0
	usualRelatives = 1.0
	twinsShare     = 1.0 / 16
)

// The four ways in which two records of one block may have come together.
const (
	samePerson = iota
	strangers
	relatives
	twins
	ways
)

// household learns from a block that relatives share by its nature, in which one person's records lie as often as elsewhere.
func (e *engine) household(ctx context.Context, p Parameters) (Household, error) {
	r, found := e.plan.householdRule(p)
	if !found {
		return newMixture(e.plan.Comparisons, p, 0).household(""), nil
	}
	if err := e.keys(ctx, []rule{r}, false); err != nil {
		return Household{}, err
	}
	s, err := e.session(ctx, 1, r)
	if err != nil {
		return Household{}, err
	}
	return mix(e.plan.Comparisons, p, s).household(r.Name), nil
}

// householdRule is family name with postcode, or with the most telling text.
func (p plan) householdRule(learned Parameters) (rule, bool) {
	family := p.parts(Family, "family", "r.t%")
	if rules := cross(family, p.parts(Postcode, "postcode", p.onePostcode())); len(rules) > 0 {
		return rules[0], true
	}
	rules := cross(family, p.parts(Text, "%", "r.t%"))
	if len(rules) == 0 {
		return rule{}, false
	}
	return slices.MinFunc(rules, func(x, y rule) int {
		return int(math.Copysign(1, learned.Comparisons[x.used[1].N-1].U[1]-learned.Comparisons[y.used[1].N-1].U[1]))
	}), true
}

// mixture is how the pairs of a block came together, and how often two relatives agree in what is each one's own: seldom
// by given name, since parents avoid it, and often by the year of birth.
type mixture struct {
	expected [ways]float64
	own      [][]float64 // by comparison and level; for personal comparisons only
}

func newMixture(comparisons []comparison, p Parameters, pairs float64) mixture {
	x := mixture{expected: [ways]float64{pairs / ways, pairs / ways, pairs / ways, pairs / ways}, own: make([][]float64, len(comparisons))}
	for i := range comparisons {
		x.own[i] = p.Comparisons[i].U
	}
	return x
}

// mix learns a mixture by expectation and maximisation; m and u stand.
func mix(comparisons []comparison, p Parameters, s session) mixture {
	var all float64
	for _, t := range s.tallies {
		all += t.count
	}
	x := newMixture(comparisons, p, all)
	for range mostRounds {
		x = x.next(comparisons, p, s)
	}
	return x
}

func (x mixture) next(comparisons []comparison, p Parameters, s session) mixture {
	next := mixture{own: make([][]float64, len(comparisons))}
	for i := range comparisons {
		next.own[i] = make([]float64, len(p.Comparisons[i].U))
		for level, share := range p.Comparisons[i].U {
			next.own[i][level] = usualPairs * share
		}
	}
	for _, t := range s.tallies {
		likelihoods := x.likelihood(comparisons, p, s.fixed, t.pattern)
		var sum float64
		for way := range ways {
			sum += x.expected[way] * likelihoods[way]
		}
		for way := range ways {
			next.expected[way] += t.count * x.expected[way] * likelihoods[way] / max(sum, math.SmallestNonzeroFloat64)
		}
		related := t.count * x.expected[relatives] * likelihoods[relatives] / max(sum, math.SmallestNonzeroFloat64)
		for i, c := range comparisons {
			if level := c.level(t.pattern); level > 0 {
				next.own[i][level] += related
			}
		}
	}
	for i := range next.own {
		next.own[i] = shares(next.own[i], 0)
	}
	return next
}

// likelihood is how likely a pattern is in each way: relatives share what is not personal, twins the birth date too.
func (x mixture) likelihood(comparisons []comparison, p Parameters, fixed []int, pattern int64) [ways]float64 {
	made := [ways]float64{1, 1, 1, 1}
	for i, c := range comparisons {
		level := c.level(pattern)
		if level == 0 || slices.Contains(fixed, c.N) {
			continue
		}
		m, u, own := p.Comparisons[i].M[level], p.Comparisons[i].U[level], p.Comparisons[i].M[level]
		if c.IsPersonal() {
			own = x.own[i][level]
		}
		made[samePerson] *= m
		made[strangers] *= u
		made[relatives] *= own
		if c.Kind == Date {
			own = m
		}
		made[twins] *= own
	}
	return made
}

// household is what the mixture says of relatives and twins, in bits.
func (x mixture) household(block string) Household {
	h := Household{Block: block, Matches: x.expected[samePerson], Others: x.expected[relatives], Twins: x.expected[twins], Own: x.own}
	others := h.Others + usualRelatives
	h.Relative = math.Log2((h.Matches + usualMatches) / others)
	h.Twin = math.Log2((h.Matches + usualMatches) / (h.Twins + twinsShare*others))
	return h
}
