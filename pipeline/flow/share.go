package flow

import (
	"context"
	"slices"

	"careshare/load/lake"
	"careshare/pipeline/reporting"
)

// share writes what the agreement and the gates allow into the run's own folder, and closes the engine that decided.
func (j *Job) share(ctx context.Context, w *work) (err error) {
	j.step("stage")
	defer w.close()
	w.staged, err = w.run.Stage(ctx, w.db, lake.Staging{
		Agreement: j.agreement, Contracts: j.Contracts, Refined: j.refined(w.known), Provable: reporting.Provable(), Pseudonyms: marks(j.keys),
	})
	if err != nil {
		return err
	}
	j.countStaged(w.staged)
	if !slices.Contains(j.accepted, "standing_refusals") {
		if err := w.known.held.checkRefusalLoss(w.staged.Datasets, j.AsAt, j.Config.Quarantine.FewerRowsPercent); err != nil {
			return err
		}
	}
	return w.db.QueryRowContext(ctx, "select version()").Scan(&w.duckdb)
}

// publication is what the manifest says of the run beside its files.
func (j *Job) publication(w *work) lake.Publication {
	p := lake.Publication{
		Versions: lake.Versions{
			Program: Version, DuckDB: w.duckdb, Models: j.rules,
			Agreement: j.agreement.Version, AgreementSHA256: j.agreement.SHA256,
		},
		Audiences: j.agreement.Audiences, Staged: w.staged,
	}
	for _, t := range w.tables {
		p.Inputs = append(p.Inputs, lake.Input{Source: t.From, Name: t.Name, Rows: t.RowsIn})
	}
	p.Inputs = append(p.Inputs, w.known.inputs()...)
	for _, found := range w.decided.Checks {
		p.Checks = append(p.Checks, lake.Check{Name: found.Check, Severity: found.Severity, Bad: found.Bad})
	}
	return p
}
