package pipeline

import (
	"errors"
	"slices"
	"time"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/console"
)

// reportOptions say which report, from which snapshot, to where.
type reportOptions struct {
	name, snapshot, asAt, to string
	person, period           string
}

// openChosen opens the lake and tells which of its snapshots is meant.
func openChosen(p *console.Console, c Config, o reportOptions) (*lake.Lake, lake.Snapshot, lake.Manifest, error) {
	l, err := lake.Open(c.Lake, p.Now)
	if err != nil {
		return nil, lake.Snapshot{}, lake.Manifest{}, err
	}
	from, manifest, err := chooseSnapshot(l, o)
	return l, from, manifest, err
}

// chooseSnapshot is the one of that id, or the newest that speaks for the moment or before it, or the current one.
func chooseSnapshot(l *lake.Lake, o reportOptions) (lake.Snapshot, lake.Manifest, error) {
	if o.snapshot == "" && o.asAt == "" {
		current, err := l.Current()
		if err != nil {
			return lake.Snapshot{}, lake.Manifest{}, err
		}
		manifest, err := current.Manifest()
		return current, manifest, err
	}
	at, err := moment(o.asAt, time.Time{})
	if err != nil {
		return lake.Snapshot{}, lake.Manifest{}, err
	}
	snapshots, err := l.Snapshots()
	if err != nil {
		return lake.Snapshot{}, lake.Manifest{}, err
	}
	for _, s := range slices.Backward(snapshots) {
		if o.snapshot != "" && s.ID != o.snapshot {
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
	return lake.Snapshot{}, lake.Manifest{}, usage(fault.WithHint(errors.New("no kept snapshot is meant by --snapshot and --as-at"), "careshare status names the current one; retention removes old ones"))
}
