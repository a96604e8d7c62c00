package schedules

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func england(t *testing.T) Holidays {
	t.Helper()
	h, err := England()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestWorkingDays(t *testing.T) {
	for _, test := range []struct{ name, cron, rule, from, to, want string }{
		{"the last of each month", "0 17 * * *", "last", "2026-04-15", "2026-09-15", "2026-04-30 2026-05-29 2026-06-30 2026-07-31 2026-08-28"},
		{"the last of December", "0 17 * * *", "last", "2027-12-01", "2027-12-31", "2027-12-31"},
		{"the first after New Year", "0 9 * 1 *", "first", "2025-12-30", "2027-02-01", "2026-01-02 2027-01-04"},
		{"the tenth", "0 9 * * *", "first+9", "2026-12-01", "2027-01-31", "2026-12-14 2027-01-15"},
		{"the last but two", "0 9 * 12 *", "last-2", "2026-12-01", "2026-12-31", "2026-12-29"},
		{"of each quarter", "0 9 * 3,6,9,12 *", "last", "2026-01-01", "2026-12-31", "2026-03-31 2026-06-30 2026-09-30 2026-12-31"},
		{"moved on over Easter", "0 9 3 * *", "next", "2026-04-01", "2026-06-01", "2026-04-07 2026-05-05"},
		{"asked on the way from its day to the moved one", "0 9 3 * *", "next", "2026-04-04", "2026-05-01", "2026-04-07"},
		{"each time of day moves", "0 7,9 3 * *", "next", "2026-04-04", "2026-05-01", "2026-04-07 2026-04-07"},
		{"moved back over Easter", "0 9 6 * *", "previous", "2026-04-01", "2026-05-01", "2026-04-02"},
		{"two moved to one day are one slot", "0 9 25,26 * *", "next", "2026-12-20", "2026-12-31", "2026-12-29"},
		{"only on working days", "0 9 * * *", "only", "2026-04-01", "2026-04-08", "2026-04-02 2026-04-07 2026-04-08"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := Timing{Cron: test.cron, WorkingDay: test.rule}.Schedule(england(t))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, at := range between(s, utc(t, test.from+"T12:00:00Z"), utc(t, test.to+"T23:00:00Z")) {
				got = append(got, at.In(place(t, "Europe/London")).Format(time.DateOnly))
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got  %v\nwant %s", got, test.want)
			}
		})
	}
}

// Weekends alone would let the bank holidays through: each of ten years' slots is looked up in the list itself.
func TestNoRuleLandsOnADayOff(t *testing.T) {
	known := england(t)
	for _, rule := range []string{"first", "last", "first+4", "last-3", "next", "previous", "only"} {
		s, err := Timing{Cron: "30 1 * * *", WorkingDay: rule}.Schedule(known)
		if err != nil {
			t.Fatal(err)
		}
		slots := between(s, utc(t, "2018-01-20T00:00:00Z"), utc(t, "2027-12-15T00:00:00Z"))
		if len(slots) < 118 {
			t.Errorf("%s: %d slots in ten years", rule, len(slots))
		}
		for _, at := range slots {
			local := at.In(place(t, "Europe/London"))
			day := local.Format(time.DateOnly)
			if strings.Contains(englishBankHolidays, "\n"+day+",") || local.Weekday() == time.Saturday || local.Weekday() == time.Sunday {
				t.Errorf("%s: %s is no working day", rule, day)
			}
		}
	}
}

func TestAYearThatIsNotKnownHasNoSlots(t *testing.T) {
	for _, rule := range []string{"first", "next", "previous", "only"} {
		s, err := Timing{Cron: "0 9 * * *", WorkingDay: rule}.Schedule(england(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, after := range []string{"2027-12-31T12:00:00Z", "2031-06-01T12:00:00Z"} {
			if at := s.Next(utc(t, after)); !at.IsZero() {
				t.Errorf("%s: after %s comes a guess, %s", rule, after, at)
			}
		}
	}
}

// A council's own list may begin with this year: a job that was last due before it, and one that moves days off across the turn of
// the year, have their slots from its first day on.
func TestAListThatBeginsWithThisYearHasItsSlots(t *testing.T) {
	_, from2026, found := strings.Cut(englishBankHolidays, "\n2026-")
	if !found {
		t.Fatal("2026 is not known")
	}
	known, err := ReadHolidays(strings.NewReader("date,name\n2026-" + from2026))
	if err != nil {
		t.Fatal(err)
	}
	for rule, want := range map[string]string{"first": "2026-01-02", "next": "2026-01-02", "previous": "2026-01-02", "only": "2026-01-02", "last": "2026-01-30"} {
		s, err := Timing{Cron: "0 9 * * *", WorkingDay: rule}.Schedule(known)
		if err != nil {
			t.Fatal(err)
		}
		for _, after := range []string{"2010-06-01T12:00:00Z", "2025-12-30T12:00:00Z", "2026-01-01T12:00:00Z"} {
			if at := s.Next(utc(t, after)); at.Format(time.DateOnly) != want {
				t.Errorf("%s: after %s comes %s, want %s", rule, after, at, want)
			}
		}
	}
}

func TestHolidaysThatAreNotWhole(t *testing.T) {
	for name, text := range map[string]string{
		"no date":       "date,name\nChristmas,2026-12-25\n",
		"half a year":   "date,name\n2026-12-25,Christmas Day\n",
		"a year left":   strings.ReplaceAll(englishBankHolidays, "\n2022-", "\n2023-"),
		"a third field": "2026-12-25,Christmas,Day\n",
	} {
		if _, err := ReadHolidays(strings.NewReader(text)); err == nil {
			t.Errorf("%s was let through", name)
		}
	}
}

func TestHorizon(t *testing.T) {
	for _, test := range []struct {
		rule, now string
		warned    bool
		err       error
	}{
		{"", "2035-01-01T00:00:00Z", false, nil},
		{"last", "2026-11-22T00:00:00Z", false, nil},
		{"last", "2027-11-22T00:00:00Z", true, nil},
		{"last", "2028-01-01T00:00:00Z", false, ErrUnknownYear},
	} {
		ledger, err := OpenLedger(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		k := Keeper{Options: Options{
			Plan: Plan{Jobs: []Job{{Timing: Timing{WorkingDay: test.rule}}}}, Ledger: ledger,
			Holidays: england(t), Clock: func() time.Time { return utc(t, test.now) },
		}}
		if warning, err := k.Horizon(); (warning != "") != test.warned || !errors.Is(err, test.err) {
			t.Errorf("%q at %s: %q, %v", test.rule, test.now, warning, err)
		}
	}
}
