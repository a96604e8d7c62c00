package linkage

import (
	"context"
	dbsql "database/sql"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"careshare/sql"
)

// ErrNoPair says that two records were never compared, or were below the floor.
var ErrNoPair = errors.New("no such pair was kept: no rule of blocking brought it, or its weight is below the floor")

// Waterfall is how the weight of one pair came about, bit by bit. It names records and levels, never a value.
type Waterfall struct {
	LeftID  string   `json:"left_id"`
	RightID string   `json:"right_id"`
	Outcome string   `json:"outcome"`
	Step    string   `json:"step"`
	Rule    string   `json:"rule"`
	Weight  float64  `json:"weight"`
	Margin  *float64 `json:"margin"` // over the nearest rival; nil without one
	Falls   []Fall   `json:"falls"`
}

// Fall is one part of a weight.
type Fall struct {
	What  string  `json:"what"`
	Level string  `json:"level"`
	Bits  float64 `json:"bits"`
	Sum   float64 `json:"sum"` // with all parts before
}

// Explain reads the waterfall of one pair from what Link has left in the engine.
func Explain(ctx context.Context, db *sql.DB, p Parameters, left, right string) (Waterfall, error) {
	w := Waterfall{LeftID: left, RightID: right}
	levels, bits := make([]string, len(p.Comparisons)), make([]float64, len(p.Comparisons))
	var prior, rarity, relative float64
	var columns []string
	into := []any{&w.Outcome, &w.Step, &w.Rule, &w.Weight, &w.Margin, &prior, &rarity, &relative}
	for i, c := range p.Comparisons {
		columns = append(columns, identifier(c.Name), identifier(c.Name+"_bits"))
		into = append(into, &levels[i], &bits[i])
	}
	err := db.QueryRowContext(ctx, fmt.Sprintf("select outcome, step, rule, weight, margin, prior_bits, rarity_bits, relative_bits, %s from %s where left_id = ? and right_id = ?",
		strings.Join(columns, ", "), Pairs), left, right).Scan(into...)
	if errors.Is(err, dbsql.ErrNoRows) {
		return w, fmt.Errorf("explain: %w", ErrNoPair)
	}
	if err != nil {
		return w, fmt.Errorf("explain: %w", err)
	}
	w.fall("prior", "two records at random", prior)
	for i, c := range p.Comparisons {
		w.fall(c.Name, levels[i], bits[i])
	}
	w.fall("rarity", "of the values that are the same", rarity)
	w.fall("relatives", "who would agree as well", relative)
	return w, nil
}

func (w *Waterfall) fall(what, level string, bits float64) {
	sum := bits
	if len(w.Falls) > 0 {
		sum += w.Falls[len(w.Falls)-1].Sum
	}
	w.Falls = append(w.Falls, Fall{what, level, bits, sum})
}

// Text writes the waterfall as a table with a bar for each part.
func (w Waterfall) Text(out io.Writer) {
	fmt.Fprintf(out, "%s and %s: %s, %.1f bits", w.LeftID, w.RightID, w.Outcome, w.Weight)
	if w.Margin != nil {
		fmt.Fprintf(out, ", %.1f ahead of the nearest other", *w.Margin)
	}
	fmt.Fprintf(out, " (step: %s; found by: %s)\n", w.Step, w.Rule)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range w.Falls {
		fmt.Fprintf(table, "  %s\t%s\t%+6.1f\t%6.1f\t%s\n", f.What, f.Level, f.Bits, f.Sum, bar(f.Bits))
	}
	table.Flush()
}

// bar is a mark a bit, to the right for and with a minus against.
func bar(bits float64) string {
	sign := "+"
	if bits < 0 {
		sign = "-"
	}
	return strings.Repeat(sign, int(min(math.Round(math.Abs(bits)), 40)))
}
