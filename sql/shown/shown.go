// Package shown says which words of a file output may repeat. A file is not always what its name promises: where a key or a
// column is expected, a person's name may be.
package shown

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// Hash tells two texts apart without saying either.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

// Column is a column of a source as output may name it. A file without a header has people's values in the header's
// place: only a name made of words that the known columns are made of is shown, any other by its position, from 1, and its hash.
func Column(name string, position int, known []string) string {
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
		return fmt.Sprintf("column %d (SHA-256 %s)", position, Hash(name))
	}
	return name
}

func columnWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '_' || r == ' ' || r == '/' })
}

var key = regexp.MustCompile(`^[a-z][a-z0-9]{0,19}([_-][a-z0-9]{1,19}){0,7}$`)

// Key is a key or a name that somebody wrote into a configuration, where it has the form of one; else its hash.
func Key(name string) string {
	if key.MatchString(name) && !digits.MatchString(name) {
		return name
	}
	return "that is not written like a name (SHA-256 " + Hash(name) + ")"
}

var (
	number = regexp.MustCompile(`^[0-9]{1,4}$`)
	digits = regexp.MustCompile(`[0-9]{5}`)
	quoted = regexp.MustCompile("[\"'`][^\"'`]*[\"'`]")
)

// WithoutQuotes takes out of a message of a library all that it quotes, but for words in the form of keys.
func WithoutQuotes(message string) string {
	return quoted.ReplaceAllStringFunc(message, func(q string) string {
		words := strings.Fields(q[1 : len(q)-1])
		for _, word := range words {
			if !key.MatchString(word) && !number.MatchString(word) || digits.MatchString(word) {
				return "…"
			}
		}
		return q
	})
}
