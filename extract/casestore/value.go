package casestore

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"careshare/extract/delimited"
)

// kind is what a source says a value is, before the contract has its word.
type kind uint8

const (
	null    kind = iota
	whole        // value.number is the number
	moment       // value.number is microseconds since 1970 by the wall clock
	instant      // value.number is microseconds since 1970 in UTC
	text         // value.text is the text; it may be of any column type still
)

// value is one value of one row. Its text belongs to the source and lasts until the row is taken.
type value struct {
	kind   kind
	number int64
	text   []byte
}

// The rules that a value can break.
const (
	ruleRequired  = "null in a required column"
	ruleWhole     = "not a whole number"
	ruleTimestamp = "not a timestamp"
	ruleUTF8      = "not UTF-8; where a Windows program wrote the file, conventions.encoding is windows-1252"
	ruleWord      = "a word that the conventions do not list"
	ruleFarEnd    = "an end after 2100 that conventions.open_ends does not list"
)

const (
	microsPerDay = 24 * 60 * 60 * 1_000_000
	clock        = "2006-01-02 15:04:05"
)

// fit makes v a value of the column, or names the rule that it breaks. Empty text is null from every source:
// a CSV file cannot tell the two apart and Oracle has no empty text.
func (c *column) fit(v *value) (broken string) {
	if v.kind == text {
		broken = c.read(v)
	}
	if broken == "" {
		c.interpret(v)
	}
	switch {
	case broken != "":
		return broken
	case v.kind == null && !c.nullable:
		return ruleRequired
	case v.kind == moment && v.number > day2100*microsPerDay && c.isOpenEnded(): // taken for an end, it would close what is open
		return ruleFarEnd
	}
	return ""
}

// isOpenEnded reports whether a column may hold the far day that means: still open.
func (c *column) isOpenEnded() bool { return c.reading != nil && c.isEnd() }

// read turns text into the column's type. Spaces around a number or a time mean nothing; in text they stay.
func (c *column) read(v *value) (broken string) {
	t := v.text
	if c.typ != varchar {
		t = bytes.TrimSpace(t)
	}
	if len(t) == 0 || c.reading.saysNothing(t) {
		*v = value{}
		return ""
	}
	ok := false
	switch c.typ {
	case varchar:
		if !utf8.Valid(t) {
			return ruleUTF8
		}
		return c.readWord(v)
	case bigint:
		if c.means == "nhs number" {
			t = withoutGaps(t)
		}
		if v.number, ok = readWhole(string(t)); !ok {
			return ruleWhole
		}
		v.kind = whole
	case timestamp:
		if v.number, ok = c.readMoment(string(t)); !ok {
			return unreadDate(string(t))
		}
		v.kind = moment
	}
	return ""
}

// saysNothing reports whether a text is one of the words for no value.
func (r *reading) saysNothing(t []byte) bool {
	return r != nil && len(r.none) > 0 && len(t) < 40 && r.none[fold(string(t))]
}

// readWord gives a flag Y or N, and a code its word in the contract. A flag's unknown word breaks a rule, or stays as it is
// where the model reads any such word as yes.
func (c *column) readWord(v *value) (broken string) {
	if c.reading == nil || len(c.reading.words) == 0 || len(v.text) >= 200 {
		return ""
	}
	word := fold(string(v.text))
	if to, known := c.reading.words[word]; known {
		v.text = []byte(to)
		return ""
	}
	switch {
	case word == "":
		*v = value{}
	case c.means == "flag" && c.unknown != "close":
		return ruleWord
	}
	return ""
}

// withoutGaps takes the blanks and dashes out of an NHS number.
func withoutGaps(t []byte) []byte {
	return []byte(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(string(t)))
}

// readMoment reads a moment in the column's form.
func (c *column) readMoment(s string) (micros int64, ok bool) {
	if c.reading == nil || c.reading.dates == delimited.ISO {
		return readMoment(s)
	}
	at, ok := c.reading.dates.Parse(s)
	return at.UnixMicro(), ok
}

// unreadDate says of a text that is no moment which other form it has, so that the form can be declared.
func unreadDate(s string) string {
	if form := delimited.FormOf(s); form != delimited.NoDate && form != delimited.ISO {
		return ruleTimestamp + ": a day as " + string(form) + "; conventions.dates declares the form"
	}
	return ruleTimestamp
}

// interpret gives a value that has the column's type the contract's meaning: sentinels become null, moments London's, and the
// last day in becomes the first day out.
func (c *column) interpret(v *value) {
	r := c.reading
	switch {
	case r == nil || v.kind == null:
	case v.kind == whole && c.nullable && (c.means == "id" || c.means == "everyone") && v.number <= r.noIDsUpTo:
		*v = value{}
	case v.kind == moment:
		if r.isUTC {
			r.moveToLondon(v)
		}
		r.interpretMoment(v)
	case v.kind == instant:
		r.moveToLondon(v)
		r.interpretMoment(v)
	}
}

// moveToLondon makes an instant the wall clock of London.
func (r *reading) moveToLondon(v *value) {
	_, offset := time.UnixMicro(v.number).In(r.london).Zone()
	*v = value{kind: moment, number: v.number + int64(offset)*1_000_000}
}

func (r *reading) interpretMoment(v *value) {
	day := v.number / microsPerDay
	if v.number%microsPerDay < 0 {
		day--
	}
	if r.noDays[day] {
		*v = value{}
		return
	}
	if r.addDay {
		v.number += microsPerDay
	}
}

// readWhole reads 12, -12 and, as a numeric(10,2) writes it, 12.00.
func readWhole(s string) (int64, bool) {
	if whole, fraction, found := strings.Cut(s, "."); found && fraction != "" && strings.Trim(fraction, "0") == "" {
		s = whole
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// readMoment reads ISO 8601 in the forms that databases write: a date alone, or with hours and minutes, or with
// seconds and their fraction; a space or a T between. Day and month in any other order would be a guess.
func readMoment(s string) (micros int64, ok bool) {
	layout := clock
	switch {
	case len(s) == len("2006-01-02"):
		layout = "2006-01-02"
	case len(s) == len("2006-01-02 15:04"):
		layout = "2006-01-02 15:04"
	}
	if len(s) > 10 && s[10] == 'T' {
		s = s[:10] + " " + s[11:]
	}
	t, err := time.Parse(layout, s)
	return t.UnixMicro(), err == nil
}

// finite is a moment as databases count it; both infinities, which name no moment, become text that reads as none.
func finite(micros int64) value {
	if micros == math.MaxInt64 || micros == math.MinInt64 || micros == -math.MaxInt64 {
		return value{kind: text, text: []byte("infinity")}
	}
	return value{kind: moment, number: micros}
}

// midnight is the first moment of a day counted from 1970. A day too far off for a timestamp has none.
func midnight(days int64) value {
	if days > math.MaxInt64/microsPerDay || days < math.MinInt64/microsPerDay {
		return value{kind: text, text: []byte("infinity")}
	}
	return value{kind: moment, number: days * microsPerDay}
}

// String writes the value as a CSV file would hold it: for the quarantine, nowhere else.
func (v *value) String() string {
	switch v.kind {
	case whole:
		return strconv.FormatInt(v.number, 10)
	case moment:
		return time.UnixMicro(v.number).UTC().Format(clock + ".999999")
	}
	return string(v.text)
}
