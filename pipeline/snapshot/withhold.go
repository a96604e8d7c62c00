package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"

	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/reports"
	"careshare/sql"
)

// Withheld is what stopping or resuming to share about one person did.
type Withheld struct {
	Person   int64            `json:"person_id"`
	Known    bool             `json:"known"`              // the current snapshot has decisions about the person
	Lifted   bool             `json:"lifted"`             // rows come back with the next run, if every gate lets them
	Snapshot string           `json:"snapshot,omitempty"` // published at once without the person's rows
	Rows     map[string]int64 `json:"rows,omitempty"`     // taken out, by dataset
}

func (r Withheld) Text(w io.Writer) {
	switch {
	case r.Lifted:
		fmt.Fprintf(w, "person %d is no longer withheld: the next run shares again what every gate lets through\n", r.Person)
	case r.Snapshot == "":
		fmt.Fprintf(w, "person %d is withheld from the first run on\n", r.Person)
	case !r.Known:
		fmt.Fprintf(w, "the current snapshot knows no person %d: is the number right? The log has it, and every later run keeps to it\n", r.Person)
	default:
		var rows int64
		for _, count := range r.Rows {
			rows += count
		}
		fmt.Fprintf(w, "person %d is withheld: %s taken out, published %s\n", r.Person, reports.Counted(rows, "row"), r.Snapshot)
	}
}

// Withhold stops sharing about a person, or lifts that.
func Withhold(ctx context.Context, p *console.Console, c config.Config, person int64, reason string, lift bool) (Withheld, error) {
	l, err := LockLake(ctx, p, c)
	if err != nil {
		return Withheld{}, err
	}
	defer l.Unlock()
	if lift {
		return Withheld{Person: person, Lifted: true}, lake.Lift(l, person, reason)
	}
	db, err := c.OpenAside(ctx, l.Path())
	if err != nil {
		return Withheld{}, err
	}
	defer db.Close()
	known, err := knows(ctx, db, l, person)
	if err != nil {
		return Withheld{}, err
	}
	done, err := lake.Withhold(ctx, db, l, c.PseudonymKeys(), person, reason)
	err = errors.Join(err, WitnessPublication(p, c, l))
	return Withheld{Person: person, Known: known, Snapshot: done.Snapshot.Path, Rows: done.Rows}, err
}

// knows says whether the current snapshot decides about a person; before the first snapshot nobody is known.
func knows(ctx context.Context, db *sql.DB, l *lake.Lake, person int64) (known bool, err error) {
	snapshot, err := l.Current()
	if errors.Is(err, lake.ErrNoSnapshot) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	manifest, err := snapshot.Manifest()
	if err != nil {
		return false, err
	}
	path, published := snapshot.Dataset(manifest, "decisions")
	if !published {
		return true, nil // the agreement keeps no decisions: nothing speaks against the number
	}
	query := "select count(*) > 0 from " + sql.ParquetFile(path) + " where person_id = ?"
	err = db.QueryRowContext(ctx, query, person).Scan(&known)
	return known, err
}
