package linkage

import (
	"context"
	"math"
)

// terms are what outcomes are decided by.
type terms struct {
	weighing
	Threshold, Margin, Review float64
	Rules                     []string
	Decided                   string
}

// decide turns weights into outcomes, one row a pair in linkage.decided, and by the records' own ids in linkage.pairs_decided.
func (e *engine) decide(ctx context.Context, r *Result) error {
	var err error
	if r.Calibration, err = e.calibrate(ctx); err != nil {
		return err
	}
	t := terms{weighing: e.weighing(r.Parameters), Threshold: r.Calibration.Threshold, Margin: e.o.Margin, Review: e.o.Review, Decided: e.o.Decided}
	for _, block := range r.Blocks {
		t.Rules = append(t.Rules, block.Rule)
	}
	if err := e.reviewed(ctx, t); err != nil {
		return err
	}
	t.Rules = append(t.Rules, decidedRule)
	if !e.plan.Dedupe {
		if err := e.samePeople(ctx, t); err != nil {
			return err
		}
	}
	for _, name := range []string{"decide", "outcomes"} {
		if err := e.run(ctx, name, t); err != nil {
			return err
		}
	}
	return e.db.QueryRowContext(ctx, "select count(*) filter (outcome = 'accepted'), count(*) filter (outcome = 'review') from linkage.decided").
		Scan(&r.Accepted, &r.Review)
}

// decidedRule is what brings a pair that no rule of blocking has brought.
const decidedRule = "decided by a person"

// reviewed adds what people have decided to the candidates, whatever it weighs.
func (e *engine) reviewed(ctx context.Context, t terms) error {
	if err := e.run(ctx, "reviewed", t); err != nil {
		return err
	}
	if err := e.emptyScored(ctx); err != nil {
		return err
	}
	pairs, err := e.count(ctx, "linkage.pairs")
	if err != nil {
		return err
	}
	t.Keep, t.Rule = -math.MaxInt16, len(t.Rules)+1
	if err := e.weigh(ctx, pairs, t.weighing); err != nil {
		return err
	}
	_, err = e.db.ExecContext(ctx, "insert into linkage.candidates select a, b, rule, pattern, step, weight, rarity from linkage.scored")
	return err
}

// samePeople compares the rivals for one record with each other: two records of one person are no rivals.
func (e *engine) samePeople(ctx context.Context, t terms) error {
	if err := e.run(ctx, "contested", t); err != nil {
		return err
	}
	if err := e.emptyScored(ctx); err != nil {
		return err
	}
	pairs, err := e.count(ctx, "linkage.pairs")
	if err != nil {
		return err
	}
	if err := e.weigh(ctx, pairs, t.weighing); err != nil {
		return err
	}
	_, err = e.db.ExecContext(ctx, "create or replace table linkage.same_people as select distinct a, b from linkage.scored where weight >= "+num(t.Threshold))
	return err
}

// leastEdge is the least weight, in bits, of a pair that joins two clusters of one relation. It was chosen on the made-up archive of
// TestOtherShapes, which is therefore no evidence for it: 3.3 gives its clusters precision .967, 3.45 recall .853.
const leastEdge = 3.4

// cluster joins records that accepted pairs connect: linkage.labels has the least record of each.
func (e *engine) cluster(ctx context.Context, r *Result) error {
	if err := e.run(ctx, "labels", struct {
		plan
		Least float64
	}{e.plan, leastEdge}); err != nil {
		return err
	}
	for changed := int64(1); changed > 0; {
		if err := e.run(ctx, "relabel", nil); err != nil {
			return err
		}
		err := e.db.QueryRowContext(ctx, "select count(*) from linkage.relabelled n join linkage.labels l on l.r = n.r where l.label <> n.label").Scan(&changed)
		if err != nil {
			return err
		}
		if _, err := e.db.ExecContext(ctx, "drop table linkage.labels; alter table linkage.relabelled rename to labels"); err != nil {
			return err
		}
	}
	if err := e.run(ctx, "clusters", e.plan); err != nil {
		return err
	}
	return e.db.QueryRowContext(ctx, "select count(*) from (select cluster from linkage.clusters group by cluster having count(*) > 1)").Scan(&r.Clusters)
}
