package flow

import (
	"context"
	"path/filepath"
	"slices"

	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/reporting"
	"careshare/pipeline/returns"
	"careshare/pipeline/snapshot"
	"careshare/schedules/london"
)

// report lays out every report of a run that is staged and not yet published.
func (j *Job) report(ctx context.Context, w *work) error {
	j.step("reports")
	run := w.run
	p := j.publication(w)
	manifest := lake.Manifest{Run: run.ID, AsAt: run.AsAt, Versions: p.Versions, Datasets: w.staged.Datasets, Audit: run.Audit}
	staged := lake.Snapshot{ID: run.ID, Path: filepath.Dir(run.Reports)}
	list := append(reporting.EveryReport(), reporting.Layout{Name: config.BIAudience, Make: func(ctx context.Context, from snapshot.Source) error {
		return reporting.MakeCatalog(ctx, from, staged)
	}})
	if slices.ContainsFunc(manifest.Datasets, func(d lake.Disclosure) bool { return d.Dataset == "return_periods" }) {
		day, err := london.Day(j.AsAt)
		if err != nil {
			return err
		}
		list = append(list, returns.Layouts(j.Config.Returns.Periods(day))...)
	}
	if err := reporting.MakeReports(ctx, j.Config, staged, manifest, run.Reports, run.Spill, list); err != nil {
		return err
	}
	manifest.Inputs = p.Inputs
	return reporting.MakeIndexes(ctx, j.Config, staged, manifest, run.Reports)
}
