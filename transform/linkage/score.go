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
	Bearers, Squares            map[int]float64   // by comparison number
	Steps                       []step
	Rule                        int
}

func (e *engine) weighing(p Parameters) weighing {
	w := weighing{plan: e.plan, Prior: math.Log2(p.Prior / (1 - p.Prior)), Relative: p.Household.Relative, Twin: p.Household.Twin, Keep: e.o.Keep,
		Weights: map[int][]float64{}, Against: map[int][]float64{}, Bearers: map[int]float64{}, Squares: map[int]float64{}, Steps: e.plan.steps()}
	for i, c := range e.plan.Comparisons {
		w.Weights[c.N] = padded(p.Comparisons[i].Weight)
		w.Bearers[c.N], w.Squares[c.N] = max(p.Comparisons[i].Bearers, 1), max(p.Comparisons[i].Squares, 1)
		w.Against[c.N] = padded(weights(c.Kind, p.Comparisons[i].M, p.Household.Own[i]))
	}
	if !e.plan.hasPersonal() || p.Household.Block == "" { // nothing tells relatives apart: the model has no word on it
		w.Relative, w.Twin = math.MaxInt16, math.MaxInt16
	}
	return w
}

// padded fills up to the levels that four bits can hold.
func padded(weights []float64) []float64 {
	return append(weights[:len(weights):len(weights)], make([]float64, mostLevels-len(weights))...)
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
	sizes, err := e.blocks(ctx, rules)
	if err != nil {
		return err
	}
	if e.before != "" { // who is in a block that has changed counts too
		if r.Fresh, err = e.count(ctx, "linkage.fresh"); err != nil {
			return err
		}
	}
	for k, size := range sizes {
		if r.Fresh > 0 { // without a fresh record there is no pair to compare
			if err := e.scoreRule(ctx, k, &size, w); err != nil {
				return err
			}
		}
		r.Blocks = append(r.Blocks, size.Block)
		r.Candidates += size.Block.Pairs
	}
	if r.Remembered, err = e.takeRemembered(ctx); err != nil {
		return err
	}
	r.ComparedWords, err = e.comparedWords(ctx)
	return err
}

// blocks sizes every rule and takes out what is too wide, before any pair is made: who is in a block that has changed in that
// is to be linked again under every rule.
func (e *engine) blocks(ctx context.Context, rules []rule) ([]sized, error) {
	if _, err := e.db.ExecContext(ctx, "create or replace table linkage.wide (rule varchar, key uinteger)"); err != nil {
		return nil, err
	}
	if err := e.keys(ctx, rules, e.before != ""); err != nil {
		return nil, err
	}
	sizes := make([]sized, len(rules))
	for k, r := range rules {
		var err error
		if sizes[k], err = e.size(ctx, k+1, widestBlock, e.budget(), e.before != ""); err != nil {
			return nil, err
		}
		sizes[k].Rule = r.Name
		if err := e.flipped(ctx, k+1, r.Name); err != nil {
			return nil, err
		}
		if err := e.narrow(ctx, k+1, sizes[k]); err != nil {
			return nil, err
		}
	}
	return sizes, e.freshen(ctx)
}

func (e *engine) emptyScored(ctx context.Context) error {
	_, err := e.db.ExecContext(ctx, "create or replace table linkage.scored (a integer, b integer, rule utinyint, pattern bigint, step varchar, weight double, rarity double)")
	return err
}

func (e *engine) scoreRule(ctx context.Context, k int, s *sized, w weighing) error {
	p := pairing{K: k + 1, Earlier: upTo(k), Slices: s.pairs/pairsPerSlice + 1, Fresh: e.before != ""}
	for p.Slice = range p.Slices {
		found, err := e.pairs(ctx, p)
		if err != nil {
			return err
		}
		s.Block.Pairs += found
		w.Rule = k + 1
		if err := e.weigh(ctx, found, w); err != nil {
			return err
		}
	}
	return nil
}

// weigh scores linkage.pairs, of which there are so many, into linkage.scored.
func (e *engine) weigh(ctx context.Context, pairs int64, w weighing) error {
	if pairs == 0 {
		return nil
	}
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
