package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"careshare/load/audit"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/reports"
	"careshare/sql"
)

// Withheld is what stopping or resuming to share about one person did.
type Withheld struct {
	Person   int64            `json:"person_id"`
	Known    bool             `json:"known"`              // the current snapshot has decisions about the person
	Already  bool             `json:"already"`            // the person was withheld before
	Lifted   bool             `json:"lifted"`             // rows come back with the next run, if every gate lets them
	Snapshot string           `json:"snapshot,omitempty"` // published at once without the person's rows
	Rows     map[string]int64 `json:"rows,omitempty"`     // taken out, by dataset
}

// WithholdOptions say how sharing about one person stops, or goes on.
type WithholdOptions struct {
	Reason  string      // for the audit log; names nobody
	Lift    bool        // share again from the next run on
	Unknown bool        // the person may be in no snapshot yet
	Remake  lake.Remake // the reports that name people
}

// Text prints one line.
func (r Withheld) Text(w io.Writer) {
	switch {
	case r.Lifted:
		fmt.Fprintf(w, "person %d is no longer withheld: the next run shares again what every gate allows\n", r.Person)
	case r.Snapshot == "":
		fmt.Fprintf(w, "person %d is withheld from the first run on\n", r.Person)
	case !r.Known:
		fmt.Fprintf(w, "person %d is withheld, and is not in the current snapshot: every later run withholds them\n", r.Person)
	default:
		var rows int64
		for _, count := range r.Rows {
			rows += count
		}
		if r.Already && rows == 0 {
			fmt.Fprintf(w, "person %d was withheld already, and nothing of theirs was left to take out: published %s\n", r.Person, r.Snapshot)
			return
		}
		fmt.Fprintf(w, "person %d is withheld: %s taken out, published %s\n", r.Person, reports.Counted(rows, "row"), r.Snapshot)
	}
}

// Withhold stops sharing about a person, or lifts that.
func Withhold(ctx context.Context, p *console.Console, c config.Config, person int64, o WithholdOptions) (Withheld, error) {
	l, err := LockLake(ctx, p, c)
	if err != nil {
		return Withheld{}, err
	}
	defer l.Unlock()
	if o.Lift {
		return Withheld{Person: person, Lifted: true}, lake.Lift(l, person, o.Reason)
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
	if !known && !o.Unknown {
		return Withheld{}, exit.Usage(fault.WithHint(fmt.Errorf("withhold: person %d is not in the current snapshot; nothing was changed", person),
			"check the number; --unknown withholds somebody who is not in a snapshot yet"))
	}
	log, err := l.Log()
	if err != nil {
		return Withheld{}, err
	}
	already := slices.ContainsFunc(log.WithheldPeople(), func(w audit.Withholding) bool { return w.PersonID == person })
	done, err := lake.Withhold(ctx, db, l, c.PseudonymKeys(), person, o.Reason, o.Remake)
	err = errors.Join(err, WitnessPublication(p, c, l))
	return Withheld{Person: person, Known: known, Already: already, Snapshot: done.Snapshot.Path, Rows: done.Rows}, err
}

// WithheldList is who is withheld manually now.
type WithheldList struct {
	People []audit.Withholding `json:"people"`
}

// Text prints a line a person.
func (l WithheldList) Text(w io.Writer) {
	if len(l.People) == 0 {
		fmt.Fprintln(w, "0 people manually withheld")
		return
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer table.Flush()
	fmt.Fprintln(table, "PERSON\tSINCE\tLOG ENTRY\tREASON")
	for _, person := range l.People {
		fmt.Fprintf(table, "%d\t%s\t%d\t%s\n", person.PersonID, person.WithheldAt.Format("2 Jan 2006"), person.Entry, person.Reason)
	}
}

// WithheldNow lists who is withheld manually.
func WithheldNow(p *console.Console, c config.Config) (WithheldList, error) {
	l, err := c.OpenLake(p.Now)
	if err != nil {
		return WithheldList{}, err
	}
	log, err := l.Log()
	if err != nil {
		return WithheldList{}, err
	}
	return WithheldList{append([]audit.Withholding{}, log.WithheldPeople()...)}, nil
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
