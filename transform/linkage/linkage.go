// Package linkage finds the records that speak of one person, in two relations or within one, and says why.
package linkage

import (
	"context"
	"fmt"

	"careshare/sql"
)

// Result says what was linked and how. The rows are in the engine: linkage.pairs_decided and linkage.clusters (see Link).
type Result struct {
	LeftRecords   int64       `json:"left_records"`
	RightRecords  int64       `json:"right_records"`    // 0 when one relation is deduplicated
	Candidates    int64       `json:"candidates"`       // pairs that were compared
	ComparedWords int64       `json:"compared_words"`   // distinct pairs of names and texts that were compared for them
	Fresh         int64       `json:"fresh_records"`    // that were linked in this run; all of them without a memory
	Remembered    int64       `json:"remembered_pairs"` // that the last linkage had scored
	Accepted      int64       `json:"accepted"`
	Review        int64       `json:"review"`
	Clusters      int64       `json:"clusters"` // of two records or more
	Parameters    Parameters  `json:"parameters"`
	Blocks        []Block     `json:"blocks"`
	Calibration   Calibration `json:"calibration"`
	Measures      *Measures   `json:"measures,omitempty"` // nil without labels
}

// Block is what one rule of blocking brought. Pairs that a wide block would have made are counted: another rule may bring them.
type Block struct {
	Rule         string `json:"rule"`
	Pairs        int64  `json:"pairs"`          // brought by this rule and no earlier one
	WideKeys     int64  `json:"wide_keys"`      // values of the rule that were left out for making too many pairs
	PairsLeftOut int64  `json:"pairs_left_out"` // by them
	WidestKey    int64  `json:"widest_key"`     // pairs that the widest of them would have made
}

// engine is one linkage being carried out.
type engine struct {
	db        *sql.DB
	o         Options
	plan      plan
	lefts     int64
	rights    int64
	templates templates
	before    string // schema of the last linkage, where it still holds
	model     model
}

// Link compares the two relations (or Left with itself) and leaves in the engine
//   - linkage.pairs_decided: left_id, right_id, weight, margin, outcome, step, rule, then level and weight of each comparison by its name
//   - linkage.clusters: side, id, cluster
//   - with Options.Memory.Key, what the next linkage starts from: the tables of Remembered
//
// The same relations and options give the same rows. Both relations must hold still meanwhile.
func Link(ctx context.Context, db *sql.DB, o Options) (Result, error) {
	e, err := prepare(ctx, db, o)
	if err != nil {
		return Result{}, fmt.Errorf("link: %w", err)
	}
	r := Result{LeftRecords: e.lefts, RightRecords: e.rights}
	if err := e.recall(ctx, &r); err != nil {
		return Result{}, fmt.Errorf("link: recall: %w", err)
	}
	if r.Parameters, err = e.parameters(ctx); err != nil {
		return Result{}, fmt.Errorf("link: learn parameters: %w", err)
	}
	if err := e.score(ctx, &r); err != nil {
		return Result{}, fmt.Errorf("link: score: %w", err)
	}
	if err := e.run(ctx, "candidates", nil); err != nil {
		return Result{}, fmt.Errorf("link: %w", err)
	}
	if err := e.remember(ctx, r.Parameters); err != nil {
		return Result{}, fmt.Errorf("link: remember: %w", err)
	}
	if err := e.decide(ctx, &r); err != nil {
		return Result{}, fmt.Errorf("link: decide: %w", err)
	}
	if err := e.cluster(ctx, &r); err != nil {
		return Result{}, fmt.Errorf("link: cluster: %w", err)
	}
	if o.Left.Truth != "" {
		if r.Measures, err = e.measure(ctx); err != nil {
			return Result{}, fmt.Errorf("link: measure: %w", err)
		}
	}
	return r, e.tidy(ctx)
}

// parameters are those of the last linkage where they still hold, or learned from the data at hand.
func (e *engine) parameters(ctx context.Context) (Parameters, error) {
	if e.before != "" {
		return e.model.Parameters, nil
	}
	return e.train(ctx)
}

