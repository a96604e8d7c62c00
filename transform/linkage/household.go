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
}

// What stands in for evidence: as if two pairs of one person and one of relatives had been seen; and as many twins among
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
		return shareOut(Household{}), nil
	}
	if err := e.keys(ctx, []rule{r}); err != nil {
		return Household{}, err
	}
	s, err := e.session(ctx, 1, r)
	if err != nil {
		return Household{}, err
	}
	expected := mix(e.plan.Comparisons, p, s)
	return shareOut(Household{Block: r.Name, Matches: expected[samePerson], Others: expected[relatives], Twins: expected[twins]}), nil
}

func shareOut(h Household) Household {
	others := h.Others + usualRelatives
	h.Relative = math.Log2((h.Matches + usualMatches) / others)
	h.Twin = math.Log2((h.Matches + usualMatches) / (h.Twins + twinsShare*others))
	return h
}

// householdRule is family name with postcode, or with the most telling text.
func (p plan) householdRule(learned Parameters) (rule, bool) {
	family := p.parts(Family, "family", "r.v%")
	if rules := cross(family, p.parts(Postcode, "postcode", p.onePostcode())); len(rules) > 0 {
		return rules[0], true
	}
	rules := cross(family, p.parts(Text, "%", "r.v%"))
	if len(rules) == 0 {
		return rule{}, false
	}
	return slices.MinFunc(rules, func(x, y rule) int {
		return int(math.Copysign(1, learned.Comparisons[x.used[1].N-1].U[1]-learned.Comparisons[y.used[1].N-1].U[1]))
	}), true
}

// mix finds how many pairs of a session came together in each way, by expectation and maximisation over the four shares alone.
func mix(comparisons []comparison, p Parameters, s session) [ways]float64 {
	likelihoods := make([][ways]float64, len(s.tallies))
	var all float64
	for i, t := range s.tallies {
		likelihoods[i] = likelihood(comparisons, p, s.fixed, t.pattern)
		all += t.count
	}
	expected := [ways]float64{all / ways, all / ways, all / ways, all / ways}
	for range mostRounds {
		var next [ways]float64
		for i, t := range s.tallies {
			var sum float64
			for way := range ways {
				sum += expected[way] * likelihoods[i][way]
			}
			for way := range ways {
				next[way] += t.count * expected[way] * likelihoods[i][way] / max(sum, math.SmallestNonzeroFloat64)
			}
		}
		expected = next
	}
	return expected
}

// likelihood is how likely a pattern is in each way: relatives share what is not personal, twins the birth date too.
func likelihood(comparisons []comparison, p Parameters, fixed []int, pattern int64) [ways]float64 {
	made := [ways]float64{1, 1, 1, 1}
	for i, c := range comparisons {
		level := c.level(pattern)
		if level == 0 || slices.Contains(fixed, c.N) {
			continue
		}
		m, u := p.Comparisons[i].M[level], p.Comparisons[i].U[level]
		made[samePerson] *= m
		made[strangers] *= u
		if c.IsPersonal() {
			made[relatives] *= u
		} else {
			made[relatives] *= m
		}
		if c.IsPersonal() && c.Kind != Date {
			made[twins] *= u
		} else {
			made[twins] *= m
		}
	}
	return made
}
