package reports

import (
	"fmt"
	"strings"
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
