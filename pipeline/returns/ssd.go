package returns

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"careshare/pipeline/reporting"
	"careshare/pipeline/snapshot"
	"careshare/reports/returns"
	"careshare/sql"
)

// safeguarding lays the Standard Safeguarding Dataset out: a CSV file a table, as far as the agreement publishes it.
func safeguarding() reporting.Layout {
	return reporting.Layout{Name: "returns", Make: makeSafeguarding}
}

func makeSafeguarding(ctx context.Context, from snapshot.Source) error {
	from.To = filepath.Join(from.To, "ssd")
	for table, err := range sql.Texts(ctx, from.DB, "select dataset, string_agg(field, ',' order by position) from config.ssd_fields group by dataset order by dataset") {
		if err != nil {
			return fmt.Errorf("read ssd_fields: %w", err)
		}
		if err := writeSafeguarding(ctx, from, strings.Clone(table[0]), strings.Split(strings.Clone(table[1]), ",")); err != nil {
			return err
		}
	}
	return nil
}

func writeSafeguarding(ctx context.Context, from snapshot.Source, dataset string, fields []string) error {
	if published, err := from.Has(ctx, dataset); err != nil || !published {
		return err
	}
	texts := make([]string, len(fields))
	for i, field := range fields {
		texts[i] = "cast(" + field + " as varchar)"
	}
	query := fmt.Sprintf("select %s from %s order by all", strings.Join(texts, ", "), dataset)
	err := from.Write(dataset+".csv", func(w io.Writer) error {
		return returns.CSV{Header: fields, LineEnd: "\r\n"}.Write(w, sql.Texts(ctx, from.DB, query))
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", dataset, err)
	}
	return nil
}
