package flow

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"careshare/extract"
	"careshare/load/agreement"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/london"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/relations"
	"careshare/pipeline/reporting"
	"careshare/pipeline/snapshot"
	"careshare/sql"
	"careshare/transform"
)

// Job is one run being carried out.
type Job struct {
	*console.Console
	Config    config.Config
	agreement agreement.Agreement
	Contracts agreement.Contracts
	Models    transform.Models
	rules     string // SHA-256 of the rules that decide
	AsAt      time.Time
	Older     bool   // readers may be led back to an earlier moment
	at        string // the step being done, for the log
	linked    *LinkedPeople
	accepted  []string        // safeguards whose breach this run accepts
	anew      bool            // a return alone, which is compared with what readers have now
	submitted []relations.Row // last year's files of a return as they were handed in, of a return that is held against them

	keys        map[string]lake.PseudonymKey // by audience
	Unpublished []config.Unpublished         // what there is no key for
}

// outcome is what a run decided, before anybody can read it.
type outcome struct {
	tables  []extract.Table
	decided transform.Result
	staged  lake.Staged
	duckdb  string // the engine's version

	earlier []lake.Input // what was carried over from the last run
}

// Run is the whole flow. Whatever fails before publish, readers keep the snapshot that they have.
func (j *Job) Run(ctx context.Context) (summary Summary, err error) {
	lake, err := snapshot.LockLake(ctx, j.Console, j.Config)
	if err != nil {
		return Summary{}, err
	}
	defer lake.Unlock()
	if err := j.MayBecomeCurrent(lake); err != nil {
		return Summary{}, err
	}
	j.askOrWarn(ctx, lake) // what a crash kept the last run from asking
	if err := lake.MakeKey(rand.Reader); err != nil {
		return Summary{}, err
	}
	run, err := lake.Begin(j.AsAt)
	if err != nil {
		return Summary{}, err
	}
	defer func() { err = errors.Join(err, run.End(j.at)) }()
	known, err := j.remember(ctx, lake)
	if err != nil {
		return Summary{}, err
	}
	decided, err := j.decide(ctx, known, run)
	if err != nil {
		return Summary{}, err
	}
	if err := j.makeReports(ctx, run, decided); err != nil {
		return Summary{}, err
	}
	j.step("publish")
	snapshot, err := run.Publish(ctx, j.publication(decided))
	if err != nil {
		return Summary{}, err
	}
	summary = j.summarise(decided, snapshot)
	err = j.follow(ctx, lake, &summary)
	return summary, err
}

// MayBecomeCurrent holds that readers are never led back in time, unless the caller says so: what a run publishes becomes
// current, is delivered to CP-IS and is what the next run remembers.
func (j *Job) MayBecomeCurrent(l *lake.Lake) error {
	current, err := l.Current()
	if j.Older || errors.Is(err, lake.ErrNoSnapshot) {
		return nil
	}
	if err != nil {
		return err
	}
	manifest, err := current.Manifest()
	if err != nil || !j.AsAt.Before(manifest.AsAt) {
		return err
	}
	return exit.Usage(fault.WithHint(fmt.Errorf("readers have a snapshot of a later moment, %s", current.ID),
		"careshare report makes an old snapshot's reports again; --older publishes for the earlier moment all the same"))

}

// follow does what comes after publishing. Whatever of it fails, readers have the new snapshot, and the next run does it.
func (j *Job) follow(ctx context.Context, lake *lake.Lake, summary *Summary) error {
	j.step("deliver")
	delivered := deliver(lake, j.Config.CPIS.Outbox)
	j.step("ask the trace service")
	summary.TraceRequest = j.askOrWarn(ctx, lake)
	j.step("prune")
	_, err := snapshot.Prune(ctx, lake, j.Config, j.agreement, false)
	j.step("witness")
	return errors.Join(delivered, err, snapshot.WitnessPublication(j.Console, j.Config, lake))
}

