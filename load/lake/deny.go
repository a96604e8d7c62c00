package lake

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"careshare/load/agreement"
	"careshare/load/fault"
	"careshare/sql"
)

// ErrNotAllowed says that a model let out rows that the agreement, a decision or the council's word holds back.
var ErrNotAllowed = errors.New("rows that may not be shared")

// isShared says whether the rows are about people and passed the gates: all that goes in or out, and people itself.
func (d Disclosure) isShared() bool { return agreement.Shared(d.Dataset, d.Direction) }

// mayShare is the second lock behind the gates, which are SQL: each row of a shared dataset has a person whose decision
// says shared and whom the log does not withhold, and the agreement is in date.
func (r *Run) mayShare(ctx context.Context, db *sql.DB, agreement agreement.Agreement, d agreement.AgreedDataset, c agreement.Contract) error {
	if !d.IsShared() {
		return nil
	}
	undecided, err := count(ctx, db, "from "+sql.QuoteName(d.Name)+` as given where not exists (from decisions
		where decisions.person_id = given.person_id and decisions.dataset = ? and decisions.decision = 'shared')`, cmp.Or(c.DecidedAs, d.Name))
	if err != nil {
		return fmt.Errorf("compare with the decisions: %w", err)
	}
	if undecided > 0 {
		return fmt.Errorf("%d rows have no decision that says shared: %w", undecided, ErrNotAllowed)
	}
	for _, person := range r.withheld {
		if n, err := count(ctx, db, "from "+sql.QuoteName(d.Name)+" where person_id = ?", person.PersonID); err != nil || n > 0 {
			return errors.Join(err, fmt.Errorf("%d rows of the person of audit log entry %d: %w", n, person.Entry, ErrNotAllowed))
		}
	}
	return r.mayShareNow(ctx, db, agreement, d)
}

// mayShareNow holds the as-at time to the agreement's dates.
func (r *Run) mayShareNow(ctx context.Context, db *sql.DB, agreement agreement.Agreement, d agreement.AgreedDataset) error {
	inDate, err := agreement.InDate(r.AsAt)
	if err != nil || inDate {
		return err
	}
	rows, err := count(ctx, db, "from "+sql.QuoteName(d.Name))
	if err != nil || rows == 0 {
		return err
	}
	return fault.Hinted("review the agreement and set review_on", "the agreement is out of date and there are %d rows: %w", rows, ErrNotAllowed)
}

func count(ctx context.Context, db *sql.DB, from string, args ...any) (n int64, err error) {
	err = db.QueryRowContext(ctx, "select count(*) "+from, args...).Scan(&n)
	return n, err
}
