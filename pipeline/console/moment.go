package console

import (
	"fmt"
	"time"

	"careshare/pipeline/exit"
)

// Moment reads an instant; empty means otherwise.
func Moment(text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, exit.Usage(fmt.Errorf("not an instant such as 2026-11-01T07:00:00Z: %q", text))
	}
	return at, nil
}
