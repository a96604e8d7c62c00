package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strings"

	"careshare/reports/returns"
)

// returnLayout lays one return out as the files that its collection takes, from the published datasets of the audience
// returns.
type returnLayout struct {
	name string
	make func(ctx context.Context, from reportSource, p period) error
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

// makeReturns writes every return of every window that the snapshot holds, each into a folder of its own.
func makeReturns(ctx context.Context, from reportSource) error {
	held, err := from.periods(ctx)
	if err != nil {
		return err
	}
	for _, p := range held {
		if err := makeReturn(ctx, from, p); err != nil {
			return err
		}
	}
	return nil
}

// makeReturn writes the files of one return and window, below the folder of from.
func makeReturn(ctx context.Context, from reportSource, p period) error {
	from.to = filepath.Join(from.to, p.folder())
	for _, layout := range everyReturn() {
		if layout.name != p.Return {
			continue
		}
		if err := layout.make(ctx, from, p); err != nil {
			return fmt.Errorf("write return %s: %w", p.folder(), err)
		}
	}
	return nil
}

// periods are the windows that the source holds; none where the agreement publishes no returns.
func (s reportSource) periods(ctx context.Context) (held []period, err error) {
	published, err := s.has(ctx, "return_periods")
	if err != nil || !published {
		return nil, err
	}
	rows, err := s.db.QueryContext(ctx, `select return_name, collection_year, cast(starts_on as varchar), cast(ends_on as varchar),
		cast(as_at as varchar), is_current from return_periods order by return_name, collection_year`)
	if err != nil {
		return nil, fmt.Errorf("read return_periods: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p period
		if err := rows.Scan(&p.Return, &p.Year, &p.StartsOn, &p.EndsOn, &p.AsAt, &p.IsCurrent); err != nil {
			return nil, err
		}
		held = append(held, p)
	}
	return held, rows.Err()
}

// texts streams a query of texts.
func (s reportSource) texts(ctx context.Context, query string, columns int, args ...any) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for cells, err := range s.rows(ctx, query, columns, args...) {
			texts := make([]string, len(cells))
			for i, cell := range cells {
				texts[i] = cell.Text
			}
			if !yield(texts, err) || err != nil {
				return
			}
		}
	}
}

// has says whether a dataset is there.
func (s reportSource) has(ctx context.Context, dataset string) (there bool, err error) {
	err = s.db.QueryRowContext(ctx, "select count(*) > 0 from information_schema.tables where table_schema = 'main' and table_name = ?", dataset).Scan(&there)
	return there, err
}

// makeSSDA903 writes the files of the looked-after children's return, with the columns of the year.
func makeSSDA903(ctx context.Context, from reportSource, p period) error {
	rows, err := from.db.QueryContext(ctx, `select file, dataset, string_agg(heading, ',' order by position), string_agg(field, ',' order by position)
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

func (f flatFile) write(ctx context.Context, from reportSource, p period) error {
	if there, err := from.has(ctx, f.dataset); err != nil || !there {
		return errors.Join(err, fmt.Errorf("the agreement does not publish %s", f.dataset))
	}
	texts := make([]string, len(f.fields))
	for i, field := range f.fields {
		texts[i] = "coalesce(case typeof(" + field + ") when 'DATE' then strftime(try_cast(" + field + " as date), '%d/%m/%Y') else cast(" + field + " as varchar) end, '')"
	}
	query := fmt.Sprintf("select %s from %s where collection_year = ? order by row_position", strings.Join(texts, ", "), f.dataset)
	return from.write(f.name, func(w io.Writer) error {
		return returns.CSV{Header: f.headings, LineEnd: "\r\n"}.Write(w, from.texts(ctx, query, len(texts), p.Year))
	})
}
