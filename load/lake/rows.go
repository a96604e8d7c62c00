package lake

import (
	"context"
	"fmt"
	"strings"

	"careshare/load/audit"
	"careshare/sql"

	"golang.org/x/mod/sumdb/tlog"
)

// TextsOf has the engine spell every value of these columns, so that a number with leading zeros stays what it is; nothing
// is an empty text.
func TextsOf(columns []string) string {
	texts := make([]string, len(columns))
	for i, column := range columns {
		texts[i] = "coalesce(cast(" + sql.QuoteName(column) + " as varchar), '')"
	}
	return strings.Join(texts, ", ")
}

// rowHashes are the leaves of a relation's rows, in the order given.
func rowHashes(ctx context.Context, db *sql.DB, dataset, relation string, columns []string, order string) ([]tlog.Hash, error) {
	hashes := []tlog.Hash{}
	for row, err := range sql.Texts(ctx, db, fmt.Sprintf("select %s from %s order by %s", TextsOf(columns), relation, order)) {
		if err != nil {
			return nil, fmt.Errorf("hash the rows of %s: %w", dataset, err)
		}
		hash, err := audit.RowHash(dataset, columns, row)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// proveRows sets the root of the dataset's rows, as the file holds them.
func (d *Disclosure) proveRows(ctx context.Context, db *sql.DB, file string) error {
	relation := parquetRelation(file)
	columns, _, err := Columns(ctx, db, relation)
	if err != nil {
		return err
	}
	leaves, err := rowHashes(ctx, db, d.Dataset, relation, columns, sql.QuoteNames(d.Grain))
	if err != nil {
		return err
	}
	root, err := audit.RowsRoot(leaves)
	d.RowsRoot = root.String()
	return err
}

// Columns are the names and the engine's types of a relation's own columns, in their order, without the partitions that a
// file's folders add.
func Columns(ctx context.Context, db engine, relation string) (names, types []string, err error) {
	rows, err := db.QueryContext(ctx, "select column_name, column_type from (describe from "+relation+") where not starts_with(column_name, 'import_')")
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return nil, nil, err
		}
		names, types = append(names, name), append(types, kind)
	}
	return names, types, rows.Err()
}
