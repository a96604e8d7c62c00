package returns

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"careshare/pipeline/config"
	"careshare/pipeline/reporting"
	"careshare/pipeline/snapshot"
	"careshare/reports/returns"
	"careshare/sql"
)

// returnLayout lays one return out as the files that its collection takes, from the published datasets of the audience
// returns.
type returnLayout struct {
	name string
	make func(ctx context.Context, from snapshot.Source, p config.Period) error
}

// everyReturn are the returns in the order in which a run writes them.
func everyReturn() []returnLayout {
	return []returnLayout{
		{"903", makeSSDA903},
		{"cin", makeCIN},
		{"annex-a", makeAnnexA},
		{"cld", makeClientLevelData},
	}
}

// Layouts are the layouts of every return of these windows, each into a folder of its own below returns/, and of the Standard
// Safeguarding Dataset.
func Layouts(periods []config.Period) (list []reporting.Layout) {
	for _, p := range periods {
		list = append(list, reporting.Layout{Name: "returns", Make: func(ctx context.Context, from snapshot.Source) error { return makeReturn(ctx, from, p) }})
	}
	return append(list, safeguarding())
}

// makeReturn writes the files of one return and window, below the folder of from.
func makeReturn(ctx context.Context, from snapshot.Source, p config.Period) error {
	from.To = filepath.Join(from.To, p.Folder())
	for _, layout := range everyReturn() {
		if layout.name != p.Return {
			continue
		}
		if err := layout.make(ctx, from, p); err != nil {
			return fmt.Errorf("write return %s: %w", p.Folder(), err)
		}
	}
	return nil
}

// HeldPeriods are the windows that the source holds; none where the agreement publishes no returns.
func HeldPeriods(ctx context.Context, s snapshot.Source) (held []config.Period, err error) {
	published, err := s.Has(ctx, "return_periods")
	if err != nil || !published {
		return nil, err
	}
	rows, err := s.DB.QueryContext(ctx, `select return_name, collection_year, cast(starts_on as varchar), cast(ends_on as varchar),
		cast(as_at as varchar), is_current from return_periods order by return_name, collection_year`)
	if err != nil {
		return nil, fmt.Errorf("read return_periods: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p config.Period
		if err := rows.Scan(&p.Return, &p.Year, &p.StartsOn, &p.EndsOn, &p.AsAt, &p.IsCurrent); err != nil {
			return nil, err
		}
		held = append(held, p)
	}
	return held, rows.Err()
}

// makeSSDA903 writes the files of the looked-after children's return, with the columns of the year.
func makeSSDA903(ctx context.Context, from snapshot.Source, p config.Period) error {
	rows, err := from.DB.QueryContext(ctx, `select file, dataset, string_agg(heading, ',' order by position), string_agg(field, ',' order by position)
		from config.ssda903_columns where $1 between coalesce(first_year, 0) and coalesce(last_year, 9999) group by all order by file`, p.Year)
	if err != nil {
		return fmt.Errorf("read ssda903_columns: %w", err)
	}
	defer rows.Close()
	var files []flatFile
	for rows.Next() {
		var f flatFile
		var headings, fields string
		if err := rows.Scan(&f.name, &f.dataset, &headings, &fields); err != nil {
			return err
		}
		f.headings, f.fields = strings.Split(headings, ","), strings.Split(fields, ",")
		files = append(files, f)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, f := range files {
		if err := f.write(ctx, from, p); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	return nil
}

// flatFile is one flat file of a return: which dataset, and the file's columns in order.
type flatFile struct {
	name, dataset    string
	headings, fields []string
}

func (f flatFile) write(ctx context.Context, from snapshot.Source, p config.Period) error {
	kinds, err := kinds(ctx, from, f.dataset)
	if err != nil {
		return err
	}
	if len(kinds) == 0 {
		return fmt.Errorf("the agreement does not publish %s", f.dataset)
	}
	texts := make([]string, len(f.fields))
	for i, field := range f.fields {
		texts[i] = "cast(" + field + " as varchar)"
		if kinds[field] == "DATE" {
			texts[i] = "strftime(" + field + ", '%d/%m/%Y')"
		}
	}
	query := fmt.Sprintf("select %s from %s where collection_year = ? order by row_position", strings.Join(texts, ", "), f.dataset)
	return from.Write(f.name, func(w io.Writer) error {
		return returns.CSV{Header: f.headings, LineEnd: "\r\n"}.Write(w, sql.Texts(ctx, from.DB, query, p.Year))
	})
}

// kinds are the types of a dataset's columns by their names; none where it is not there.
func kinds(ctx context.Context, s snapshot.Source, dataset string) (map[string]string, error) {
	kinds := map[string]string{}
	for column, err := range sql.Texts(ctx, s.DB, "select column_name, data_type from information_schema.columns where table_schema = 'main' and table_name = ?", dataset) {
		if err != nil {
			return nil, err
		}
		kinds[strings.Clone(column[0])] = strings.Clone(column[1])
	}
	return kinds, nil
}
