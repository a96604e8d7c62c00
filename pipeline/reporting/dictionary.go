package reporting

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"careshare/pipeline/config"
	"careshare/pipeline/relations"
	"careshare/pipeline/snapshot"
	"careshare/reports"
	"careshare/sql"
)

// makeDictionary lays the dictionary out as a page.
func makeDictionary(ctx context.Context, from snapshot.Source) error {
	if !slices.ContainsFunc(from.Manifest.Datasets, from.Named("data_dictionary")) || !slices.ContainsFunc(from.Manifest.Datasets, from.Named("data_lineage")) {
		return nil
	}
	tables, err := dictionaryTables(ctx, from.DB)
	if err != nil {
		return fmt.Errorf("read the dictionary: %w", err)
	}
	about := from.About("report "+config.BIAudience, "Data dictionary for BI")
	return from.Write("data-dictionary.html", func(w io.Writer) error {
		return reports.Letter(w, about, []string{
			"Each dataset has a version. Its first number rises when something is taken from readers, its second when something is added; a column goes only after it has stood here as deprecated until the day that is named.",
			"Pseudonyms hold as long as their key: dim_person.key_version names it. Where a column can be given up it is null in rows that would otherwise show fewer people alike than agreed; 1 is given up first.",
			"Made from tells the source tables, then the models by which a column comes about. Models that rest on many are told of at the end.",
		}, tables)
	})
}

// sourcesShown is how many source tables stand beside a column; of more, the model's own line tells.
const sourcesShown = 4

func dictionaryTables(ctx context.Context, db *sql.DB) ([]reports.Table, error) {
	datasets, err := texts(ctx, db, "select dataset, any_value(description), any_value(coalesce(version, 'none')) from data_dictionary group by dataset order by starts_with(dataset, 'data_'), dataset")
	if err != nil {
		return nil, err
	}
	var tables []reports.Table
	for _, d := range datasets {
		rows, err := texts(ctx, db, `select column_name, type, meaning || coalesce(' Unit: ' || unit || '.', ''),
			concat_ws('; ', case when is_nullable then 'may be null' end, 'given up as ' || given_up_as,
				'deprecated since ' || deprecated_since || ', goes on ' || remove_on || ': use ' || use_instead),
			case when len(string_split(sources, ', ')) > ? then len(string_split(sources, ', ')) || ' tables' else sources end || ? || made_through
			from data_dictionary where dataset = ? order by position`, sourcesShown, relations.Arrow, d[0])
		if err != nil {
			return nil, err
		}
		table := reports.TextTable(strings.ReplaceAll(d[0], "_", "-"), d[0], []string{"Column", "Type", "Meaning", "Notes", "Made from"}, rows)
		table.Notes = []string{d[1], "Version " + d[2] + "."}
		tables = append(tables, table)
	}
	models, err := texts(ctx, db, "select model, why, sources, file from data_lineage order by model")
	if err != nil {
		return nil, err
	}
	return append(tables, reports.TextTable("models", "The models and what they rest on", []string{"Model", "Why", "Source tables", "File"}, models)), nil
}

// texts are a query's rows, every cell a text and null an empty one.
func texts(ctx context.Context, db *sql.DB, query string, args ...any) (all [][]string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		cells, into := make([]*string, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		line := make([]string, len(names))
		for i, cell := range cells {
			if cell != nil {
				line[i] = *cell
			}
		}
		all = append(all, line)
	}
	return all, rows.Err()
}
