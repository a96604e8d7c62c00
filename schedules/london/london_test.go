package london

import (
	"testing"
	"time"
)

// The clocks go forward on 28 March 2027 at 01:00 UTC and back on 31 October 2027.
func TestDaysAndClockTimesFollowSummerTime(t *testing.T) {
	for at, want := range map[string][2]string{
		"2027-03-27T23:59:59Z": {"2027-03-27", "2027-03-27T23:59:59"},
		"2027-03-28T01:00:00Z": {"2027-03-28", "2027-03-28T02:00:00"},
		"2027-03-28T22:59:59Z": {"2027-03-28", "2027-03-28T23:59:59"},
		"2027-03-28T23:00:00Z": {"2027-03-29", "2027-03-29T00:00:00"},
		"2027-10-31T01:00:00Z": {"2027-10-31", "2027-10-31T01:00:00"},
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		day, err := Day(moment)
		if err != nil || day.Format(time.DateOnly) != want[0] || day.Location() != time.UTC {
			t.Errorf("Day(%s) = %s, %v", at, day, err)
		}
		if local, err := Local(moment); err != nil || local != want[1] {
			t.Errorf("Local(%s) = %s, %v", at, local, err)
		}
	}
}
