package delimited

import (
	"fmt"
	"regexp"
)

// formula is the beginning of a text that a spreadsheet takes for a formula. Apostrophes before it count, so that Unescape
// gives back every text that Escape was given. Go and DuckDB read the expression alike.
const formula = `^'*[=+@\t\r-]`

// negative is a text that starts like a formula and is a plain number, which no spreadsheet calculates.
const negative = `-[0-9]+([.][0-9]+)?`

var (
	isNegative     = regexp.MustCompile(`^` + negative + `$`)
	startsFormula  = regexp.MustCompile(formula)
	escapedFormula = regexp.MustCompile(`^'('*[=+@\t\r-])`)
)

// Escape puts an apostrophe before a text that a spreadsheet would take for a formula. It is for texts that people open in a
// spreadsheet: never for numbers or dates, and never for a file that a machine reads.
func Escape(text string) string {
	if startsFormula.MatchString(text) && !isNegative.MatchString(text) {
		return "'" + text
	}
	return text
}

// Unescape undoes Escape.
func Unescape(text string) string { return escapedFormula.ReplaceAllString(text, "$1") }

// EscapeSQL is Escape as an expression of DuckDB over a text column, which the caller has quoted.
func EscapeSQL(column string) string {
	return fmt.Sprintf(`case when regexp_full_match(%[1]s, '%[2]s') then %[1]s else regexp_replace(%[1]s, '^(''*[=+@\t\r-])', '''\1') end`, column, negative)
}

// UnescapeSQL is Unescape as an expression of DuckDB.
func UnescapeSQL(column string) string {
	return fmt.Sprintf(`regexp_replace(%s, '^''(''*[=+@\t\r-])', '\1')`, column)
}
