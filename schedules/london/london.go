// Package london is the one home of UK time: the zone, its wall clock and its days.
package london

import (
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // the zone must be known on any machine
)

// WallClock is how the case store writes a moment: London's time without a zone.
const WallClock = "2006-01-02T15:04:05"

// Zone is Europe/London.
var Zone = sync.OnceValues(func() (*time.Location, error) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, fmt.Errorf("read time zones: %w", err)
	}
	return zone, nil
})

// In is a moment by London's clock.
func In(at time.Time) (time.Time, error) {
	zone, err := Zone()
	if err != nil {
		return at, err
	}
	return at.In(zone), nil
}

// Day is London's day of a moment, as midnight UTC.
func Day(at time.Time) (time.Time, error) {
	local, err := In(at)
	year, month, day := local.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC), err
}

// Local is a moment on London's wall clock, as the case store writes it.
func Local(at time.Time) (string, error) {
	local, err := In(at)
	return local.Format(WallClock), err
}

// Words writes a moment that is London's already as a person reads it.
func Words(at time.Time) string { return at.Format("2 January 2006, 15:04") }
