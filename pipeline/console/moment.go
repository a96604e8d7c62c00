package console

import (
	"errors"
	"time"

	"careshare/load/fault"
	"careshare/pipeline/exit"
	"careshare/schedules/london"
)

// Moment reads an instant, or a date: its first moment in UK time. Empty means otherwise.
func Moment(text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	if day, is, err := date(text); is || err != nil {
		return day, err
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, exit.Usage(fault.WithHint(errors.New("not an instant or a date"), "write 2026-11-01T07:00:00Z or 2026-11-01"))
	}
	return at, nil
}

// UpTo reads an instant, or a date: its last moment in UK time.
func UpTo(text string, otherwise time.Time) (time.Time, error) {
	if day, is, err := date(text); is || err != nil {
		return day.AddDate(0, 0, 1).Add(-time.Nanosecond), err
	}
	return Moment(text, otherwise)
}

func date(text string) (day time.Time, is bool, err error) {
	zone, err := london.Zone()
	if err != nil {
		return time.Time{}, false, err
	}
	day, notOne := time.ParseInLocation(time.DateOnly, text, zone)
	return day, notOne == nil, nil
}
