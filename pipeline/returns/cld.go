package returns

import (
	"context"
	"fmt"
	"strings"

	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"
)

// makeClientLevelData writes the adults' submission: one flat file with the headings of the collection.
func makeClientLevelData(ctx context.Context, from snapshot.Source, p config.Period) error {
	var headings, fields string
	err := from.DB.QueryRowContext(ctx, "select string_agg(heading, '|' order by position), string_agg(field, '|' order by position) from config.cld_fields").
		Scan(&headings, &fields)
	if err != nil {
		return fmt.Errorf("read cld_fields: %w", err)
	}
	f := flatFile{"client_level_data.csv", "cld_events", strings.Split(headings, "|"), strings.Split(fields, "|")}
	return f.write(ctx, from, p)
}
