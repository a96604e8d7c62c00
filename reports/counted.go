package reports

import (
	"fmt"
	"strings"
	"time"
)

// Counted is a number with its noun: 1 entry, 2 entries, 0 people.
func Counted[N int | int64](n N, one string) string {
	return fmt.Sprintf("%d %s", n, plural(int64(n), one))
}

func plural(n int64, one string) string {
	first, last := "", one // of "file of the spool" the first word counts
	if i := strings.Index(one, " "); i >= 0 {
		last, first = one[:i], one[i:]
	}
	switch {
	case n == 1:
		return one
	case last == "person":
		last = "people"
	case strings.HasSuffix(last, "y") && !strings.HasSuffix(last, "ay"):
		last = strings.TrimSuffix(last, "y") + "ies"
	default:
		last += "s"
	}
	return last + first
}

// Age is a time that has passed, as people say it: 5 minutes, 30 hours, 29 days.
func Age(passed time.Duration) string {
	switch {
	case passed < 2*time.Hour:
		return Counted(int64(max(passed, 0)/time.Minute), "minute")
	case passed < 48*time.Hour:
		return Counted(int64(passed/time.Hour), "hour")
	}
	return Counted(int64(passed/(24*time.Hour)), "day")
}
