package snapshot

import (
	"errors"
	"slices"
	"time"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
)

// Choice say which report, from which snapshot, to where.
type Choice struct {
	Name, Snapshot, AsAt, To string
	Person, Period           string
}

// OpenChosen opens the lake and tells which of its snapshots is meant.
func OpenChosen(p *console.Console, c config.Config, o Choice) (*lake.Lake, lake.Snapshot, lake.Manifest, error) {
	l, err := c.OpenLake(p.Now)
	if err != nil {
		return nil, lake.Snapshot{}, lake.Manifest{}, err
	}
	from, manifest, err := Choose(l, o)
	return l, from, manifest, err
}

// Choose is the one of that id, or the newest that covers the moment or before it, or the current one.
func Choose(l *lake.Lake, o Choice) (lake.Snapshot, lake.Manifest, error) {
	if o.Snapshot == "" && o.AsAt == "" {
		current, err := l.Current()
		if err != nil {
			return lake.Snapshot{}, lake.Manifest{}, err
		}
		manifest, err := current.Manifest()
		return current, manifest, err
	}
	at, err := console.UpTo(o.AsAt, time.Time{})
	if err != nil {
		return lake.Snapshot{}, lake.Manifest{}, err
	}
	snapshots, err := l.Snapshots()
	if err != nil {
		return lake.Snapshot{}, lake.Manifest{}, err
	}
	for _, s := range slices.Backward(snapshots) {
		if o.Snapshot != "" && s.ID != o.Snapshot {
			continue
		}
		manifest, err := s.Manifest()
		if err != nil {
			return lake.Snapshot{}, lake.Manifest{}, err
		}
		if at.IsZero() || !manifest.AsAt.After(at) {
			return s, manifest, nil
		}
	}
	return lake.Snapshot{}, lake.Manifest{}, exit.Usage(fault.WithHint(errors.New("no kept snapshot matches --snapshot and --as-at"), "careshare status names the current one; retention removes old ones"))
}
