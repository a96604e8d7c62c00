package config

import (
	"fmt"
	"time"
)

// Period is one return's window: from its first to its last day, and the day up to which it is known.
type Period struct {
	Return    string `json:"return_name"` // 903, cin, cld, annex-a
	Year      int    `json:"year"`
	StartsOn  string `json:"starts_on"`
	EndsOn    string `json:"ends_on"`
	AsAt      string `json:"as_at"`
	IsCurrent bool   `json:"is_current"` // the one in progress, or the newest
}

// Before is the same return's window a year earlier, which is over.
func (p Period) Before() Period {
	return PeriodOf(p.Return, p.Year-1, date(p.Year-1, time.December, 31))
}

// Folder is the name of the folder of its files, such as 903-2027.
func (p Period) Folder() string { return fmt.Sprintf("%s-%d", p.Return, p.Year) }

// Collection is the year as its users write it: 2025/26 for one that ends in March 2026.
func (p Period) Collection() string {
	if p.Return == "cld" || p.Return == "annex-a" {
		return fmt.Sprint(p.Year)
	}
	return fmt.Sprintf("%d/%02d", p.Year-1, p.Year%100)
}

// ReturnNames are the returns that careshare makes.
func ReturnNames() []string { return []string{"903", "cin", "cld", "annex-a"} }

// PeriodOf is a return's window of a year as known on a day. Children's collections run from 1 April to 31 March and are
// named by the year in which they end; adult data are twelve months to the end of a quarter, a year's newest whole one;
// the inspectors' lists end on the day itself, and those of an earlier year on its last day.
func PeriodOf(name string, year int, today time.Time) Period {
	var first, last time.Time
	switch name {
	case "cld":
		last = date(year, time.December, 31)
		if quarter := lastQuarter(today); quarter.Before(last) {
			last = quarter
		}
		first = last.AddDate(0, 0, 1).AddDate(-1, 0, 0)
	case "annex-a":
		last = today
		if year < today.Year() {
			last = date(year, time.December, 31)
		}
		first = last.AddDate(-1, 0, 0)
		if first.Day() == last.Day() { // 29 February has none a year before: 1 March, where the twelve months begin
			first = first.AddDate(0, 0, 1)
		}
	default:
		first, last = date(year-1, time.April, 1), date(year, time.March, 31)
	}
	asAt := last
	if today.Before(last) {
		asAt = today
	}
	return Period{name, year, first.Format(time.DateOnly), last.Format(time.DateOnly), asAt.Format(time.DateOnly), year == CurrentYear(name, today)}
}

// CurrentYear names the year in progress on a day; of the adults' return the year of the last whole quarter.
func CurrentYear(name string, today time.Time) int {
	switch {
	case name == "cld":
		return lastQuarter(today).Year()
	case name != "annex-a" && !today.Before(date(today.Year(), time.April, 1)):
		return today.Year() + 1
	}
	return today.Year()
}

// lastQuarter is the last day of the last quarter that is over.
func lastQuarter(today time.Time) time.Time {
	return date(today.Year(), (today.Month()-1)/3*3+1, 1).AddDate(0, 0, -1)
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Periods are what a run makes: of the children's collections the year in progress and those finished before it.
func (r Returns) Periods(today time.Time) []Period {
	var all []Period
	for _, name := range ReturnNames() {
		current := CurrentYear(name, today)
		all = append(all, PeriodOf(name, current, today))
		if name != "903" && name != "cin" {
			continue
		}
		for back := 1; back <= r.FinishedYears; back++ {
			all = append(all, PeriodOf(name, current-back, today))
		}
	}
	return all
}