// MapError is a mapping that does not fit the relations: wrong usage, not a failure.
type MapError struct{ error }

// Unwrap gives what is wrong.
func (e MapError) Unwrap() error { return e.error }

// prepare reads both relations and normalises every distinct value.
func prepare(ctx context.Context, db *sql.DB, o Options) (*engine, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	e := &engine{db: db, o: o}
	var err error
	if e.templates, err = readTemplates(); err != nil {
		return nil, err
	}
	left, err := e.columns(ctx, o.Left.Name)
	if err != nil {
		return nil, err
	}
	right, err := e.columns(ctx, o.Right.Name)
	if err != nil {
		return nil, err
	}
	if err := o.checkColumns(left, right); err != nil {
		return nil, MapError{err}
	}
	if e.plan, err = newPlan(o); err != nil {
		return nil, MapError{err}
	}
	return e, e.load(ctx)
}

// load makes linkage.records and the dictionaries.
func (e *engine) load(ctx context.Context) error {
	if err := e.install(ctx); err != nil {
		return err
	}
	if err := e.run(ctx, "raw", e.sides()); err != nil {
		return err
	}
	for _, c := range e.plan.Comparisons {
		if err := e.run(ctx, "forms", c); err != nil {
			return err
		}
	}
	for _, d := range e.plan.dictionaries() {
		name := "values"
		if d.IsWords() {
			name = "words"
		}
		if err := e.run(ctx, name, d); err != nil {
			return err
		}
	}
	if err := e.run(ctx, "records", e.plan); err != nil {
		return err
	}
	return e.db.QueryRowContext(ctx, "select count(*) filter (side = 0), count(*) filter (side = 1) from linkage.records").Scan(&e.lefts, &e.rights)
}

// dictionary is one set of distinct values and the comparisons that share it.
type dictionary struct {
	comparison
	Members []int
	Bearer  string // SQL that tells one bearer of a date from another: the family name, so that many records of one person count once
}

func (p plan) dictionaries() []dictionary {
	var all []dictionary
	for _, c := range p.Comparisons {
		if c.Dictionary != c.N { // the second name lives in the first one's
			continue
		}
		d := dictionary{comparison: c, Bearer: "null"}
		if p.Family > 0 {
			d.Bearer = fmt.Sprintf("raw.x%d", p.Family)
		}
		for _, other := range p.Comparisons {
			if other.Dictionary == c.N {
				d.Members = append(d.Members, other.N)
			}
		}
		all = append(all, d)
	}
	return all
}

// sides are the two relations as raw.sql needs them.
func (e *engine) sides() any {
	return struct {
		plan
		LeftID, LeftTruth, LeftRelation    string
		RightID, RightTruth, RightRelation string
	}{e.plan, e.o.Left.id(), e.o.Left.truth(), e.o.Left.Name, e.o.Right.id(), e.o.Right.truth(), e.o.Right.Name}
}

func (r Relation) id() string {
	if r.ID == "" {
		return "lpad((row_number() over ())::varchar, 12, '0')"
	}
	return fmt.Sprintf("trim(%s::varchar)", identifier(r.ID))
}

func (r Relation) truth() string {
	switch {
	case r.Truth == "":
		return "null::varchar"
	case r.TruthPattern == "":
		return fmt.Sprintf("nullif(trim(%s::varchar), '')", identifier(r.Truth))
	}
	return fmt.Sprintf("nullif(regexp_extract(trim(%s::varchar), %s, 1), '')", identifier(r.Truth), sql.Quote(r.TruthPattern))
}

// tidy drops what only the run needed.
func (e *engine) tidy(ctx context.Context) error {
	for _, table := range []string{"keys", "wide_keys", "pairs", "compared", "patterns", "pattern_weights", "scored", "rarity", "edges", "labels", "relabelled",
		"wide", "fresh", "prints", "value_prints", "seal", "reviewed"} {
		if _, err := e.db.ExecContext(ctx, "drop table if exists linkage."+table); err != nil {
			return err
		}
	}
	return nil
}
