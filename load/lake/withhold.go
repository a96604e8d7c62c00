package lake

import (
	"context"
	"errors"
	"fmt"

	"careshare/load/audit"
	"careshare/load/fault"
	"careshare/sql"
)

// Withdrawal is what a withholding did.
type Withdrawal struct {
	Snapshot  Snapshot         `json:"snapshot"`  // the new current one; the zero value where nothing is published yet
	Decisions int64            `json:"decisions"` // how many ended at this withholding
	Rows      map[string]int64 `json:"rows"`      // taken out, by dataset
}

// Remake makes reports that name people again, from the datasets without the person. All other reports are taken over.
type Remake struct {
	Folders []string // below reports/; nothing of them is taken over
	Make    func(ctx context.Context, staged Snapshot, manifest Manifest, to, scratch string) error
}

// Withhold stops sharing a person's rows now. The log has the word and the reason first, so that every later run keeps
// to it; then a snapshot without the person's rows is made from the current one and published at once. Asked again it
// finishes what was left undone. The lake must be locked and recovered, and the engine allowed to use its folder. With the key
// of an audience, by its name, only the person leaves its pseudonymised datasets; without it these leave whole until the next run.
func Withhold(ctx context.Context, db *sql.DB, l *Lake, keys map[string]PseudonymKey, personID int64, reason string, remake ...Remake) (Withdrawal, error) {
	if reason == "" {
		return Withdrawal{}, fault.Hinted("give --reason", "withhold: a reason is needed for the log")
	}
	entry, err := l.recordWithholding(personID, reason)
	if err != nil {
		return Withdrawal{}, fmt.Errorf("withhold: %w", err)
	}
	current, err := l.Current()
	if errors.Is(err, ErrNoSnapshot) {
		return Withdrawal{}, nil
	}
	if err == nil {
		var done Withdrawal
		if done, err = l.republish(ctx, db, current, keys, personID, entry, remake); err == nil {
			return done, nil
		}
	}
	return Withdrawal{}, fault.Hinted("the log has the withholding: the next careshare run publishes without the person", "withhold: %w", err)
}

// Lift ends a withholding; the person's rows come back with the next run if every gate lets them.
func Lift(l *Lake, personID int64, reason string) error {
	log, err := l.Log()
	if err != nil {
		return fmt.Errorf("lift: %w", err)
	}
	if _, held := log.Withholding(personID); !held {
		return fault.Hinted("careshare withhold --list lists who is withheld", "lift: this person is not withheld")
	}
	_, err = l.record(audit.Entry{Event: audit.Lifted, Person: &personID, Reason: reason})
	return err
}

// recordWithholding returns the number of the entry that says so, old or new.
func (l *Lake) recordWithholding(personID int64, reason string) (int64, error) {
	log, err := l.Log()
	if err != nil {
		return 0, err
	}
	if w, held := log.Withholding(personID); held {
		return w.Entry, nil
	}
	root, err := l.record(audit.Entry{Event: audit.Withheld, Person: &personID, Reason: reason})
	return root.Size - 1, err
}

// republish makes and publishes the snapshot without the person. Where nothing would change it leaves the old one.
func (l *Lake) republish(ctx context.Context, db *sql.DB, from Snapshot, keys map[string]PseudonymKey, personID, entry int64, remake []Remake) (done Withdrawal, err error) {
	manifest, err := from.Manifest()
	if err != nil {
		return Withdrawal{}, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return Withdrawal{}, err
	}
	defer conn.Close()
	w := &withdrawal{from: from, manifest: manifest, db: db, conn: conn, keys: keys, remake: remake, rows: map[string]int64{}, unchanged: map[string]string{}}
	if err := w.find(ctx, personID, entry); err != nil {
		return Withdrawal{}, err
	}
	if w.decisions == 0 && len(w.rows) == 0 {
		return Withdrawal{Snapshot: from}, nil
	}
	if w.run, err = l.Begin(manifest.AsAt); err != nil {
		return Withdrawal{}, err
	}
	defer func() { err = errors.Join(err, w.run.End("withhold")) }()
	if err := w.write(ctx); err != nil {
		return Withdrawal{}, err
	}
	snapshot, err := w.run.Publish(ctx, Publication{
		from: from.ID, Versions: manifest.Versions, Audiences: manifest.Audiences, Inputs: manifest.Inputs,
		Checks: manifest.Checks, Staged: w.staged, unchanged: w.unchanged,
	})
	return Withdrawal{Snapshot: snapshot, Decisions: w.decisions, Rows: w.rows}, err
}
