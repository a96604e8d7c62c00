package lake

import (
	"context"
	"errors"
	"fmt"

	"careshare/load/agreement"
	"careshare/load/fault"
	"careshare/sql"
)

// ErrNotAllowed says that a model published rows that the agreement, a decision or the council's word holds back.
var ErrNotAllowed = errors.New("rows that may not be shared")

// isShared reports whether decisions about people let the rows out. Manifests of earlier versions say it by the direction.
func (d Disclosure) isShared() bool {
	return d.DecidedAs != "" || d.Direction == "in" || d.Direction == "out" || d.Direction == "internal" && d.Dataset == "people"
}

// mayShare is the second lock behind the gates, which are SQL: each row of a dataset that decisions publish has a person whose
// decision says shared and whom the log does not withhold, and the agreement is in date. What no decision publishes goes to an
// exempt audience only, and never an identifier or free text to a de-identified one.
func (r *Run) mayShare(ctx context.Context, db *sql.DB, a agreement.Agreement, d agreement.AgreedDataset, c agreement.Contract) error {
	if !c.IsShared() {
		return mayExempt(a.Audiences[d.Audience], c)
	}
	undecided, err := count(ctx, db, "from "+sql.QuoteName(d.Name)+` as given where not exists (from decisions
		where decisions.person_id = given.`+sql.QuoteName(c.Subject)+` and decisions.dataset = ? and decisions.decision = 'shared')`, c.DecidedAs())
	if err != nil {
		return fmt.Errorf("compare with the decisions: %w", err)
	}
	if undecided > 0 {
		return fmt.Errorf("%d rows have no decision that says shared: %w", undecided, ErrNotAllowed)
	}
	for _, person := range r.withheld {
		if n, err := count(ctx, db, "from "+sql.QuoteName(d.Name)+" where "+sql.QuoteName(c.Subject)+" = ?", person.PersonID); err != nil || n > 0 {
			return errors.Join(err, fmt.Errorf("%d rows of the person of audit log entry %d: %w", n, person.Entry, ErrNotAllowed))
		}
	}
	return r.mayShareNow(ctx, db, a, d)
}

// mayExempt holds what no decision publishes to the exemption of its audience.
func mayExempt(access agreement.Access, c agreement.Contract) error {
	if access.Exemption == "" {
		return fmt.Errorf("no decision lets its rows out, and its audience has no exemption: %w", ErrNotAllowed)
	}
	if access.Exemption != agreement.DeIdentified {
		return nil
	}
	for _, column := range c.Columns {
		if column.Kind == agreement.Identifier || column.Kind == agreement.Text || column.Kind == "" {
			return fmt.Errorf("column %s of kind %q for a de-identified audience: %w", column.Name, column.Kind, ErrNotAllowed)
		}
	}
	return nil
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
