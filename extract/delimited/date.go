package delimited

import (
	"regexp"
	"strings"
	"time"
)

// DateForm is a way to write a day. A time of day may follow it: 15:04, 15:04:05, or with a fraction.
type DateForm string

// The forms that can be read. Day and month in figures are told apart by the declared form, never by a guess.
const (
	ISO        DateForm = "yyyy-mm-dd"
	DayFirst   DateForm = "dd/mm/yyyy"
	MonthFirst DateForm = "mm/dd/yyyy"
	MonthName  DateForm = "dd-mmm-yyyy"
	Compact    DateForm = "yyyymmdd"
)

// DateForms lists the forms that can be read.
func DateForms() []DateForm { return []DateForm{ISO, DayFirst, MonthFirst, MonthName, Compact} }

// The names of what is no such form.
const (
	TwoDigitYear DateForm = "a year of two digits"
	SerialNumber DateForm = "a spreadsheet's number of a day"
	NoDate       DateForm = "no date"
)

var layouts = map[DateForm][]string{
	ISO:        {"2006-01-02", "2006-1-2"},
	DayFirst:   {"2/1/2006", "2.1.2006", "2-1-2006"},
	MonthFirst: {"1/2/2006", "1-2-2006"},
	MonthName:  {"2-Jan-2006", "2 Jan 2006", "2 January 2006", "2-January-2006"},
	Compact:    {"20060102"},
}

var times = []string{"", " 15:04:05", " 15:04", " 3:04:05 PM", " 3:04 PM"} // a fraction of a second needs no layout

// Parse reads a day, with its time of day where it has one.
func (f DateForm) Parse(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if len(text) > 10 && text[10] == 'T' {
		text = text[:10] + " " + text[11:]
	}
	for _, day := range layouts[f] {
		for _, clock := range times {
			if at, err := time.Parse(day+clock, text); err == nil {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

var twoDigits = regexp.MustCompile(`^\d{1,2}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{2}($|\s)`)

var serial = regexp.MustCompile(`^\d{4,5}(\.\d+)?$`)

// FormOf names the form of a day, whether or not it can be read: the first of DateForms that fits, so that a day such as
// 03/04/2026 counts as day first.
func FormOf(text string) DateForm {
	for _, form := range DateForms() {
		if _, fits := form.Parse(text); fits {
			return form
		}
	}
	switch text = strings.TrimSpace(text); {
	case twoDigits.MatchString(text):
		return TwoDigitYear
	case serial.MatchString(text):
		return SerialNumber
	}
	return NoDate
}

// IsReadable reports whether days of a form can be read.
func (f DateForm) IsReadable() bool { return len(layouts[f]) > 0 }

// CommonForm is the one form that every one of several texts has; empty texts count for nothing. Where days are written in
// two forms, or in one that cannot be read, it is no form to read by and wrong names what was found.
func CommonForm(texts func(yield func(string) bool)) (form, wrong DateForm) {
	fits := DateForms()
	for text := range texts {
		if strings.TrimSpace(text) == "" {
			continue
		}
		var still []DateForm
		for _, f := range fits {
			if _, ok := f.Parse(text); ok {
				still = append(still, f)
			}
		}
		if len(still) == 0 {
			return "", FormOf(text)
		}
		fits = still
	}
	return fits[0], ""
}
