package linkage

import (
	"context"
	"fmt"
	"math"
)

// How much is looked at to learn, and what share of the pairs the deterministic rules are taken to find.
const (
	randomPairs   = 250_000
	sessionPairs  = 250_000
	assumedRecall = 0.7
)

// train learns the parameters: u from random pairs, m from blocks, the prior from how many matches each block holds.
func (e *engine) train(ctx context.Context) (Parameters, error) {
	certain, err := e.certain(ctx)
	if err != nil {
		return Parameters{}, err
	}
	random, err := e.random(ctx)
	if err != nil {
		return Parameters{}, err
	}
	rules := e.plan.sessions()
	if err := e.keys(ctx, rules, false); err != nil {
		return Parameters{}, err
	}
	sessions := make([]session, len(rules))
	for i, r := range rules {
		if sessions[i], err = e.session(ctx, i+1, r); err != nil {
			return Parameters{}, err
		}
	}
	all := e.allPairs()
	first := learn(e.plan.Comparisons, share(float64(certain)/assumedRecall, all), random, sessions)
	estimate := reconcile(float64(certain), matchesBySession(e.plan.Comparisons, first, random, sessions))
	learned := learn(e.plan.Comparisons, share(estimate.Matches, all), random, sessions)
	learned.Estimate = estimate
	if err := e.bearers(ctx, learned.Comparisons); err != nil {
		return Parameters{}, err
	}
	learned.Household, err = e.household(ctx, learned)
	return learned, err
}

// bearers counts who bears a value at all, and the squares of the bearers of each value: what rarity is measured by.
func (e *engine) bearers(ctx context.Context, learned []Learned) error {
	for i, c := range e.plan.Comparisons {
		query := fmt.Sprintf("select coalesce(sum(bearers), 0)::double, coalesce(sum(bearers * bearers), 0)::double from linkage.frequencies_%d", c.N)
		if err := e.db.QueryRowContext(ctx, query).Scan(&learned[i].Bearers, &learned[i].Squares); err != nil {
			return err
		}
	}
	return nil
}

// allPairs is how many pairs of records there are.
func (e *engine) allPairs() float64 {
	if e.plan.Dedupe {
		return float64(e.lefts) * float64(e.lefts-1) / 2
	}
	return float64(e.lefts) * float64(e.rights)
}

// share is how likely two records drawn at random are one person's.
func share(matches, all float64) float64 { return min(max(matches, 1)/max(all, 2), 0.5) }

// certain counts the pairs that the deterministic rules find.
func (e *engine) certain(ctx context.Context) (int64, error) {
	rules := e.plan.certainRules()
	if err := e.keys(ctx, rules, false); err != nil {
		return 0, err
	}
	var found int64
	for k := range rules {
		size, err := e.size(ctx, k+1, widestBlock, e.budget(), false)
		if err != nil {
			return 0, err
		}
		if err := e.narrow(ctx, k+1, size); err != nil {
			return 0, err
		}
		pairs, err := e.pairs(ctx, pairing{K: k + 1, Earlier: upTo(k), Slices: 1})
		if err != nil {
			return 0, err
		}
		found += pairs
	}
	return found, nil
}

// upTo are the rules before the one at place k.
func upTo(k int) []int {
	earlier := make([]int, k)
	for i := range earlier {
		earlier[i] = i + 1
	}
	return earlier
}

// random draws pairs by the seed and counts their patterns.
func (e *engine) random(ctx context.Context) ([]tally, error) {
	rights, from := e.rights, e.lefts
	if e.plan.Dedupe {
		rights, from = e.lefts, 0
	}
	err := e.run(ctx, "random_pairs", struct {
		plan
		All                                          bool
		Sample, LeftRows, RightRows, RightFrom, Seed int64
	}{e.plan, float64(e.lefts)*float64(rights) <= 2*randomPairs, randomPairs, max(e.lefts, 1), max(rights, 1), from, e.o.Seed})
	if err != nil {
		return nil, err
	}
	return e.tallies(ctx)
}

// session counts the patterns of one block, or of a part of its left records where the block is large.
func (e *engine) session(ctx context.Context, k int, r rule) (session, error) {
	s := session{name: r.Name}
	for _, c := range r.used {
		s.fixed = append(s.fixed, c.N)
	}
	size, err := e.size(ctx, k, widestBlock*100, math.MaxInt64/2, false)
	if err != nil {
		return s, err
	}
	if err := e.narrow(ctx, k, size); err != nil {
		return s, err
	}
	s.pairs = float64(size.pairs)
	if _, err := e.pairs(ctx, pairing{K: k, Slices: size.pairs/sessionPairs + 1}); err != nil {
		return s, err
	}
	s.tallies, err = e.tallies(ctx)
	return s, err
}

// tallies compares linkage.pairs and counts the patterns, in the order of the patterns.
func (e *engine) tallies(ctx context.Context) ([]tally, error) {
	if err := e.compare(ctx); err != nil {
		return nil, err
	}
	rows, err := e.db.QueryContext(ctx, "select pattern, count(*)::double from linkage.patterns group by pattern order by pattern")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []tally
	for rows.Next() {
		var t tally
		if err := rows.Scan(&t.pattern, &t.count); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}
