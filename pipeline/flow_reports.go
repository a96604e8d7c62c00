package pipeline

import (
	"context"
	"path/filepath"
	"slices"

	"careshare/load/lake"
	"careshare/london"
)

// makeReports lays out every report of a run that is staged and not yet published.
func (j *job) makeReports(ctx context.Context, run *lake.Run, o outcome) error {
	j.step("reports")
	p := j.publication(o)
	manifest := lake.Manifest{Run: run.ID, AsAt: run.AsAt, Versions: p.Versions, Datasets: o.staged.Datasets, Audit: run.Audit}
	staged := lake.Snapshot{ID: run.ID, Path: filepath.Dir(run.Reports)}
	list := append(everyReport(), layout{name: biAudience, make: func(ctx context.Context, from reportSource) error {
		return makeCatalog(ctx, from, staged)
	}})
	if slices.ContainsFunc(manifest.Datasets, func(d lake.Disclosure) bool { return d.Dataset == "return_periods" }) {
		day, err := london.Day(j.asAt)
		if err != nil {
			return err
		}
		list = append(list, returnsOf(j.config.Returns.periods(day))...)
	}
	return makeReports(ctx, j.config, staged, manifest, run.Reports, run.Spill, list)
}
