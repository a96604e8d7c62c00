package linkage

import (
	"fmt"
	"slices"
	"strings"

	"careshare/sql/shown"
	"github.com/agnivade/levenshtein"
)

// Kind says what a column holds, and so how two values of it are compared.
type Kind string

// The kinds of a column.
const (
	Given      Kind = "given"      // given names
	Family     Kind = "family"     // family name
	Name       Kind = "name"       // a whole name: `Given Family` or `Family, Given`; fills in where given and family are not mapped or empty
	Date       Kind = "date"       // date of birth
	Postcode   Kind = "postcode"   // one or several, the current one first
	Identifier Kind = "identifier" // a number or an address that belongs to one person
	Text       Kind = "text"       // a place, a street, an occupation: what relatives may share
	Sex        Kind = "sex"
)

// Kinds are all kinds, in the order in which they are compared.
func Kinds() []Kind { return []Kind{Given, Family, Name, Date, Postcode, Identifier, Text, Sex} }

// Field maps columns of both sides to a kind.
type Field struct {
	Name        string // in results; unique
	Kind        Kind
	Left, Right []string // columns; several hold parts (names) or alternatives (postcodes). Right empty: as Left
}

// right are the columns on the right side.
func (f Field) right() []string {
	if len(f.Right) > 0 {
		return f.Right
	}
	return f.Left
}

// Relation is one side: a table or view, and columns of it that are not compared.
type Relation struct {
	Name  string // as SQL would write it
	ID    string // column that names a record; empty: its place in the relation, from 1
	Truth string // column that names the person, to measure by; empty: no labels
	// TruthPattern is a regular expression whose first group, taken from Truth, names the person. Empty: Truth as it is.
	TruthPattern string
}

// Options say what to link and how sure to be. Thresholds are in bits: log2 of the odds that two records are one person.
type Options struct {
	Left   Relation
	Right  Relation // Name empty: Left is deduplicated
	Fields []Field
	// FalseLinkRate is the share of false links that may be expected among the accepted pairs: the threshold is the lowest that keeps
	// to it, no lower than Threshold. 0: Threshold alone counts.
	FalseLinkRate float64
	Threshold     float64 // accepted from here on
	Margin        float64 // how far an accepted pair is ahead of the next candidate that is someone else; two relations only
	Review        float64 // to be looked at by a person from here on
	Keep          float64 // pairs below are counted as candidates, not kept
	Seed          int64   // of the random pairs
	// Decided is a relation of what people have decided (left_id, right_id, is_match), empty for none: it stands over the model.
	Decided string
	Memory  Memory
}

// Defaults are what figures are reported with. Between two relations 2 accepted pairs in 100 may be false links, and an accepted pair
// is ahead of every rival; within one relation 5 in 100 may be. No pair is accepted that is less likely than not to be one person's.
func Defaults(dedupe bool) Options {
	o := Options{FalseLinkRate: 0.02, Threshold: 0, Margin: 5, Review: -3, Keep: -10, Seed: 1}
	if dedupe {
		o.FalseLinkRate = 0.05
	}
	return o
}

// Validate says what is wrong with the options by themselves.
func (o Options) Validate() error {
	if o.Left.Name == "" {
		return fmt.Errorf("no left relation")
	}
	if o.Keep > o.Review || o.Review > o.Threshold {
		return fmt.Errorf("thresholds must rise: keep %g, review %g, accept %g", o.Keep, o.Review, o.Threshold)
	}
	if o.FalseLinkRate < 0 || o.FalseLinkRate >= 1 {
		return fmt.Errorf("false-link rate %g is not between 0 and 1", o.FalseLinkRate)
	}
	if o.Margin < 0 {
		return fmt.Errorf("margin %g is below zero", o.Margin)
	}
	names := map[string]bool{}
	for _, f := range o.Fields {
		if !slices.Contains(Kinds(), f.Kind) {
			return fmt.Errorf("field %s: there is no kind %s%s", f.Name, f.Kind, nearest(string(f.Kind), Kinds()))
		}
		if len(f.Left) == 0 {
			return fmt.Errorf("field %s names no column", f.Name)
		}
		if names[f.Name] {
			return fmt.Errorf("field %s is mapped twice", f.Name)
		}
		names[f.Name] = true
	}
	return nil
}

// checkColumns finds a column that is mapped but not there.
func (o Options) checkColumns(left, right []string) error {
	for _, f := range o.Fields {
		if err := known(f.Left, left, o.Left.Name); err != nil {
			return fmt.Errorf("field %s: %w", f.Name, err)
		}
		if err := known(f.right(), right, o.Right.Name); err != nil && o.Right.Name != "" {
			return fmt.Errorf("field %s: %w", f.Name, err)
		}
	}
	if err := known([]string{o.Left.ID, o.Left.Truth}, left, o.Left.Name); err != nil || o.Right.Name == "" {
		return err
	}
	return known([]string{o.Right.ID, o.Right.Truth}, right, o.Right.Name)
}

func known(columns, there []string, relation string) error {
	for _, column := range columns {
		if column != "" && !slices.Contains(there, column) {
			return fmt.Errorf("%s has no column %s%s", relation, shown.Key(column), nearest(column, alike(column, there)))
		}
	}
	return nil
}

// alike are the columns that may be meant: a file without its header has a person's values in their place, which nobody must read in an error.
func alike(column string, there []string) []string {
	return slices.DeleteFunc(slices.Clone(there), func(other string) bool {
		return levenshtein.ComputeDistance(strings.ToLower(column), strings.ToLower(other)) > max(1, len(column)/4)
	})
}

// nearest is "; nearest is X", or nothing where there is nothing to choose from.
func nearest[T ~string](word string, among []T) string {
	if len(among) == 0 {
		return ""
	}
	best := slices.MinFunc(among, func(x, y T) int {
		return levenshtein.ComputeDistance(strings.ToLower(word), string(x)) - levenshtein.ComputeDistance(strings.ToLower(word), string(y))
	})
	return fmt.Sprintf("; nearest is %s", string(best))
}
