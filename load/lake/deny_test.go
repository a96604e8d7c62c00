package lake

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestSecondLockBehindTheGates(t *testing.T) {
	for name, c := range map[string]struct {
		spoil, want string
		at          time.Time
	}{
		"sound":         {"select 1", "", asAt},
		"no decision":   {"insert into people values (15, '9990000015', '01', 'verified', 'traced')", "1 rows have no decision that says shared", asAt},
		"other dataset": {"insert into medications values (9, '9990000009', 'north', 'x', null, null)", "1 rows have no decision that says shared", asAt},
		"out of date":   {"select 1", "the agreement is out of date", asAt.AddDate(1, 0, 0)},
		"and emptied":   {"truncate medications; truncate case_status; truncate people; update conservation set withheld = withheld + rows_out, rows_out = 0 where stage = 'share'", "", asAt.AddDate(1, 0, 0)},
		"withheld":      {"select 1", "rows of the person of audit log entry 0", asAt},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if name == "withheld" {
				_, err := w.lake.recordWithholding(3, canary)
				w.ok(err)
			}
			w.exec(c.spoil)
			run, err := w.lake.Begin(c.at)
			w.ok(err)
			_, err = run.Stage(t.Context(), w.db, Staging{Agreement: w.agreement, Contracts: w.contracts})
			if c.want == "" {
				w.ok(err)
			} else if !errors.Is(err, ErrNotAllowed) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}
