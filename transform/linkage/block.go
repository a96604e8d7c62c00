package linkage

import (
	"context"
	"fmt"
)

// How many pairs one rule and one block may make, and how many are compared at a time. The budget grows with the records, not
// with their square: that is what keeps a run of ten times as many near ten times as long.
const (
	leastBudget     = 1_000_000
	budgetPerRecord = 3
	widestBlock     = 250_000
	pairsPerSlice   = 2_000_000
)

func (e *engine) budget() int64 { return max(leastBudget, budgetPerRecord*(e.lefts+e.rights)) }

// keys gives each record its key under each rule.
func (e *engine) keys(ctx context.Context, rules []rule) error {
	return e.run(ctx, "keys", struct {
		plan
		Rules []rule
	}{e.plan, rules})
}

// size finds how many pairs a rule would make, rule k from 1, and takes its wide keys out. pairs is what is left.
func (e *engine) size(ctx context.Context, k int, cap, budget int64) (pairs int64, b Block, err error) {
	err = e.run(ctx, "block_sizes", struct {
		plan
		K           int
		Cap, Budget int64
	}{e.plan, k, cap, budget})
	if err != nil {
		return 0, b, err
	}
	err = e.db.QueryRowContext(ctx, `select coalesce(sum(pairs) filter (not is_wide), 0)::bigint, count(*) filter (is_wide),
		coalesce(sum(pairs) filter (is_wide), 0)::bigint, coalesce(max(pairs) filter (is_wide), 0) from linkage.wide_keys`).
		Scan(&pairs, &b.WideKeys, &b.PairsLeftOut, &b.WidestKey)
	if err != nil || b.WideKeys == 0 {
		return pairs, b, err
	}
	_, err = e.db.ExecContext(ctx, fmt.Sprintf("update linkage.keys set k%[1]d = null where k%[1]d in (select k from linkage.wide_keys where is_wide)", k))
	return pairs, b, err
}

// pairs makes linkage.pairs: one slice of what rule k brings beside the earlier ones.
func (e *engine) pairs(ctx context.Context, k int, earlier []int, slices, slice int64) (int64, error) {
	err := e.run(ctx, "pairs", struct {
		plan
		K             int
		Earlier       []int
		Slices, Slice int64
		Distinct      bool
	}{e.plan, k, earlier, slices, slice, e.plan.Postcode > 0})
	if err != nil {
		return 0, err
	}
	return e.count(ctx, "linkage.pairs")
}

func (e *engine) count(ctx context.Context, relation string) (count int64, err error) {
	err = e.db.QueryRowContext(ctx, "select count(*) from "+relation).Scan(&count)
	return count, err
}

// compare turns linkage.pairs into linkage.patterns; each pair of distinct words is compared once in a run.
func (e *engine) compare(ctx context.Context) error {
	if err := e.run(ctx, "compare", e.plan); err != nil {
		return err
	}
	for _, d := range e.plan.dictionaries() {
		if d.IsWords() {
			if err := e.run(ctx, "word_levels", d); err != nil {
				return err
			}
		}
	}
	return e.run(ctx, "patterns", e.plan)
}
