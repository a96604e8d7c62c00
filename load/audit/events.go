package audit

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// SplitRunID parts 20261101T070000Z-10 into its time and 10, so that -10 sorts after -2.
func SplitRunID(id string) (at string, n int) {
	at, suffix, _ := strings.Cut(id, "-")
	n, _ = strconv.Atoi(suffix)
	return at, n
}

// HasAsked says whether a request file was handed over for a run's moment, by whichever snapshot covers it: a run that is made
// again for its moment asks nobody twice.
func (g *Log) HasAsked(run string) bool {
	moment, _ := SplitRunID(run)
	return slices.ContainsFunc(g.Entries, func(e Entry) bool {
		asked, _ := SplitRunID(e.Run)
		return e.Event == Asked && asked == moment
	})
}

// SignedOff is the newest word by which somebody stands by files of a folder of snapshots, such as reports/returns/903-2027.
func (g *Log) SignedOff(folder string) (Entry, bool) {
	number := LastEntry(g.Entries, func(e Entry) bool {
		return e.Event == SignedOff && len(e.Files) > 0 && path.Dir(e.Files[0].Path) == folder
	})
	if number < 0 {
		return Entry{}, false
	}
	return g.Entries[number], true
}

// Withholding is the one that stops sharing a person now, if there is one.
func (g *Log) Withholding(personID int64) (Withholding, bool) {
	people := g.WithheldPeople()
	i := slices.IndexFunc(people, func(w Withholding) bool { return w.PersonID == personID })
	if i < 0 {
		return Withholding{}, false
	}
	return people[i], true
}

// LastEntry is the number of the last entry of that kind, or -1: a run that failed gives its id back, so that an id may have
// entries twice.
func LastEntry(entries []Entry, is func(Entry) bool) int64 {
	for number, e := range slices.Backward(entries) {
		if is(e) {
			return int64(number)
		}
	}
	return -1
}
