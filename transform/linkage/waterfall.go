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

// Falls makes linkage.falls (left_id, right_id, place, what, level, bits) for the pairs that a relation names by left_id and right_id.
func Falls(ctx context.Context, db *sql.DB, p Parameters, of string) error {
	templates, err := readTemplates()
	if err != nil {
		return err
	}
	return (&engine{db: db, templates: templates}).run(ctx, "falls", struct {
		Pairs, Of   string
		Comparisons []comparison
	}{Pairs, of, p.compared()})
}

// compared are the parameters' comparisons by name and number.
func (p Parameters) compared() []comparison {
	var all []comparison
	for i, c := range p.Comparisons {
		all = append(all, comparison{N: i + 1, Name: c.Name, Kind: c.Kind})
	}
	return all
}

// Explain reads the waterfall of one pair from what Link has left in the engine.
func Explain(ctx context.Context, db *sql.DB, p Parameters, left, right string) (Waterfall, error) {
	w := Waterfall{LeftID: left, RightID: right}
	err := db.QueryRowContext(ctx, "select outcome, step, rule, weight, margin from "+Pairs+" where left_id = ? and right_id = ?", left, right).
		Scan(&w.Outcome, &w.Step, &w.Rule, &w.Weight, &w.Margin)
	if errors.Is(err, dbsql.ErrNoRows) {
		return w, fmt.Errorf("explain: %w", ErrNoPair)
	}
	if err == nil {
		err = w.read(ctx, db, p)
	}
	if err != nil {
		return w, fmt.Errorf("explain: %w", err)
	}
	return w, nil
}

func (w *Waterfall) read(ctx context.Context, db *sql.DB, p Parameters) error {
	if _, err := db.ExecContext(ctx, "create or replace table linkage.asked as select ?::varchar as left_id, ?::varchar as right_id", w.LeftID, w.RightID); err != nil {
		return err
	}
	if err := Falls(ctx, db, p, "linkage.asked"); err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, "select what, level, bits from linkage.falls order by place")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var f Fall
		if err := rows.Scan(&f.What, &f.Level, &f.Bits); err != nil {
			return err
		}
		w.Add(f.What, f.Level, f.Bits)
	}
	return rows.Err()
}

// Add adds one part to those before it.
func (w *Waterfall) Add(what, level string, bits float64) {
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
	fmt.Fprintln(table, "  WHAT\tHOW IT AGREES\tBITS\tSUM\t")
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
