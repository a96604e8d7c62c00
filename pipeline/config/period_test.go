package config

import (
	"testing"
	"time"
)

// A return's window follows from its name, its year and the day.
func TestPeriods(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		year  int
		today time.Time
		want  Period
	}{
		{"903", 2027, date(2026, time.November, 1), Period{"903", 2027, "2026-04-01", "2027-03-31", "2026-11-01", true}},
		{"cin", 2026, date(2026, time.November, 1), Period{"cin", 2026, "2025-04-01", "2026-03-31", "2026-03-31", false}},
		{"903", 2026, date(2026, time.March, 31), Period{"903", 2026, "2025-04-01", "2026-03-31", "2026-03-31", true}},
		{"cld", 2026, date(2026, time.November, 1), Period{"cld", 2026, "2025-10-01", "2026-09-30", "2026-09-30", true}},
		{"cld", 2025, date(2026, time.November, 1), Period{"cld", 2025, "2025-01-01", "2025-12-31", "2025-12-31", false}},
		{"cld", 2025, date(2026, time.January, 5), Period{"cld", 2025, "2025-01-01", "2025-12-31", "2025-12-31", true}},
		{"annex-a", 2026, date(2026, time.November, 1), Period{"annex-a", 2026, "2025-11-02", "2026-11-01", "2026-11-01", true}},
		{"annex-a", 2025, date(2026, time.November, 1), Period{"annex-a", 2025, "2025-01-01", "2025-12-31", "2025-12-31", false}},
		{"annex-a", 2028, date(2028, time.February, 29), Period{"annex-a", 2028, "2027-03-01", "2028-02-29", "2028-02-29", true}},
	} {
		if got := PeriodOf(c.name, c.year, c.today); got != c.want {
			t.Errorf("%s %d on %s: %+v, want %+v", c.name, c.year, c.today.Format(time.DateOnly), got, c.want)
		}
	}
}