// decide is the part of the flow that plan shares: pull, decide, check, stage, in the run's own folder.
func (j *Job) decide(ctx context.Context, known Memory, run *lake.Run) (o outcome, err error) {
	if o.tables, err = j.Take(ctx, Folders{Raw: run.Raw, Private: run.Private, Quarantine: run.Quarantine, Spill: run.Spill}); err != nil {
		return o, err
	}
	if err := known.held.notFewer(o.tables, j.Config.Quarantine.FewerRowsPercent); err != nil {
		return o, err
	}
	j.step("gather")
	o.earlier = known.inputs()
	db, err := j.Gather(ctx, known, run, o.tables)
	if err != nil {
		return o, err
	}
	defer db.Close()
	j.step("transform and check")
	if o.decided, err = transform.Run(ctx, db, j.Models, j.LinkPeople(db, known)); err != nil {
		return o, err
	}
	if err := blocked(o.decided.Blocked()); err != nil {
		return o, err
	}
	if _, err := db.ExecContext(ctx, "drop table config.pseudonyms"); err != nil { // the pseudonyms are made
		return o, fmt.Errorf("drop the keys: %w", err)
	}
	j.step("stage")
	o.staged, err = run.Stage(ctx, db, lake.Staging{Agreement: j.agreement, Contracts: j.Contracts, Refined: j.refined(known), Provable: reporting.Provable(), Pseudonyms: marks(j.keys)})
	if err != nil {
		return o, err
	}
	if !slices.Contains(j.accepted, "standing_refusals") {
		if err := known.held.notFewerRefusals(o.staged.Datasets, j.AsAt, j.Config.Quarantine.FewerRowsPercent); err != nil {
			return o, err
		}
	}
	err = db.QueryRowContext(ctx, "select version()").Scan(&o.duckdb)
	return o, err
}

// Gather opens the engine over the run's own folder, with every source as a view, the configuration and what is
// remembered as tables.
func (j *Job) Gather(ctx context.Context, known Memory, run *lake.Run, tables []extract.Table) (*sql.DB, error) {
	releases, err := earlierReleases(j.Config.Lake, j.Now, j.AsAt)
	if err != nil {
		return nil, err
	}
	readable := append(known.folders(), run.Folder())
	for _, r := range releases {
		readable = append(readable, r.snapshot.Path)
	}
	db, err := openEngineOver(ctx, j.Config, run.Spill, tables, readable)
	if err != nil {
		return nil, err
	}
	day, err := london.Day(j.AsAt)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	rows, err := j.Relations(known, tables, j.Config.Returns.Periods(day))
	if err == nil {
		err = inTurn(
			func() error { return relations.Create(ctx, db, rows) },
			func() error { return createSources(ctx, db, tables, run.Quarantine, run.Private) },
			func() error { return createPseudonyms(ctx, db, j.keys) },
			func() error { return known.CreateEarlier(ctx, db, j.Contracts) },
			func() error { return createLinks(ctx, db) },
			func() error { return known.createLinkageBefore(ctx, db) },
			func() error { return createPrevious(ctx, db, releases) },
		)
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// inTurn takes one step after the other until one fails: what came after it would only say that it is missing.
func inTurn(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (j *Job) publication(o outcome) lake.Publication {
	p := lake.Publication{
		Versions: lake.Versions{
			Program: Version, DuckDB: o.duckdb, Models: j.rules,
			Agreement: j.agreement.Version, AgreementSHA256: j.agreement.SHA256,
		},
		Audiences: j.agreement.Audiences, Staged: o.staged,
	}
	for _, t := range o.tables {
		p.Inputs = append(p.Inputs, lake.Input{Source: t.From, Name: t.Name, Rows: t.RowsIn})
	}
	p.Inputs = append(p.Inputs, o.earlier...)
	for _, found := range o.decided.Checks {
		p.Checks = append(p.Checks, lake.Check{Name: found.Check, Severity: found.Severity, Bad: found.Bad})
	}
	return p
}

// blocked says which checks forbid publishing, by which rule and where to look.
func blocked(found []transform.Found) error {
	var all []error
	for _, f := range found {
		all = append(all, errors.New(f.Words()))
	}
	if len(all) == 0 {
		return nil
	}
	err := errors.Join(append(all, exit.ErrChecks)...)
	if slices.ContainsFunc(found, func(f transform.Found) bool { return f.Check == "safeguards_breached" }) {
		return fault.WithHint(err, "see who would change: careshare plan --against current; where the figures are right, publish once with careshare run --accept NAME")
	}
	return fault.WithHint(err,
		"look the ids up at the source and correct the rows there; if they are right, the rule is wrong: report it, or change it with careshare rules copy")
}

// step says what the run does now, and remembers it for the log.
func (j *Job) step(name string) {
	j.at = name
	j.Console.Step(name)
}

// Relations are what the models read beside the sources.
func (j *Job) Relations(known Memory, tables []extract.Table, periods []config.Period) ([]relations.Relation, error) {
	delivered, err := lastDelivered(j.Config.CPIS.Outbox)
	if err != nil {
		return nil, err
	}
	return relations.Of(relations.Inputs{
		Config: j.Config, Agreement: j.agreement, Contracts: j.Contracts, Models: j.Models, AsAt: j.AsAt, Tables: tables, Periods: periods,
		Withheld: known.withheld, Reviews: known.reviews, Submitted: j.submitted, Accepted: j.accepted, Delivered: delivered,
	})
}
