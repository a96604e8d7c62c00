package snapshot

import (
	"time"

	"careshare/load/audit"
	"careshare/schedules/london"
)

// stop is the council's word that a person's rows are not to be shared, or that this has ended.
type stop struct {
	At    time.Time // London's wall clock, as all that is told of a person
	Entry audit.Entry
}

func (s stop) subject() string {
	if s.Entry.Event == audit.Lifted {
		return "no longer withheld"
	}
	return "withheld by the council"
}

// Stops are the council's words about one person, oldest first; those that were taken back too.
func Stops(entries []audit.Entry, person int64) (found []stop, err error) {
	for _, e := range entries {
		if e.Person == nil || *e.Person != person || e.Event != audit.Withheld && e.Event != audit.Lifted {
			continue
		}
		local, err := london.Local(e.At)
		if err != nil {
			return nil, err
		}
		at, err := time.Parse(london.WallClock, local)
		if err != nil {
			return nil, err
		}
		found = append(found, stop{at, e})
	}
	return found, nil
}
