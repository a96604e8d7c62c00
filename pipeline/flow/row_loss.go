package flow

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"careshare/extract"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/exit"
)

// leastLost is how many rows a table must have lost before it is asked whether they are too many: of a few rows most may go by right.
const leastLost = 10

// refusals are the rows that become more with every refusal, and fewer only where what stood in the case store was put right.
var refusals = [2]string{"audit", "consent_refusals"}

func heldByCurrent(l *lake.Lake) (heldBefore, error) {
	held := heldBefore{rows: map[[2]string]int64{}}
	current, err := l.Current()
	if errors.Is(err, lake.ErrNoSnapshot) {
		return held, nil
	}
	if err != nil {
		return held, err
	}
	manifest, err := current.Manifest()
	held.asAt = manifest.AsAt
	for _, table := range manifest.Conservation {
		if table.Stage == "extract" {
			held.rows[[2]string{table.Source, table.Table}] = table.RowsIn - table.Merged
		}
	}
	for _, d := range manifest.Datasets {
		if table := [2]string{d.Audience, d.Dataset}; table == refusals {
			held.rows[table] = d.Rows
		}
	}
	return held, err
}

// checkRowLoss refuses a case store or a health sender that was not whole, such as one that is being loaded again: a refusal that is not
// there cannot be honoured. What is in an inbox may be taken out of it.
func (h heldBefore) checkRowLoss(tables []extract.Table, percent float64) error {
	var fewer []string
	for _, t := range tables {
		isWhole := t.From == "casestore" || strings.HasPrefix(t.From, "health-") // what is read again each time, as it stands
		if lost := h.lost([2]string{t.From, t.Name}, t.RowsIn-t.Merged, percent); isWhole && lost != "" {
			fewer = append(fewer, lost)
		}
	}
	if len(fewer) == 0 {
		return nil
	}
	named := fewer[:min(len(fewer), namedPlaces)]
	if more := len(fewer) - len(named); more > 0 {
		named = append(named, fmt.Sprintf("and %d more", more))
	}
	return fault.WithHint(
		fmt.Errorf("tables have lost more than %g %% of their rows since the last snapshot: %s: %w", percent, strings.Join(named, ", "), exit.ErrChecks),
		"see whether the source was being loaded; where the rows are gone by right, raise quarantine.fewer_rows_percent for one run")

}

// checkRefusalLoss refuses what forgets refusals while the rows are all there: a question's code, a step's type or the words for a
// decision were renamed in the case store. A run for an earlier moment knows fewer by right.
func (h heldBefore) checkRefusalLoss(staged []lake.Disclosure, asAt time.Time, percent float64) error {
	for _, d := range staged {
		table := [2]string{d.Audience, d.Dataset}
		lost := h.lost(table, d.Rows, percent)
		if table == refusals && lost != "" && !asAt.Before(h.asAt) {
			return fault.WithHint(
				fmt.Errorf("more than %g %% of the refusals are gone since the last snapshot: %s: %w", percent, lost, exit.ErrChecks),
				"see whether the case store's consent steps, questions and words are still those under consent: in the configuration; where they are gone by right, raise quarantine.fewer_rows_percent for one run")

		}
	}
	return nil
}

// lost says what a table had and has where it has lost too much, else nothing.
func (h heldBefore) lost(table [2]string, now int64, percent float64) string {
	before := h.rows[table]
	if gone := before - now; gone < leastLost || float64(gone)*100 <= float64(before)*percent {
		return ""
	}
	return fmt.Sprintf("%s.%s had %d and has %d", table[0], table[1], before, now)
}
