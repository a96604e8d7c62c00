package pipeline

import (
	"context"
	"fmt"

	"careshare/sql"
)

// createLinks makes linkage.links, which int_linked_numbers and nhs_number_reviews read: for a person without a number,
// the number of a sender's patient, with its match weight and the margin over the next candidate. Outcome is accepted or
// review; of each person at most one is accepted. It is empty until the linkage of people to patients fills it.
func createLinks(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `create schema if not exists linkage; create table linkage.links
		(person_id bigint, nhs_number varchar, sender varchar, weight double, margin double, outcome varchar)`)
	if err != nil {
		return fmt.Errorf("create linkage.links: %w", err)
	}
	return nil
}
