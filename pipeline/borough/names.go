package borough

import (
	_ "embed" // for the names
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
)

// tradition is a stock of names that go together. The lists are made up for this borough; surnames are also built from
// syllables, so that a big borough does not run out of them.
type tradition struct {
	weight         int
	women, men     []string
	surnames       []string
	heads, tails   []string // syllables of further surnames; none: only the list
	languages      []string // first languages, the first the most usual
	isDoubleBarrel bool     // two surnames are sometimes joined
}

//go:embed names.csv
var namesCSV string

// traditions are those of names.csv, a line each; the names of a field are parted by " | ".
func traditions() []tradition {
	lines, err := csv.NewReader(strings.NewReader(namesCSV)).ReadAll()
	if err != nil {
		panic(err) // embedded: it cannot be broken
	}
	var found []tradition
	for _, line := range lines[1:] {
		weight, _ := strconv.Atoi(line[0]) // likewise
		names := func(column int) []string {
			return slices.DeleteFunc(strings.Split(line[column], " | "), func(name string) bool { return name == "" })
		}
		found = append(found, tradition{weight: weight, women: names(1), men: names(2), surnames: names(3), heads: names(4), tails: names(5),
			languages: names(6), isDoubleBarrel: line[7] == "yes"})
	}
	return found
}

// tradition draws a stock of names by its weight.
func (c *chunk) tradition() tradition {
	total := 0
	for _, t := range c.maker.names {
		total += t.weight
	}
	at := c.random.IntN(total)
	for _, t := range c.maker.names {
		if at -= t.weight; at < 0 {
			return t
		}
	}
	panic("unreachable: the weights sum to the total")
}

// surname draws one from the list, builds one from syllables, or joins two.
func (c *chunk) surname(t tradition) string {
	name := oneOf(c.random, t.surnames)
	if len(t.heads) > 0 && c.chance(70) {
		name = oneOf(c.random, t.heads) + oneOf(c.random, t.tails)
	}
	if t.isDoubleBarrel && c.chance(5) {
		return name + "-" + oneOf(c.random, t.surnames)
	}
	return name
}

// givenName draws a name for the gender.
func (c *chunk) givenName(t tradition, gender string) string {
	if gender == "F" {
		return oneOf(c.random, t.women)
	}
	return oneOf(c.random, t.men)
}
