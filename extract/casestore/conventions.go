package casestore

import (
	_ "embed" // for Mosaic's conventions
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // London's clock, wherever the program runs

	"github.com/goccy/go-yaml"

	"careshare/extract/delimited"
)

//go:embed conventions.yaml
var mosaicYAML []byte

// Conventions say how a case store writes what the contract's columns mean. The keys are explained in conventions.yaml.
type Conventions struct {
	Encoding      string                `yaml:"encoding"`
	Dates         delimited.DateForm    `yaml:"dates"`
	TimeZone      string                `yaml:"time_zone"`
	Yes           []string              `yaml:"yes"`
	No            []string              `yaml:"no"`
	None          []string              `yaml:"none"`
	NoDates       []string              `yaml:"no_dates"`
	OpenEnds      []string              `yaml:"open_ends"`
	NoIDsUpTo     int64                 `yaml:"no_ids_up_to"`
	InclusiveEnds []string              `yaml:"inclusive_ends"`
	Tables        map[string]string     `yaml:"tables"`
	Columns       map[string]Exceptions `yaml:"columns"`
}

// Exceptions are one column's own conventions; what is absent follows the general ones.
type Exceptions struct {
	Yes   []string           `yaml:"yes"`
	No    []string           `yaml:"no"`
	None  []string           `yaml:"none"`
	Dates delimited.DateForm `yaml:"dates"`
	Codes map[string]string  `yaml:"codes"` // the council's code: the contract's
}

// Mosaic are the conventions of a case store that declares none of its own.
func Mosaic() Conventions {
	var c Conventions
	if err := yaml.Unmarshal(mosaicYAML, &c); err != nil {
		panic(fmt.Sprintf("conventions.yaml: %v", err)) // embedded: a test reads it
	}
	return c
}

// Validate names everything that is wrong, each by its key.
func (c Conventions) Validate() error {
	tables, err := contract()
	if err != nil {
		return err
	}
	wrong := []error{c.validateGeneral()}
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	for _, place := range c.InclusiveEnds {
		if found, known := find(tables, place); !known || !found.isEnd() {
			say("conventions.inclusive_ends: %s is no end date of the contract", place)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Tables)) {
		if !slices.ContainsFunc(tables, func(t table) bool { return t.name == name }) {
			say("conventions.tables: no table of the contract is called %s", name)
		}
	}
	for _, place := range slices.Sorted(maps.Keys(c.Columns)) {
		found, known := find(tables, place)
		own := c.Columns[place]
		switch {
		case !known:
			say("conventions.columns: no column of the contract is called %s", place)
		case (own.Yes != nil || own.No != nil) && found.means != "flag":
			say("conventions.columns: %s is no flag, so it has no words for yes and no", place)
		case own.Dates != "" && !own.Dates.IsReadable():
			say("conventions.columns: %s: dates must be one of %v", place, delimited.DateForms())
		case own.Dates != "" && found.typ != timestamp:
			say("conventions.columns: %s holds no dates", place)
		case own.Codes != nil && found.typ != varchar:
			say("conventions.columns: %s holds no codes", place)
		}
	}
	return errors.Join(wrong...)
}

func (c Conventions) validateGeneral() error {
	var wrong []error
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if !slices.Contains(delimited.Encodings(), c.Encoding) {
		say("conventions.encoding: must be one of %s", strings.Join(delimited.Encodings(), ", "))
	}
	if !c.Dates.IsReadable() {
		say("conventions.dates: must be one of %v", delimited.DateForms())
	}
	if c.TimeZone != london && c.TimeZone != "UTC" {
		say("conventions.time_zone: must be %s or UTC", london)
	}
	if len(c.Yes) == 0 || len(c.No) == 0 {
		say("conventions: yes and no each need a word")
	}
	for _, word := range c.Yes {
		if slices.ContainsFunc(c.No, func(other string) bool { return fold(other) == fold(word) }) {
			say("conventions: one word means both yes and no")
		}
	}
	for key, days := range map[string][]string{"no_dates": c.NoDates, "open_ends": c.OpenEnds} {
		for _, day := range days {
			if _, err := time.Parse(time.DateOnly, day); err != nil {
				say("conventions.%s: must be days such as 1900-01-01", key)
			}
		}
	}
	return errors.Join(wrong...)
}

func find(tables []table, place string) (column, bool) {
	name, at, _ := strings.Cut(place, ".")
	for _, t := range tables {
		for _, c := range t.columns {
			if t.name == name && c.name == at {
				return c, true
			}
		}
	}
	return column{}, false
}

func fold(word string) string { return strings.ToLower(strings.TrimSpace(word)) }

const london = "Europe/London"

// reading is how one column's values become the contract's.
type reading struct {
	words     map[string]string // folded word: Y, N, a code of the contract's, or empty for null
	none      map[string]bool   // folded words that say nothing
	dates     delimited.DateForm
	london    *time.Location
	isUTC     bool           // moments without a zone are UTC's
	noDays    map[int64]bool // days since 1970 that say nothing
	addDay    bool
	noIDsUpTo int64
}

// apply gives every column of the contract its reading.
func (c Conventions) apply(tables []table) error {
	london, err := time.LoadLocation(london)
	if err != nil {
		return err
	}
	for i := range tables {
		for j := range tables[i].columns {
			col := &tables[i].columns[j]
			place := tables[i].name + "." + col.name
			own := c.Columns[place]
			r := &reading{none: map[string]bool{}, words: map[string]string{}, dates: c.Dates, london: london, isUTC: c.TimeZone == "UTC", noIDsUpTo: c.NoIDsUpTo, noDays: map[int64]bool{}}
			if own.Dates != "" {
				r.dates = own.Dates
			}
			if col.means != "text" || own.None != nil { // a name or an answer may well be N/A
				r.learnNone(c.None, own.None)
			}
			r.learnWords(col, c, own)
			r.learnDays(col, c)
			r.addDay = slices.Contains(c.InclusiveEnds, place)
			col.reading = r
		}
	}
	return nil
}

func (r *reading) learnNone(general, own []string) {
	if own != nil {
		general = own
	}
	for _, word := range general {
		r.none[fold(word)] = true
	}
}

func (r *reading) learnWords(col *column, c Conventions, own Exceptions) {
	for from, to := range own.Codes {
		r.words[fold(from)] = to
	}
	if col.means != "flag" {
		return
	}
	yes, no := c.Yes, c.No
	if own.Yes != nil {
		yes = own.Yes
	}
	if own.No != nil {
		no = own.No
	}
	for word, words := range map[string][]string{"Y": yes, "N": no} {
		for _, from := range words {
			r.words[fold(from)] = word
		}
	}
}

func (r *reading) learnDays(col *column, c Conventions) {
	if col.typ != timestamp || !col.nullable { // a required start of 1900 stays: what began then has begun
		return
	}
	days := c.NoDates
	if col.isEnd() {
		days = slices.Concat(days, c.OpenEnds)
	}
	for _, day := range days {
		if at, err := time.Parse(time.DateOnly, day); err == nil {
			r.noDays[at.Unix()/(24*60*60)] = true
		}
	}
}
