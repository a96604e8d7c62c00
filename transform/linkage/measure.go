package linkage

import "context"

// Measures say how right a run was, by the labels: pairs of records of one person. Nothing was chosen by them.
type Measures struct {
	TruePairs  int64   `json:"true_pairs"`
	Accepted   Quality `json:"accepted"`   // accepted pairs, at the fixed thresholds
	Clusters   Quality `json:"clusters"`   // pairs that are in one cluster
	Kept       float64 `json:"kept"`       // share of the true pairs that were candidates at all and above the floor
	Thresholds []Curve `json:"thresholds"` // by weight alone, every bit
}

// Quality is precision, recall and F1 of a set of pairs.
type Quality struct {
	Pairs     int64   `json:"pairs"`
	True      int64   `json:"true"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// Curve is the quality of all pairs of at least one weight.
type Curve struct {
	Threshold float64 `json:"threshold"`
	Quality
}

func quality(pairs, right, all int64) Quality {
	q := Quality{Pairs: pairs, True: right}
	if pairs > 0 {
		q.Precision = float64(right) / float64(pairs)
	}
	if all > 0 {
		q.Recall = float64(right) / float64(all)
	}
	if right > 0 {
		q.F1 = 2 * q.Precision * q.Recall / (q.Precision + q.Recall)
	}
	return q
}

// measure holds the outcomes against the labels.
func (e *engine) measure(ctx context.Context) (*Measures, error) {
	if err := e.run(ctx, "measures", e.plan); err != nil {
		return nil, err
	}
	var m Measures
	var pairs, right, kept int64
	err := e.db.QueryRowContext(ctx, "select true_pairs, cluster_pairs, cluster_true from linkage.measured").Scan(&m.TruePairs, &pairs, &right)
	if err != nil {
		return nil, err
	}
	m.Clusters = quality(pairs, right, m.TruePairs)
	err = e.db.QueryRowContext(ctx, `select count(*) filter (outcome = 'accepted'), count(*) filter (outcome = 'accepted' and is_true),
		count(*) filter (is_true) from linkage.judged`).Scan(&pairs, &right, &kept)
	if err != nil {
		return nil, err
	}
	m.Accepted = quality(pairs, right, m.TruePairs)
	m.Kept = quality(kept, kept, m.TruePairs).Recall
	m.Thresholds, err = e.curve(ctx, m.TruePairs)
	return &m, err
}

// curve is the quality at every whole bit.
func (e *engine) curve(ctx context.Context, all int64) ([]Curve, error) {
	rows, err := e.db.QueryContext(ctx, `select floor(weight)::double, sum(count(*)) over (order by floor(weight) desc)::bigint,
		sum(count(*) filter (is_true)) over (order by floor(weight) desc)::bigint from linkage.judged group by floor(weight) order by 1`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var curve []Curve
	for rows.Next() {
		var threshold float64
		var pairs, right int64
		if err := rows.Scan(&threshold, &pairs, &right); err != nil {
			return nil, err
		}
		curve = append(curve, Curve{threshold, quality(pairs, right, all)})
	}
	return curve, rows.Err()
}
