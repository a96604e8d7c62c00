package sql

import (
	"context"
	"fmt"
	"strings"

	"careshare/extract/delimited"
)

// ForSpreadsheet is a query with its text columns escaped (see delimited.Escape), for a CSV that people open in a
// spreadsheet. Numbers, dates and lists stay as they are: none begins as a formula but a negative number.
func ForSpreadsheet(ctx context.Context, db Querier, query string) (string, error) {
	columns, err := describe(ctx, db, query)
	if err != nil {
		return "", err
	}
	expressions := make([]string, len(columns))
	for i, column := range columns {
		expressions[i] = QuoteName(column[0])
		if column[1] == "VARCHAR" {
			expressions[i] = delimited.EscapeSQL(expressions[i]) + " as " + expressions[i]
		}
	}
	return fmt.Sprintf("select %s from (%s)", strings.Join(expressions, ", "), query), nil
}
