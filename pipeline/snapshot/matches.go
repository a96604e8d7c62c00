package snapshot

import (
	"context"
	"fmt"

	"careshare/reports"
	"careshare/sql"
	"careshare/transform/linkage"
)

// match is how the weight came about with which the linkage would give a person a number.
type match struct {
	NHSNumber string `json:"nhs_number"`
	Sender    string `json:"sender"`
	linkage.Waterfall
}

// MatchesOf reads the matches of a person that the run accepted, or left to a reviewer, the likeliest first.
func MatchesOf(ctx context.Context, db *sql.DB, person int64) ([]match, error) {
	var there int
	err := db.QueryRowContext(ctx, "select count(*) from duckdb_views() where view_name = ?", LinkageWeights).Scan(&there)
	if err != nil || there == 0 { // an older version did not keep them
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `select nhs_number, sender, outcome, weight, margin, rule, what, level, bits
		from linkage_weights where person_id = ? order by weight desc, nhs_number, place`, person)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var matches []match
	for rows.Next() {
		m := match{Waterfall: linkage.Waterfall{LeftID: fmt.Sprint(person), Step: "model"}}
		var part linkage.Fall
		if err := rows.Scan(&m.NHSNumber, &m.Sender, &m.Outcome, &m.Weight, &m.Margin, &m.Rule, &part.What, &part.Level, &part.Bits); err != nil {
			return nil, err
		}
		if len(matches) == 0 || matches[len(matches)-1].NHSNumber != m.NHSNumber {
			m.RightID = m.NHSNumber
			matches = append(matches, m)
		}
		matches[len(matches)-1].Add(part.What, part.Level, part.Bits)
	}
	return matches, rows.Err()
}

// matchTable is a waterfall as a page shows it.
func matchTable(n int, title string, w linkage.Waterfall) reports.Table {
	parts := make([]reports.Part, len(w.Falls))
	for i, f := range w.Falls {
		parts[i] = reports.Part{What: f.What, How: f.Level, Bits: f.Bits, Sum: f.Sum}
	}
	notes := []string{
		fmt.Sprintf("Outcome: %s, at %.1f bits. A bit doubles the odds that the two records are one person's; a bit against halves them.", w.Outcome, w.Weight),
		"Found by: " + w.Rule + ".",
	}
	switch {
	case w.Margin == nil:
		notes = append(notes, "No other candidate is near.")
	case *w.Margin < 0:
		notes = append(notes, fmt.Sprintf("Another candidate is %.1f bits ahead.", -*w.Margin))
	default:
		notes = append(notes, fmt.Sprintf("The nearest other candidate is %.1f bits behind.", *w.Margin))
	}
	return reports.Waterfall(fmt.Sprintf("match-%d", n), title, notes, parts)
}

// MatchTables are the waterfalls of a person's matches, for a page.
func MatchTables(matches []match) []reports.Table {
	var tables []reports.Table
	for i, m := range matches {
		tables = append(tables, matchTable(i+1, fmt.Sprintf("Why NHS number %s of %s, in bits", m.NHSNumber, m.Sender), m.Waterfall))
	}
	return tables
}
