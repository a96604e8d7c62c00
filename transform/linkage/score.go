package linkage

import (
	"context"
	"math"
	"strconv"
)

// weighing is what weights.sql and score.sql need.
type weighing struct {
	plan
	Prior, Relative, Twin, Keep float64
	Weights                     map[int][]float64 // by comparison number
	Against                     map[int][]float64 // the same against relatives, for personal comparisons
	Steps                       []step
	Rule                        int
}

func (e *engine) weighing(p Parameters) weighing {
	w := weighing{plan: e.plan, Prior: math.Log2(p.Prior / (1 - p.Prior)), Relative: p.Household.Relative, Twin: p.Household.Twin, Keep: e.o.Keep,
		Weights: map[int][]float64{}, Against: map[int][]float64{}, Steps: e.plan.steps()}
	for i, c := range e.plan.Comparisons {
		w.Weights[c.N] = eight(p.Comparisons[i].Weight)
		w.Against[c.N] = eight(weights(p.Comparisons[i].M, p.Household.own[i]))
	}
	if !e.plan.hasPersonal() { // nothing tells relatives apart: the model has no word on it
		w.Relative, w.Twin = math.MaxInt16, math.MaxInt16
	}
	return w
}

// eight fills up to the eight levels that three bits can say.
func eight(weights []float64) []float64 {
	return append(weights[:len(weights):len(weights)], make([]float64, 8-len(weights))...)
}

func (p plan) hasPersonal() bool {
	for _, c := range p.Comparisons {
		if c.Kind == Given || c.Kind == Date || c.Kind == Identifier {
			return true
		}
	}
	return false
}

// score compares the candidates of every rule and keeps those that are worth it in linkage.scored.
func (e *engine) score(ctx context.Context, r *Result) error {
	w := e.weighing(r.Parameters)
	if err := e.run(ctx, "rarity", w); err != nil {
		return err
	}
	if err := e.emptyScored(ctx); err != nil {
		return err
	}
	rules := e.plan.candidateRules()
	if err := e.keys(ctx, rules); err != nil {
		return err
	}
	for k, rule := range rules {
		block, err := e.scoreRule(ctx, k, rule, w)
		if err != nil {
			return err
		}
		r.Blocks = append(r.Blocks, block)
		r.Candidates += block.Pairs
	}
	var err error
	r.ComparedWords, err = e.comparedWords(ctx)
	return err
}

func (e *engine) emptyScored(ctx context.Context) error {
	_, err := e.db.ExecContext(ctx, "create or replace table linkage.scored (a integer, b integer, rule utinyint, pattern bigint, step varchar, weight double, rarity double)")
	return err
}

func (e *engine) scoreRule(ctx context.Context, k int, rule rule, w weighing) (Block, error) {
	pairs, block, err := e.size(ctx, k+1, widestBlock, e.budget())
	block.Rule = rule.Name
	if err != nil {
		return block, err
	}
	slices := pairs/pairsPerSlice + 1
	for slice := range slices {
		found, err := e.pairs(ctx, k+1, upTo(k), slices, slice)
		if err != nil {
			return block, err
		}
		block.Pairs += found
		w.Rule = k + 1
		if err := e.weigh(ctx, w); err != nil {
			return block, err
		}
	}
	return block, nil
}

// weigh scores linkage.pairs into linkage.scored.
func (e *engine) weigh(ctx context.Context, w weighing) error {
	if err := e.compare(ctx); err != nil {
		return err
	}
	if err := e.run(ctx, "weights", w); err != nil {
		return err
	}
	return e.run(ctx, "score", w)
}

func (e *engine) comparedWords(ctx context.Context) (int64, error) {
	var all int64
	for _, d := range e.plan.dictionaries() {
		if !d.IsWords() {
			continue
		}
		count, err := e.count(ctx, "linkage.levels_"+strconv.Itoa(d.N))
		if err != nil {
			return 0, err
		}
		all += count
	}
	return all, nil
}
