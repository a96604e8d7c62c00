package schedules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/robfig/cron/v3"
)

func place(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func utc(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// between lists a schedule's slots in (from, to].
func between(s Schedule, from, to time.Time) (slots []time.Time) {
	for at := s.Next(from); !at.IsZero() && !at.After(to); at = s.Next(at) {
		slots = append(slots, at)
	}
	return slots
}

func TestNextAroundBothChanges(t *testing.T) {
	for _, test := range []struct{ name, cron, from, to, want string }{
		{"the hour that does not exist is at the jump", "30 1 * * *", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", "2026-03-29T01:00:00Z 2026-03-30T00:30:00Z"},
		{"several times in that hour are one slot", "0,30 1 * * *", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", "2026-03-29T01:00:00Z"},
		{"the hour that comes twice counts once", "30 1 * * *", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z", "2026-10-25T00:30:00Z 2026-10-26T01:30:00Z"},
		{"asked within its second showing", "30 1 * * *", "2026-10-25T01:00:00Z", "2026-10-26T12:00:00Z", "2026-10-26T01:30:00Z"},
		{"hourly jobs lose the hour that is not", "0 * * * *", "2026-03-28T23:30:00Z", "2026-03-29T02:30:00Z", "2026-03-29T00:00:00Z 2026-03-29T01:00:00Z 2026-03-29T02:00:00Z"},
		{"hourly jobs run in both", "0 * * * *", "2026-10-24T23:30:00Z", "2026-10-25T02:30:00Z", "2026-10-25T00:00:00Z 2026-10-25T01:00:00Z 2026-10-25T02:00:00Z"},
		{"descriptors", "@hourly", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z"},
		{"an hourly job of one day has 25 slots in autumn", "30 * 25 10 *", "2026-10-24T12:00:00Z", "2026-10-25T00:50:00Z", "2026-10-24T23:30:00Z 2026-10-25T00:30:00Z"},
		{"summer time itself", "0 7 * * 1", "2026-07-01T00:00:00Z", "2026-07-08T00:00:00Z", "2026-07-06T06:00:00Z"},
		{"a leap day", "0 7 29 2 *", "2026-01-01T00:00:00Z", "2029-01-01T00:00:00Z", "2028-02-29T07:00:00Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := Timing{Cron: test.cron}.Schedule(Holidays{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, at := range between(s, utc(t, test.from), utc(t, test.to)) {
				got = append(got, at.Format(time.RFC3339))
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got  %v\nwant %s", got, test.want)
			}
		})
	}
}

// times is a random expression of minutes and hours, told apart from cron's own parser.
type times struct{ minutes, hours []int }

func randomTimes(random *rand.Rand, hourly bool) times {
	few := func(n, below int) (picked []int) {
		for range n {
			picked = append(picked, random.IntN(below))
		}
		slices.Sort(picked)
		return slices.Compact(picked)
	}
	w := times{few(1+random.IntN(4), 60), few(1+random.IntN(6), 24)}
	if hourly {
		w.hours = nil
	}
	return w
}

func (w times) cron() string {
	list := func(numbers []int) string {
		if numbers == nil {
			return "*"
		}
		return strings.ReplaceAll(strings.Trim(fmt.Sprint(numbers), "[]"), " ", ",")
	}
	return list(w.minutes) + " " + list(w.hours) + " * * *"
}

func (w times) matches(wall time.Time) bool {
	return slices.Contains(w.minutes, wall.Minute()) && (w.hours == nil || slices.Contains(w.hours, wall.Hour()))
}

// oracle walks the real minutes with an eye on the wall clock: it knows nothing of how Next is made.
func (w times) oracle(from, to time.Time, zone *time.Location) (slots []time.Time) {
	seen := map[string]bool{}
	shown := func(at time.Time) time.Time {
		l := at.In(zone)
		return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), 0, 0, time.UTC)
	}
	due := func(wall time.Time) bool {
		if w.hours == nil {
			return w.matches(wall)
		}
		first := !seen[wall.String()]
		seen[wall.String()] = true
		return first && w.matches(wall)
	}
	last := shown(from)
	for at := from.Add(time.Minute); !at.After(to); at = at.Add(time.Minute) {
		wall, is := shown(at), false
		if w.hours != nil {
			for missing := last.Add(time.Minute); missing.Before(wall); missing = missing.Add(time.Minute) {
				is = due(missing) || is
			}
		}
		if due(wall) || is {
			slots = append(slots, at)
		}
		last = wall
	}
	return slots
}

// fault is the first way in which a schedule is not what the oracle says, or "".
func fault(s Schedule, oracle []time.Time, from, to time.Time, random *rand.Rand) string {
	if got := between(s, from, to); !slices.EqualFunc(got, oracle, time.Time.Equal) {
		return fmt.Sprintf("slots %v, not %v", got, oracle)
	}
	for range 50 {
		after := from.Add(time.Duration(random.Int64N(int64(to.Sub(from)))))
		want := time.Time{}
		if i := slices.IndexFunc(oracle, func(at time.Time) bool { return at.After(after) }); i >= 0 {
			want = oracle[i]
		}
		if got := s.Next(after); !want.IsZero() && !got.Equal(want) {
			return fmt.Sprintf("after %s comes %s, not %s", after, got, want)
		}
	}
	return ""
}

// changes are moments at which a clock changes, in either direction, by an hour and by half of one.
var changes = [...]struct{ zone, at string }{
	{"Europe/London", "2026-03-29T01:00:00Z"}, {"Europe/London", "2026-10-25T01:00:00Z"},
	{"America/New_York", "2026-03-08T07:00:00Z"}, {"America/New_York", "2026-11-01T06:00:00Z"},
	{"Australia/Lord_Howe", "2026-04-04T15:00:00Z"}, {"Australia/Lord_Howe", "2026-10-03T15:30:00Z"},
}

func TestNextIsWhatTheWallClockShows(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for _, change := range changes {
		zone, at := place(t, change.zone), utc(t, change.at)
		from, to := at.Add(-36*time.Hour), at.Add(36*time.Hour)
		for i := range 60 {
			w := randomTimes(random, i%4 == 0)
			s, err := Timing{Cron: w.cron(), Zone: change.zone}.Schedule(Holidays{})
			if err != nil {
				t.Fatal(err)
			}
			if found := fault(s, w.oracle(from, to, zone), from, to, random); found != "" {
				t.Fatalf("%s %q: %s", change.zone, w.cron(), found)
			}
		}
	}
}

// The property sees each rule broken: the library's own zones, and our two rules one for the other.
func TestAWrongScheduleIsSeen(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	zone := place(t, "Europe/London")
	halfPastOne, hourly := times{[]int{30}, []int{1}}, times{[]int{0}, nil}
	raw := func(w times) *cron.SpecSchedule {
		spec, err := parseCron(w.cron())
		if err != nil {
			t.Fatal(err)
		}
		return spec
	}
	library := raw(halfPastOne)
	library.Location = zone
	for _, test := range []struct {
		name  string
		times times
		wrong Schedule
	}{
		{"the library in London", halfPastOne, library},
		{"a daily job in real time", halfPastOne, realTime{raw(halfPastOne), zone}},
		{"an hourly job by the wall clock", hourly, wallClock{raw(hourly), zone}},
	} {
		for _, change := range changes[:2] {
			at := utc(t, change.at)
			from, to := at.Add(-36*time.Hour), at.Add(36*time.Hour)
			oracle := test.times.oracle(from, to, zone)
			if test.name == "an hourly job by the wall clock" && at.Month() == time.March {
				continue // in spring both rules agree on it
			}
			if fault(test.wrong, oracle, from, to, random) == "" {
				t.Errorf("%s was let through at %s", test.name, change.at)
			}
		}
	}
}

func TestTimingsThatAreRefused(t *testing.T) {
	england, err := England()
	if err != nil {
		t.Fatal(err)
	}
	for _, timing := range []Timing{
		{Cron: ""},
		{Cron: "TZ="},
		{Cron: "CRON_TZ=Europe/London 0 6 * * *"},
		{Cron: "@every 1h"},
		{Cron: "0 0 6 * * *"},
		{Cron: "61 * * * *"},
		{Cron: "0 6 30 2 *"},
		{Cron: "0 6 * * *", Zone: "Europe/Hackney"},
		{Cron: "0 * * * *", WorkingDay: "last"},
		{Cron: "0 6 1 * *", WorkingDay: "last"},
		{Cron: "0 6 * * 1", WorkingDay: "first"},
		{Cron: "0 6 * * *", WorkingDay: "first-1"},
		{Cron: "0 6 * * *", WorkingDay: "last-16"},
		{Cron: "0 6 * * *", WorkingDay: "lastly"},
	} {
		if _, err := timing.Schedule(england); err == nil {
			t.Errorf("%+v was let through", timing)
		}
	}
}

func FuzzCron(f *testing.F) {
	for _, seed := range []string{"30 1 * * *", "@daily", "*/5 8-18 * * 1-5", "0 7 1,15 */3 *", "TZ=X", "@every 1s"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		s, err := Timing{Cron: expression}.Schedule(Holidays{})
		if err != nil {
			return
		}
		after := time.Date(2026, 3, 29, 0, 59, 0, 0, time.UTC)
		if next := s.Next(after); !next.After(after) {
			t.Errorf("%q: after %s comes %s", expression, after, next)
		}
	})
}
