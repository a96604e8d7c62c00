package linkage

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"careshare/sql"
)

// mostComparisons is how many comparisons of four bits a pattern of 63 bits holds.
const mostComparisons = 15

// comparison is one thing that is compared: a field, or several name columns as one.
type comparison struct {
	N          int // from 1: the number in column names
	Name       string
	Kind       Kind
	Left       string // SQL that gives the raw text of a left record
	Right      string
	Dictionary int // number of the dictionary that holds its values
}

// Normal is the macro that normalises a value, after link_.
func (c comparison) Normal() string {
	switch c.Kind {
	case Postcode:
		return "postcodes"
	case Text:
		return "words"
	}
	return string(c.Kind)
}

// IsName and IsWords say how values are kept: names with nicknames and sounds, names and texts in a dictionary of words.
func (c comparison) IsName() bool { return c.Kind == Given || c.Kind == Family }

// IsWords says whether distinct values are compared once, in a dictionary.
func (c comparison) IsWords() bool { return c.IsName() || c.Kind == Text }

// IsPersonal says whether the value is a person's own, not shared with relatives at the same address.
func (c comparison) IsPersonal() bool {
	return c.Kind == Given || c.Kind == Date || c.Kind == Identifier || c.Kind == Sex
}

// IsOwnByChance says whether two relatives agree in the value by chance only. Of given names they do not: a child bears a parent's.
func (c comparison) IsOwnByChance() bool { return c.IsPersonal() && c.Kind != Given }

// Shift is the place of the comparison's four bits in a pattern.
func (c comparison) Shift() int { return 4 * (c.N - 1) }

// LevelNames are the words for the comparison's levels.
func (c comparison) LevelNames() []string { return levelNames(c.Kind) }

// level is the comparison's level in a pattern.
func (c comparison) level(pattern int64) int { return int(pattern >> c.Shift() & 15) }

// The levels that code refers to; sql/linkage/levels.sql defines all of them.
const (
	levelSame     = 1
	nameDifferent = 10
	namePart      = 7  // all words of one name are words of the other
	nameExchanged = 11 // given and family name, said by the given name
	dateYearSame  = 5
	dateDefault   = 7 // the same, but a date that is written where the day is not known
	mostLevels    = 16
)

// nameLevels are the levels of a given or family name by number.
var nameLevels = []string{
	"missing", "same", "same as another name", "one slip", "another form", "initial", "beginning or end", "part of the other",
	"one word in common", "alike", "different", "exchanged with the family name",
}

// levelNames are a kind's levels by number; sql/linkage/levels.sql says what they mean.
func levelNames(kind Kind) []string {
	switch kind {
	case Given:
		return nameLevels
	case Family:
		return nameLevels[:nameExchanged]
	case Date:
		return []string{"missing", "same", "day and month exchanged", "one digit", "two parts same", "year same", "different", "same, a default date"}
	case Postcode:
		return []string{"missing", "same", "same at an earlier address", "one slip", "sector same", "outward code same", "different"}
	case Sex:
		return []string{"missing", "same", "different"}
	}
	return []string{"missing", "same", "one slip", "alike", "different"}
}

// usual are how often two records of one person reach each level: where EM begins, and where it stays without evidence.
func usual(kind Kind) []float64 {
	switch kind {
	case Given:
		return []float64{0, 0.79, 0.02, 0.06, 0.03, 0.005, 0.015, 0.02, 0.005, 0.015, 0.03, 0.01}
	case Family:
		return []float64{0, 0.84, 0.01, 0.06, 0.01, 0.002, 0.01, 0.02, 0.003, 0.015, 0.03}
	case Date:
		return []float64{0, 0.89, 0.01, 0.04, 0.03, 0.01, 0.01, 0.01}
	case Postcode:
		return []float64{0, 0.70, 0.05, 0.05, 0.03, 0.05, 0.12}
	case Sex:
		return []float64{0, 0.98, 0.02}
	case Identifier:
		return []float64{0, 0.92, 0.04, 0.01, 0.03}
	}
	return []float64{0, 0.75, 0.08, 0.05, 0.12}
}

// comparisons turns the mapped fields into what is compared, names first.
func comparisons(o Options) ([]comparison, error) {
	var all []comparison
	add := func(name string, kind Kind, fields []Field, part string) {
		all = append(all, comparison{Name: name, Kind: kind, Left: rawSQL(fields, part, kind, Field.left), Right: rawSQL(fields, part, kind, Field.right)})
	}
	names := ofKind(o.Fields, Name)
	for _, kind := range Kinds() {
		fields := ofKind(o.Fields, kind)
		switch {
		case kind == Name:
		case kind == Given || kind == Family:
			if fields = append(fields, names...); len(fields) > 0 {
				add(nameOf(fields, kind), kind, fields, "link_"+string(kind)+"_part")
			}
		case kind == Postcode && len(fields) > 0:
			add(fields[0].Name, kind, fields, "")
		default:
			for _, f := range fields {
				add(f.Name, kind, []Field{f}, "")
			}
		}
	}
	if len(all) == 0 {
		return nil, errors.New("no field is mapped")
	}
	if len(all) > mostComparisons {
		return nil, fmt.Errorf("%d fields are mapped; at most %d can be compared", len(all), mostComparisons)
	}
	return number(all), nil
}

// number gives each comparison its number and dictionary; both names share one.
func number(all []comparison) []comparison {
	names := 0
	for i := range all {
		all[i].N = i + 1
		all[i].Dictionary = i + 1
		if all[i].IsName() {
			if names == 0 {
				names = i + 1
			}
			all[i].Dictionary = names
		}
	}
	return all
}

func (f Field) left() []string { return f.Left }

func ofKind(fields []Field, kind Kind) []Field {
	return slices.DeleteFunc(slices.Clone(fields), func(f Field) bool { return f.Kind != kind })
}

func nameOf(fields []Field, kind Kind) string {
	if fields[0].Kind == kind {
		return fields[0].Name
	}
	return string(kind)
}

// rawSQL is the raw text of a comparison: the columns of a field are parts of one name; several fields of a kind, and postcodes, are
// several values of one person. Whole names fill in what is missing.
func rawSQL(fields []Field, part string, kind Kind, side func(Field) []string) string {
	var own, whole []string
	for _, f := range fields {
		var columns []string
		for _, column := range side(f) {
			text := fmt.Sprintf("nullif(trim(%s::varchar), '')", identifier(column))
			if f.Kind == Name {
				whole = append(whole, fmt.Sprintf("%s(%s)", part, text))
			} else {
				columns = append(columns, text)
			}
		}
		between := " "
		if kind == Postcode {
			between = "|"
		}
		if len(columns) > 0 {
			own = append(own, fmt.Sprintf("nullif(concat_ws(%s, %s), '')", sql.Quote(between), strings.Join(columns, ", ")))
		}
	}
	joined := fmt.Sprintf("nullif(concat_ws('|', %s), '')", strings.Join(own, ", "))
	switch {
	case len(own) == 0:
		return fmt.Sprintf("coalesce(%s, null)", strings.Join(whole, ", "))
	case len(whole) == 0:
		return joined
	}
	return fmt.Sprintf("coalesce(%s, %s)", joined, strings.Join(whole, ", "))
}

// identifier writes a column's name as SQL.
func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
