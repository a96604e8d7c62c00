package flow

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"careshare/load/lake"
	"careshare/sql"
)

// marks are the keys as a manifest names them.
func marks(keys map[string]lake.PseudonymKey) map[string]lake.KeyMark {
	all := map[string]lake.KeyMark{}
	for audience, key := range keys {
		all[audience] = key.Mark()
	}
	return all
}

// createPseudonyms gives the models the keys, bound, so that none is ever part of a statement. The table is dropped when the
// pseudonyms are made.
func createPseudonyms(ctx context.Context, db *sql.DB, keys map[string]lake.PseudonymKey) error {
	create := "create table config.pseudonyms (audience varchar, key_version varchar, inner_pad blob, outer_pad blob)"
	if _, err := db.ExecContext(ctx, create); err != nil {
		return fmt.Errorf("create config.pseudonyms: %w", err)
	}
	for _, audience := range slices.Sorted(maps.Keys(keys)) {
		inner, outer := keys[audience].Pads()
		if _, err := db.ExecContext(ctx, "insert into config.pseudonyms values (?, ?, ?, ?)", audience, keys[audience].Version, inner, outer); err != nil {
			return fmt.Errorf("fill config.pseudonyms: the keys of %s could not be bound", audience) // the engine's words may hold what was bound
		}
	}
	return nil
}
