package pipeline

import (
	"errors"
	"fmt"
	"strings"

	"careshare/extract"
	"careshare/load"
)

// leastLost is how many rows a table must have lost before it is asked whether they are too many: of a few rows most may go by right.
const leastLost = 10

// heldBefore is how many rows each table of each source had for the snapshot that readers have, what newer ones replaced left out:
// a sender's whole export takes the place of the last one and its many changes.
type heldBefore map[[2]string]int64

func heldByCurrent(lake *load.Lake) (heldBefore, error) {
	current, err := lake.Current()
	if errors.Is(err, load.ErrNoSnapshot) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	manifest, err := current.Manifest()
	held := heldBefore{}
	for _, table := range manifest.Conservation {
		if table.Stage == "extract" {
			held[[2]string{table.Source, table.Table}] = table.RowsIn - table.Merged
		}
	}
	return held, err
}

// notFewer refuses a case store or a health sender that was not whole, such as one that is being loaded anew: a refusal that is not
// there cannot be honoured. What lies in an inbox may be taken out of it.
func (h heldBefore) notFewer(tables []extract.Table, percent float64) error {
	var fewer []string
	for _, t := range tables {
		before := h[[2]string{t.From, t.Name}]
		now := t.RowsIn - t.Merged
		lost := before - now
		isWhole := t.From == "casestore" || strings.HasPrefix(t.From, "health-") // what is read anew each time, as it stands
		if isWhole && lost >= leastLost && float64(lost)*100 > float64(before)*percent {
			fewer = append(fewer, fmt.Sprintf("%s.%s had %d and has %d", t.From, t.Name, before, now))
		}
	}
	if len(fewer) == 0 {
		return nil
	}
	named := fewer[:min(len(fewer), namedPlaces)]
	if more := len(fewer) - len(named); more > 0 {
		named = append(named, fmt.Sprintf("and %d more", more))
	}
	return hinted{
		fmt.Errorf("tables have lost more than %g %% of their rows since the last snapshot: %s: %w", percent, strings.Join(named, ", "), errChecks),
		"see whether the source was being loaded; where the rows are gone by right, raise quarantine.fewer_rows_percent for one run",
	}
}
