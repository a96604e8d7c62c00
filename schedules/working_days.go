package schedules

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

//go:embed bank_holidays.csv
var englishBankHolidays string

// Holidays are the bank holidays of whole years. Of any other year nothing is known, and no working day is guessed.
type Holidays struct {
	days        map[time.Time]bool // midnight UTC
	first, last int                // years
}

// England is what the program knows by itself: GOV.UK's list, with its years, in bank_holidays.csv.
func England() (Holidays, error) {
	return ReadHolidays(strings.NewReader(englishBankHolidays))
}

// ReadHolidays reads date,name lines after a header; # begins a comment. A year with fewer than England's eight
// holidays is not whole, and refused.
func ReadHolidays(from io.Reader) (Holidays, error) {
	reader := csv.NewReader(from)
	reader.Comment, reader.FieldsPerRecord = '#', 2
	lines, err := reader.ReadAll()
	if err != nil {
		return Holidays{}, fmt.Errorf("read bank holidays: %w", err)
	}
	h, count := Holidays{days: map[time.Time]bool{}}, map[int]int{}
	for i, line := range lines {
		if i == 0 && line[0] == "date" {
			continue
		}
		day, err := time.Parse(time.DateOnly, line[0])
		if err != nil {
			return Holidays{}, fmt.Errorf("read bank holidays: row %d: not a date such as 2027-12-28", i+1)
		}
		if !h.days[day] {
			count[day.Year()]++
		}
		h.days[day] = true
		if h.first == 0 || day.Year() < h.first {
			h.first = day.Year()
		}
		h.last = max(h.last, day.Year())
	}
	for year := h.first; year <= h.last; year++ {
		if count[year] < 8 {
			return Holidays{}, fmt.Errorf("read bank holidays: %d has %d days: a year must be whole", year, count[year])
		}
	}
	return h, nil
}

// Days are the holidays, first to last.
func (h Holidays) Days() []time.Time {
	return slices.SortedFunc(maps.Keys(h.days), time.Time.Compare)
}

// End is the moment from which nothing is known, by the wall clock.
func (h Holidays) End() time.Time { return time.Date(h.last+1, 1, 1, 0, 0, 0, 0, time.UTC) }

func (h Holidays) covers(day time.Time) bool {
	return h.last > 0 && h.first <= day.Year() && day.Year() <= h.last
}

// noEarlier is a moment, or the one before the first year that is known: from there on slots can be told.
func (h Holidays) noEarlier(at time.Time) time.Time {
	if begin := time.Date(h.first, 1, 1, 0, 0, 0, 0, time.UTC); at.Before(begin) {
		return begin.Add(-time.Nanosecond)
	}
	return at
}

func (h Holidays) working(day time.Time) bool {
	weekday := day.Weekday()
	return weekday != time.Saturday && weekday != time.Sunday && !h.days[midnight(day)]
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// farthest is how many working days a rule may count from a month's end: every month has more.
const farthest = 15

// onWorkingDays puts a working-day rule over wall-clock slots.
func onWorkingDays(slots *cron.SpecSchedule, rule string, known Holidays) (Schedule, error) {
	switch rule {
	case "next":
		return moved{slots, known, 1}, nil
	case "previous":
		return moved{slots, known, -1}, nil
	case "only":
		return kept{slots, known, known.working}, nil
	}
	step, n, err := ordinal(rule)
	if err != nil {
		return nil, err
	}
	if slots.Dom&star == 0 || slots.Dow&star == 0 {
		return nil, errors.New("names the day itself: write * for both days of the cron expression")
	}
	return kept{slots, known, func(day time.Time) bool {
		return known.working(day) && known.workingDays(day, step) == n
	}}, nil
}

// ordinal reads first, first+N, last and last-N: which way the month's edge lies, and how many working days off.
func ordinal(rule string) (step, n int, err error) {
	for _, edge := range []struct {
		name, sign string
		step       int
	}{{"first", "+", -1}, {"last", "-", 1}} {
		rest, found := strings.CutPrefix(rule, edge.name)
		if found && rest == "" {
			return edge.step, 0, nil
		}
		digits, signed := strings.CutPrefix(rest, edge.sign)
		if n, err := strconv.Atoi(digits); found && signed && err == nil && n > 0 && n <= farthest {
			return edge.step, n, nil
		}
	}
	return 0, 0, fmt.Errorf("must be only, next, previous, first, first+N, last or last-N, N from 1 to %d", farthest)
}

// workingDays counts those between a day and its month's edge, the day itself left out.
func (h Holidays) workingDays(day time.Time, step int) (n int) {
	for next := day.AddDate(0, 0, step); next.Month() == day.Month(); next = next.AddDate(0, 0, step) {
		if h.working(next) {
			n++
		}
	}
	return n
}

// kept are the slots of the days that a rule keeps; on other days there is no slot.
type kept struct {
	slots Schedule
	known Holidays
	keep  func(day time.Time) bool
}

func (k kept) Next(after time.Time) time.Time {
	for slot := k.slots.Next(k.known.noEarlier(after)); k.known.covers(slot); {
		if k.keep(slot) {
			return slot
		}
		slot = k.slots.Next(midnight(slot).AddDate(0, 0, 1).Add(-time.Nanosecond))
	}
	return time.Time{}
}

// moved are slots of which those on a day off go to a working day at the same time of day.
type moved struct {
	slots Schedule
	known Holidays
	step  int // days: 1 to the next working day, -1 to the one before
}

// reach is farther than any run of days off: slots from so far away can still move to here.
const reach = 14

// Next may take the first that it finds: every day has the same times of day, and moving keeps the days' order.
func (m moved) Next(after time.Time) time.Time {
	for slot := m.slots.Next(m.known.noEarlier(after.AddDate(0, 0, -reach))); m.known.covers(slot); slot = m.slots.Next(slot) {
		if at := m.move(slot); at.After(after) {
			return at
		}
	}
	return time.Time{}
}

// move is the zero time where the working day is in a year that is not known.
func (m moved) move(slot time.Time) time.Time {
	for m.known.covers(slot) && !m.known.working(slot) {
		slot = slot.AddDate(0, 0, m.step)
	}
	if !m.known.covers(slot) {
		return time.Time{}
	}
	return slot
}
