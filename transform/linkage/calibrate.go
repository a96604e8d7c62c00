package linkage

import (
	"context"
)

// Calibration is the threshold that an expected false-link rate asks for, and the figures behind it. No label is used.
type Calibration struct {
	FalseLinkRate float64 `json:"false_link_rate"` // that was asked for; 0: the threshold was given in bits
	Expected      float64 `json:"expected"`        // share of false links among the pairs at the threshold or above, as the mixture expects
	Threshold     float64 `json:"threshold"`       // in bits
	Bins          []Bin   `json:"bins"`
}

// Bin is the pairs of one band of weights.
type Bin struct {
	From         float64 `json:"from"` // bits; the band is half a bit wide
	Pairs        int64   `json:"pairs"`
	Matches      float64 `json:"matches"`           // expected among them
	FalseAtLeast float64 `json:"false_at_or_above"` // expected share of false links among all pairs from here on
}

// binWidth is how finely the threshold is found, in bits.
const binWidth = 0.5

// calibrate finds the lowest threshold at which the expected share of false links among the accepted pairs is no more than the rate.
func (e *engine) calibrate(ctx context.Context) (Calibration, error) {
	c := Calibration{FalseLinkRate: e.o.FalseLinkRate, Threshold: e.o.Threshold}
	rows, err := e.db.QueryContext(ctx, `select (floor(weight / ?) * ?)::double, count(*), sum(round(1e6 / (1 + pow(2, -weight)))::bigint)::double / 1e6
		from linkage.candidates where weight >= ? group by 1 order by 1 desc`, binWidth, binWidth, e.o.Keep)
	if err != nil {
		return c, err
	}
	defer rows.Close()
	var pairs, wrong float64
	for rows.Next() {
		var b Bin
		if err := rows.Scan(&b.From, &b.Pairs, &b.Matches); err != nil {
			return c, err
		}
		pairs, wrong = pairs+float64(b.Pairs), wrong+float64(b.Pairs)-b.Matches
		b.FalseAtLeast = wrong / pairs
		c.Bins = append(c.Bins, b)
	}
	if c.FalseLinkRate > 0 {
		c.Threshold = c.threshold(e.o.Threshold)
	}
	for _, b := range c.Bins {
		if b.From >= c.Threshold {
			c.Expected = b.FalseAtLeast
		}
	}
	return c, rows.Err()
}

// highestThreshold is asked for where no band keeps to the rate.
const highestThreshold = 20

// threshold is the lowest that keeps to the rate, no lower than the floor.
func (c Calibration) threshold(floor float64) float64 {
	found := max(floor, highestThreshold)
	for _, b := range c.Bins {
		if b.FalseAtLeast <= c.FalseLinkRate && b.From >= floor {
			found = b.From
		}
	}
	return found
}
