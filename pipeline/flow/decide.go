package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"careshare/load/fault"
	"careshare/pipeline/exit"
	"careshare/transform"
)

// extract reads every source, and stops where too much of one is gone since the last snapshot.
func (j *Job) extract(ctx context.Context, w *work) (err error) {
	if w.tables, err = j.Extract(ctx, Folders{Raw: w.run.Raw, Private: w.run.Private, Quarantine: w.run.Quarantine, Spill: w.run.Spill}); err != nil {
		return err
	}
	j.countTaken(w.tables)
	return w.known.held.checkRowLoss(w.tables, j.Config.Quarantine.FewerRowsPercent)
}

// resolveScopeConsent runs the models and then their checks: sql/resolve says whose record is whose, sql/scope whose care
// is open now, sql/consent what they allow, sql/share which rows every gate publishes. Each model runs after those it reads.
func (j *Job) resolveScopeConsent(ctx context.Context, w *work) (err error) {
	j.step("gather")
	if w.db, err = j.Gather(ctx, w.known, w.run, w.tables); err != nil {
		return err
	}
	j.step("transform and check")
	if w.decided, err = transform.Run(ctx, w.db, j.Models, j.LinkPeople(w.db, w.known)); err != nil {
		return err
	}
	if err := blocked(w.decided.Blocked()); err != nil {
		return err
	}
	if _, err := w.db.ExecContext(ctx, "drop table config.pseudonyms"); err != nil { // the pseudonyms are made
		return fmt.Errorf("drop the keys: %w", err)
	}
	return nil
}

// blocked says which checks forbid publishing, by which rule and where to look.
func blocked(found []transform.Found) error {
	var all []error
	for _, f := range found {
		all = append(all, errors.New(f.Words()))
	}
	if len(all) == 0 {
		return nil
	}
	err := errors.Join(append(all, exit.ErrChecks)...)
	if slices.ContainsFunc(found, func(f transform.Found) bool { return f.Check == "safeguards_breached" }) {
		return fault.WithHint(err, "see who would change: careshare plan --against current; where the figures are right, publish once with careshare run --accept NAME")
	}
	return fault.WithHint(err,
		"look the ids up at the source and correct the rows there; if they are right, the rule is wrong: report it, or change it with careshare rules copy")
}
