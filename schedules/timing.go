// Package schedules says when a job is due, what was missed and why, and keeps the ledger that proves it.
package schedules

import (
	"careshare/schedules/london"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is a rule of times. Next is the first moment after the given one; the zero time says that none is known.
type Schedule interface {
	Next(after time.Time) time.Time
}

// Timing is when a job is due, as written.
type Timing struct {
	Cron       string `yaml:"cron" json:"cron"`                         // five fields, or @hourly, @daily, @weekly, @monthly, @yearly
	Zone       string `yaml:"zone" json:"zone,omitempty"`               // of the wall clock that cron speaks of; empty: Europe/London
	WorkingDay string `yaml:"working_day" json:"working_day,omitempty"` // only, next, previous, first, first+N, last, last-N; empty: any day
}

const (
	everyHour = 1<<24 - 1 // cron's hour bits
	star      = 1 << 63   // cron's mark of a field that was written as *
)

// Schedule makes the rule. A slot is a wall-clock time: in the hour that does not exist it is at the jump, in the hour
// that comes twice it is the first. Only an expression that names every hour follows real time.
func (t Timing) Schedule(known Holidays) (Schedule, error) {
	spec, zone, wrong := t.parse()
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	hourly := spec.Hour&everyHour == everyHour
	if t.WorkingDay == "" && hourly {
		return realTime{spec, zone}, nil
	}
	if t.WorkingDay == "" {
		return wallClock{spec, zone}, nil
	}
	if hourly {
		return nil, errors.New("working_day: needs a cron expression with a time of day")
	}
	days, err := onWorkingDays(spec, t.WorkingDay, known)
	if err != nil {
		return nil, fmt.Errorf("working_day: %q: %w", t.WorkingDay, err)
	}
	return wallClock{days, zone}, nil
}

// parse says every thing that is wrong, each after its key.
func (t Timing) parse() (spec *cron.SpecSchedule, zone *time.Location, wrong []error) {
	spec, err := parseCron(t.Cron)
	if err != nil {
		wrong = append(wrong, fmt.Errorf("cron: %q: %w", t.Cron, err))
	}
	if zone, err = t.Location(); err != nil {
		wrong = append(wrong, fmt.Errorf("zone: %w", err))
	}
	return spec, zone, wrong
}

// Location is the zone of the wall clock that the timing speaks of.
func (t Timing) Location() (*time.Location, error) {
	if t.Zone == "" {
		return london.Zone()
	}
	return time.LoadLocation(t.Zone)
}

// parseCron reads an expression to be asked in UTC, where every wall-clock time comes once. The library's own zones
// lose a slot in spring and repeat one in autumn, and its @every starts again with each process.
func parseCron(expression string) (*cron.SpecSchedule, error) {
	if strings.Contains(expression, "TZ=") || strings.HasPrefix(expression, "@every") {
		return nil, errors.New("the zone has a key of its own, and @every names no times")
	}
	fields := cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor
	parsed, err := cron.NewParser(fields).Parse(expression)
	if err != nil {
		return nil, err
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, errors.New("names no times")
	}
	spec.Location = time.UTC
	if spec.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, errors.New("never comes")
	}
	return spec, nil
}

// wallClock finds the moments at which a zone's clock shows the slots of wall, which is asked in UTC.
type wallClock struct {
	wall Schedule
	zone *time.Location
}

func (c wallClock) Next(after time.Time) time.Time {
	for wall := c.wall.Next(wallOf(after, c.zone)); !wall.IsZero(); wall = c.wall.Next(wall) {
		if at := momentOf(wall, c.zone); at.After(after) {
			return at
		}
	}
	return time.Time{}
}

// realTime lets every hour that passes count, also the one that the clock shows twice.
type realTime struct {
	spec *cron.SpecSchedule
	zone *time.Location
}

func (c realTime) Next(after time.Time) time.Time {
	at, wall := after, wallOf(after, c.zone)
	for {
		next := c.spec.Next(wall)
		if next.IsZero() {
			return time.Time{}
		}
		found := at.Add(next.Sub(wall))
		_, change := at.In(c.zone).ZoneBounds()
		if change.IsZero() || found.Before(change) {
			return found.UTC()
		}
		// The clock changes first: ask again from there, the change itself included.
		at, wall = change, wallOf(change, c.zone)
		if next := c.spec.Next(wall.Add(-time.Nanosecond)); next.Equal(wall) {
			return change.UTC()
		}
	}
}

// wallOf is what a zone's clock shows, told as if it were UTC.
func wallOf(at time.Time, zone *time.Location) time.Time {
	_, offset := at.In(zone).Zone()
	return at.UTC().Add(time.Duration(offset) * time.Second)
}

// momentOf is when a zone's clock first shows wall; a time that it jumps over is at the jump.
func momentOf(wall time.Time, zone *time.Location) time.Time {
	_, before := wall.Add(-24 * time.Hour).In(zone).Zone()
	_, after := wall.Add(24 * time.Hour).In(zone).Zone()
	for _, offset := range []int{before, after} {
		at := wall.Add(-time.Duration(offset) * time.Second)
		if wallOf(at, zone).Equal(wall) {
			return at
		}
	}
	jump, _ := wall.Add(-time.Duration(before) * time.Second).In(zone).ZoneBounds()
	return jump.UTC()
}
