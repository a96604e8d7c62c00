package extract

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// ShortHash tells two texts apart without saying either.
func ShortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

// ShownColumn is a column of a source as output may name it. A file without a header has people's values in the header's
// place: only a name made of words that the known columns are made of is shown, any other by its position, from 1, and its hash.
func ShownColumn(name string, position int, known []string) string {
	words := map[string]bool{}
	for _, column := range known {
		for _, word := range columnWords(column) {
			words[word] = true
		}
	}
	all := columnWords(name)
	for _, word := range all {
		if !words[word] {
			all = nil
		}
	}
	if len(all) == 0 {
		return fmt.Sprintf("column %d (SHA-256 %s)", position, ShortHash(name))
	}
	return name
}

func columnWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '_' || r == ' ' || r == '/' })
}
