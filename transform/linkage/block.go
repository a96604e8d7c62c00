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

// keys gives each record its key under each rule, and where only fresh records are linked whether it is one.
func (e *engine) keys(ctx context.Context, rules []rule, fresh bool) error {
	return e.run(ctx, "keys", struct {
		plan
		Rules []rule
		Fresh bool
	}{e.plan, rules, fresh})
}

// sized is how many pairs a rule makes within its caps.
type sized struct {
	Block
	pairs int64 // that are to be compared
}

// size finds how many pairs a rule would make, rule k from 1; linkage.wide_keys has the keys. narrow takes the wide ones out.
func (e *engine) size(ctx context.Context, k int, cap, budget int64, fresh bool) (s sized, err error) {
	err = e.run(ctx, "block_sizes", struct {
		plan
		K           int
		Cap, Budget int64
		Fresh       bool
	}{e.plan, k, cap, budget, fresh})
	if err != nil {
		return s, err
	}
	err = e.db.QueryRowContext(ctx, `select coalesce(sum(fresh_pairs) filter (not is_wide), 0)::bigint, count(*) filter (is_wide),
		coalesce(sum(pairs) filter (is_wide), 0)::bigint, coalesce(max(pairs) filter (is_wide), 0) from linkage.wide_keys`).
		Scan(&s.pairs, &s.WideKeys, &s.PairsLeftOut, &s.WidestKey)
	return s, err
}

func (e *engine) narrow(ctx context.Context, k int, s sized) error {
	if s.WideKeys == 0 {
		return nil
	}
	_, err := e.db.ExecContext(ctx, fmt.Sprintf("update linkage.keys set k%[1]d = null where k%[1]d in (select k from linkage.wide_keys where is_wide)", k))
	return err
}

// pairing is one slice of what rule k brings beside the earlier ones.
type pairing struct {
	plan
	K             int
	Earlier       []int
	Slices, Slice int64
	Distinct      bool
	Fresh         bool   // only pairs with a fresh record
	And           string // a condition more
}

// Where is the pairing under one condition more.
func (p pairing) Where(condition string) pairing {
	p.And = condition
	return p
}

// pairs makes linkage.pairs.
func (e *engine) pairs(ctx context.Context, p pairing) (int64, error) {
	p.plan, p.Distinct = e.plan, e.plan.Postcode > 0
	if err := e.run(ctx, "pairs", p); err != nil {
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
