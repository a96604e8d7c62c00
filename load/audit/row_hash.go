package audit

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"

	"golang.org/x/mod/sumdb/tlog"
)

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

// RowsRoot is the root of the tree over leaves that are hashes already.
func RowsRoot(leaves []tlog.Hash) (tlog.Hash, error) {
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
