package load

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"

	"golang.org/x/mod/sumdb/tlog"

	"careshare/sql"
)

// TextsOf has the engine spell every value of these columns, so that a number with leading zeros stays what it is; nothing
// is an empty text.
func TextsOf(columns []string) string {
	texts := make([]string, len(columns))
	for i, column := range columns {
		texts[i] = "coalesce(cast(" + identifier(column) + " as varchar), '')"
	}
	return strings.Join(texts, ", ")
}

// RowHash is a row as a leaf of its dataset's tree (RFC 6962): of the dataset, and of each column with its value as a
// spreadsheet can hold it.
func RowHash(dataset string, columns, values []string) (tlog.Hash, error) {
	words := make([]string, 0, 1+2*len(columns))
	words = append(words, dataset)
	for i, column := range columns {
		words = append(words, column, settled(values[i]))
	}
	leaf, err := json.Marshal(words)
	return tlog.RecordHash(leaf), err
}

// longestCell is what a cell of a workbook holds at most, in units of UTF-16.
const longestCell = 32767

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// settled is a text as it comes back from a workbook: one kind of line end, no character that XML cannot hold, no more
// than a cell has room for.
func settled(text string) string {
	if strings.Contains(text, "\r") {
		text = lineEnds.Replace(text)
	}
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF || r == 0xFFFD {
			return -1
		}
		return r
	}, text)
	if len(text) <= longestCell { // no text has more units of UTF-16 than bytes
		return text
	}
	room := longestCell
	for i, r := range text {
		if room -= utf16.RuneLen(r); room < 0 {
			return text[:i]
		}
	}
	return text
}

// rowHashes are the leaves of a relation's rows, in the order given.
func rowHashes(ctx context.Context, db *sql.DB, dataset, relation string, columns []string, order string) ([]tlog.Hash, error) {
	hashes := []tlog.Hash{}
	for row, err := range sql.Texts(ctx, db, fmt.Sprintf("select %s from %s order by %s", TextsOf(columns), relation, order)) {
		if err != nil {
			return nil, fmt.Errorf("hash the rows of %s: %w", dataset, err)
		}
		hash, err := RowHash(dataset, columns, row)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// rowsRoot is the root of the tree over leaves that are hashes already.
func rowsRoot(leaves []tlog.Hash) (tlog.Hash, error) {
	var stored storedHashes
	for n, leaf := range leaves {
		hashes, err := tlog.StoredHashesForRecordHash(int64(n), leaf, &stored)
		if err != nil {
			return tlog.Hash{}, err
		}
		stored = append(stored, hashes...)
	}
	return tlog.TreeHash(int64(len(leaves)), &stored)
}

// storedHashes are a tree in tlog's order.
type storedHashes []tlog.Hash

// ReadHashes gives tlog the stored hashes that it asks for.
func (s *storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(*s)) {
			return nil, fmt.Errorf("the tree has no node %d", index)
		}
		out[i] = (*s)[index]
	}
	return out, nil
}

// proveRows sets the root of the dataset's rows, as the file holds them.
func (d *Disclosure) proveRows(ctx context.Context, db *sql.DB, file string) error {
	relation := parquetRelation(file)
	columns, err := Columns(ctx, db, relation)
	if err != nil {
		return err
	}
	leaves, err := rowHashes(ctx, db, d.Dataset, relation, columns, identifiers(d.Grain))
	if err != nil {
		return err
	}
	root, err := rowsRoot(leaves)
	d.RowsRoot = root.String()
	return err
}

// Columns are the names of a relation's own columns, in their order, without the partitions that a file's folders add.
func Columns(ctx context.Context, db engine, relation string) (names []string, err error) {
	rows, err := db.QueryContext(ctx, "select column_name from (describe from "+relation+") where not starts_with(column_name, 'import_')")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
