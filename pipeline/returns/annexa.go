package returns

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"careshare/pipeline/config"
	"careshare/pipeline/reporting"
	"careshare/pipeline/snapshot"
	"careshare/reports/returns"
	"careshare/sql"
)

// annexASheet is one list: its dataset and sheet, and its columns in order.
type annexASheet struct {
	dataset, sheet          string
	headings, fields, kinds []string
	answers                 []string // the list in annex_a_answers.csv whose words the column has; empty: none
}

// makeAnnexA writes the inspectors' lists as the one workbook that they expect.
func makeAnnexA(ctx context.Context, from snapshot.Source, p config.Period) error {
	sheets, err := annexASheets(ctx, from)
	if err != nil {
		return err
	}
	var lists []returns.List
	for _, s := range sheets {
		if there, err := from.Has(ctx, s.dataset); err != nil {
			return err
		} else if !there {
			return fmt.Errorf("the agreement does not publish %s", s.dataset)
		}
		list := s.list(ctx, from, p)
		if list.Longest, err = reporting.Longest(ctx, from, s.inWords(), s.fields); err != nil {
			return fmt.Errorf("read %s: %w", s.dataset, err)
		}
		lists = append(lists, list)
	}
	title := "Annex A as at " + p.AsAt
	return from.Write("annex-a.xlsx", func(w io.Writer) error { return returns.Lists(w, from.Scratch, title, from.Manifest.AsAt, lists) })
}

// list reads the rows of one list in their order.
func (s annexASheet) list(ctx context.Context, from snapshot.Source, p config.Period) returns.List {
	list := returns.List{Sheet: s.sheet, Heading: s.headings}
	for i := range s.fields {
		list.IsDate = append(list.IsDate, s.kinds[i] == "DATE")
		list.IsCount = append(list.IsCount, s.kinds[i] == "BIGINT" || s.kinds[i] == "INTEGER")
	}
	query := fmt.Sprintf("select %s from %s where collection_year = ? order by row_position", strings.Join(s.fields, ", "), s.inWords())
	list.Rows = sql.Texts(ctx, from.DB, query, p.Year)
	return list
}

// inWords is a query of the list with Ofsted's words for its codes. A code that has none is written as it is: AA-7 finds it.
func (s annexASheet) inWords() string {
	texts, joins := []string{"list.collection_year", "list.row_position"}, ""
	for i, field := range s.fields {
		text := fmt.Sprintf("cast(list.%s as varchar)", field)
		if s.answers[i] != "" {
			joins += fmt.Sprintf(" left join config.annex_a_answers as of_%[1]s on of_%[1]s.answers = '%[2]s' and lower(of_%[1]s.code) = lower(list.%[1]s)", field, s.answers[i])
			text = fmt.Sprintf("case when of_%[1]s.code is null then %[2]s else of_%[1]s.words end", field, text)
		}
		texts = append(texts, text+" as "+field)
	}
	return fmt.Sprintf("(select %s from %s as list%s)", strings.Join(texts, ", "), s.dataset, joins)
}

// annexASheets are the lists as annex_a_columns.csv names them, with the types that the datasets have.
func annexASheets(ctx context.Context, s snapshot.Source) (sheets []annexASheet, err error) {
	rows, err := s.DB.QueryContext(ctx, `select columns.dataset, columns.sheet, columns.heading, columns.field,
			coalesce(held.data_type, 'VARCHAR'), coalesce(columns.answers, '')
		from config.annex_a_columns as columns
		left join information_schema.columns as held
			on held.table_schema = 'main' and held.table_name = columns.dataset and held.column_name = columns.field
		order by cast(split_part(columns.dataset, '_', 4) as integer), columns.position`)
	if err != nil {
		return nil, fmt.Errorf("read annex_a_columns: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var dataset, sheet, heading, field, kind, answers string
		if err := rows.Scan(&dataset, &sheet, &heading, &field, &kind, &answers); err != nil {
			return nil, err
		}
		at := slices.IndexFunc(sheets, func(s annexASheet) bool { return s.dataset == dataset })
		if at < 0 {
			at, sheets = len(sheets), append(sheets, annexASheet{dataset: dataset, sheet: sheet})
		}
		one := &sheets[at]
		one.headings, one.fields, one.kinds = append(one.headings, heading), append(one.fields, field), append(one.kinds, kind)
		one.answers = append(one.answers, answers)
	}
	return sheets, rows.Err()
}
