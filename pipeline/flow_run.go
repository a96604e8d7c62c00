package pipeline

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"careshare/extract"
	"careshare/load/agreement"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/london"
	"careshare/pipeline/console"
	"careshare/sql"
	"careshare/transform"
)

// job is one run being carried out.
type job struct {
	*console.Console
	config    Config
	agreement agreement.Agreement
	contracts agreement.Contracts
	models    transform.Models
	rules     string // SHA-256 of the rules that decide
	asAt      time.Time
	older     bool   // readers may be led back to an earlier moment
	at        string // the step being done, for the log
	linked    *LinkedPeople
	anew      bool  // a return alone, which is compared with what readers have now
	submitted []row // last year's files of a return as they were handed in, of a return that is held against them

	keys        map[string]lake.PseudonymKey // by audience
	unpublished []Unpublished                // what there is no key for
}

// outcome is what a run decided, before anybody can read it.
type outcome struct {
	tables  []extract.Table
	decided transform.Result
	staged  lake.Staged
	duckdb  string // the engine's version

	earlier []lake.Input // what was carried over from the last run
}

// run is the whole flow. Whatever fails before publish, readers keep the snapshot that they have.
func (j *job) run(ctx context.Context) (summary Summary, err error) {
	lake, err := lockedLake(ctx, j.Console, j.config)
	if err != nil {
		return Summary{}, err
	}
	defer lake.Unlock()
	if err := j.mayBecomeCurrent(lake); err != nil {
		return Summary{}, err
	}
	j.askOrWarn(ctx, lake) // what a crash kept the last run from asking
	if err := lake.MakeKey(rand.Reader); err != nil {
		return Summary{}, err
	}
	run, err := lake.Begin(j.asAt)
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

// mayBecomeCurrent holds that readers are never led back in time, unless the caller says so: what a run publishes becomes
// current, is delivered to CP-IS and is what the next run remembers.
func (j *job) mayBecomeCurrent(l *lake.Lake) error {
	current, err := l.Current()
	if j.older || errors.Is(err, lake.ErrNoSnapshot) {
		return nil
	}
	if err != nil {
		return err
	}
	manifest, err := current.Manifest()
	if err != nil || !j.asAt.Before(manifest.AsAt) {
		return err
	}
	return usage(fault.WithHint(fmt.Errorf("readers have a snapshot of a later moment, %s", current.ID),
		"careshare report makes an old snapshot's reports again; --older publishes for the earlier moment all the same"))

}

// follow does what comes after publishing. Whatever of it fails, readers have the new snapshot, and the next run does it.
func (j *job) follow(ctx context.Context, lake *lake.Lake, summary *Summary) error {
	j.step("deliver")
	delivered := deliver(lake, j.config.CPIS.Outbox)
	j.step("ask the trace service")
	summary.TraceRequest = j.askOrWarn(ctx, lake)
	j.step("prune")
	_, err := prune(ctx, lake, j.config, j.agreement, false)
	j.step("witness")
	return errors.Join(delivered, err, witnessPublication(j.Console, j.config, lake))
}

// decide is the part of the flow that plan shares: pull, decide, check, stage, in the run's own folder.
func (j *job) decide(ctx context.Context, known memory, run *lake.Run) (o outcome, err error) {
	if o.tables, err = j.take(ctx, folders{raw: run.Raw, private: run.Private, quarantine: run.Quarantine, spill: run.Spill}); err != nil {
		return o, err
	}
	if err := known.held.notFewer(o.tables, j.config.Quarantine.FewerRowsPercent); err != nil {
		return o, err
	}
	j.step("gather")
	o.earlier = known.inputs()
	db, err := j.gather(ctx, known, run, o.tables)
	if err != nil {
		return o, err
	}
	defer db.Close()
	j.step("transform and check")
	if o.decided, err = transform.Run(ctx, db, j.models, j.linkPeople(db, known)); err != nil {
		return o, err
	}
	if err := blocked(o.decided.Blocked()); err != nil {
		return o, err
	}
	if _, err := db.ExecContext(ctx, "drop table config.pseudonyms"); err != nil { // the pseudonyms are made
		return o, fmt.Errorf("drop the keys: %w", err)
	}
	j.step("stage")
	o.staged, err = run.Stage(ctx, db, lake.Staging{Agreement: j.agreement, Contracts: j.contracts, Refined: j.refined(known), Provable: provable(), Pseudonyms: marks(j.keys)})
	if err != nil {
		return o, err
	}
	if err := known.held.notFewerRefusals(o.staged.Datasets, j.asAt, j.config.Quarantine.FewerRowsPercent); err != nil {
		return o, err
	}
	err = db.QueryRowContext(ctx, "select version()").Scan(&o.duckdb)
	return o, err
}

// gather opens the engine over the run's own folder, with every source as a view, the configuration and what is
// remembered as tables.
func (j *job) gather(ctx context.Context, known memory, run *lake.Run, tables []extract.Table) (*sql.DB, error) {
	releases, err := earlierReleases(j.config.Lake, j.Now, j.asAt)
	if err != nil {
		return nil, err
	}
	readable := append(known.folders(), run.Folder())
	for _, r := range releases {
		readable = append(readable, r.snapshot.Path)
	}
	db, err := openEngineOver(ctx, j.config, run.Spill, tables, readable)
	if err != nil {
		return nil, err
	}
	day, err := london.Day(j.asAt)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	relations, err := j.relations(known, tables, j.config.Returns.periods(day))
	if err == nil {
		err = inTurn(
			func() error { return createRelations(ctx, db, relations) },
			func() error { return createSources(ctx, db, tables, run.Quarantine, run.Private) },
			func() error { return createPseudonyms(ctx, db, j.keys) },
			func() error { return known.createEarlier(ctx, db, j.contracts) },
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

func (j *job) publication(o outcome) lake.Publication {
	p := lake.Publication{
		Versions: lake.Versions{
			Program: version, DuckDB: o.duckdb, Models: j.rules,
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
	return fault.WithHint(errors.Join(append(all, errChecks)...),
		"look the ids up at the source and correct the rows there; if they are right, the rule is wrong: report it, or change it with careshare rules copy")
}

// step says what the run does now, and remembers it for the log.
func (j *job) step(name string) {
	j.at = name
	j.Console.Step(name)
}

// relations are what the models read beside the sources.
func (j *job) relations(known memory, tables []extract.Table, periods []period) ([]relation, error) {
	delivered, err := lastDelivered(j.config.CPIS.Outbox)
	if err != nil {
		return nil, err
	}
	return relationsOf(inputs{
		config: j.config, agreement: j.agreement, contracts: j.contracts, models: j.models, asAt: j.asAt, tables: tables, periods: periods,
		withheld: known.withheld, reviews: known.reviews, submitted: j.submitted, delivered: delivered,
	})
}
