package pipeline

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"careshare/extract"
	"careshare/extract/casestore"
	"careshare/extract/cpis"
	"careshare/extract/fhir"
	"careshare/extract/inbox"
	"careshare/extract/optout"
	"careshare/extract/reference"
	"careshare/extract/trace"
	"careshare/load/fault"
	"careshare/transform"
)

// namedPlaces is how many places are named of what stopped a run.
const namedPlaces = 3

// source is one system that a run pulls from, into a folder of its own and with a quarantine of its own.
type source struct {
	name    string
	keepRaw bool // whether the quarantine may keep what it could not read: the council's own sources only
	raised  bool // each unreadable file is raised by name until somebody mends it, so that none of them stops the run
	to      string
	read    func(ctx context.Context, to string, q *extract.Quarantine) ([]extract.Table, error)
}

// folders are where a run's extracts go: the council's own are published as raw, health records never outlive the run.
type folders struct{ raw, private, quarantine, spill string }

func (j *job) sources(f folders) []source {
	c := j.config
	own := func(name string, read func(context.Context, string, *extract.Quarantine) ([]extract.Table, error)) source {
		return source{name: name, keepRaw: true, to: filepath.Join(f.raw, name), read: read}
	}
	list := []source{
		own("casestore", j.readCaseStore(f)),
		{name: "cpis", keepRaw: true, raised: true, to: filepath.Join(f.raw, "cpis"), read: func(ctx context.Context, to string, q *extract.Quarantine) ([]extract.Table, error) {
			return cpis.Read(ctx, inbox.Options{Folder: c.CPIS.Folder, To: to, Quarantine: q})
		}},
		own("trace", func(ctx context.Context, to string, q *extract.Quarantine) ([]extract.Table, error) {
			return trace.Read(ctx, inbox.Options{Folder: c.Trace.Folder, To: to, Quarantine: q})
		}),
		own("optout", func(ctx context.Context, to string, q *extract.Quarantine) ([]extract.Table, error) {
			return optout.Read(ctx, inbox.Options{Folder: c.OptOut.Folder, To: to, Quarantine: q})
		}),
		own("reference", func(ctx context.Context, to string, q *extract.Quarantine) ([]extract.Table, error) {
			return reference.Read(ctx, inbox.Options{Folder: c.Returns.Folder, To: to, Quarantine: q})
		}),
	}
	for _, sender := range c.Health {
		list = append(list, source{
			name: "health-" + sender.Name, to: filepath.Join(f.private, sender.Name), read: j.readHealth(sender, f),
		})
	}
	return list
}

func (j *job) readCaseStore(f folders) func(context.Context, string, *extract.Quarantine) ([]extract.Table, error) {
	return func(ctx context.Context, to string, q *extract.Quarantine) ([]extract.Table, error) {
		options, err := j.config.caseStoreOptions(f)
		if err != nil {
			return nil, err
		}
		options.To, options.Quarantine = to, q
		options.Notify = func(err error, wait time.Duration) {
			fmt.Fprintf(j.Stderr, "case store: connection lost (%v), again in %s\n", err, wait)
		}
		return casestore.Read(ctx, options)
	}
}

// readHealth flattens one sender's bulk export by the views that a model reads.
func (j *job) readHealth(sender Sender, f folders) func(context.Context, string, *extract.Quarantine) ([]extract.Table, error) {
	return func(ctx context.Context, to string, q *extract.Quarantine) ([]extract.Table, error) {
		views, err := neededViews(j.config, j.models)
		if err != nil {
			return nil, err
		}
		config, err := j.config.sizedFor(sender.Folder)
		if err != nil {
			return nil, err
		}
		db, err := config.openEngine(ctx, f.spill, sender.Folder, to)
		if err != nil {
			return nil, err
		}
		defer db.Close()
		if err := os.MkdirAll(to, 0o700); err != nil {
			return nil, err
		}
		return fhir.Read(ctx, db, fhir.Options{Sender: sender.Name, Folder: sender.Folder, Views: views, To: to, Quarantine: q})
	}
}

// take reads every source; a source that cannot be read, or too little of which can, stops the run.
func (j *job) take(ctx context.Context, f folders) ([]extract.Table, error) {
	var all []extract.Table
	for _, s := range j.sources(f) {
		j.step("extract " + s.name)
		tables, err := s.take(ctx, f, j.config.Quarantine.ThresholdPercent)
		if err != nil {
			return nil, fmt.Errorf("extract %s: %w", s.name, err)
		}
		all = append(all, tables...)
	}
	return all, nil
}

func (s source) take(ctx context.Context, f folders, threshold float64) (tables []extract.Table, err error) {
	quarantine, err := extract.OpenQuarantine(filepath.Join(f.quarantine, s.name, "part-0.parquet"), s.keepRaw)
	if err != nil {
		return nil, err
	}
	quarantine.From = s.name
	if err := quarantine.KeepValues(filepath.Join(f.private, "unread", s.name, "part-0.parquet")); err != nil {
		return nil, err
	}
	tables, err = s.read(ctx, s.to, quarantine)
	if _, closing := quarantine.Close(); err == nil {
		err = closing
	}
	if err == nil && !s.raised {
		err = withinThreshold(tables, threshold, quarantine)
	}
	for i := range tables {
		tables[i].From = s.name
	}
	return tables, err
}

// withinThreshold says where most of what cannot be read stands: nothing is published, so there is no other place to look.
func withinThreshold(tables []extract.Table, percent float64, kept *extract.Quarantine) error {
	var in, quarantined int64
	for _, t := range tables {
		in, quarantined = in+t.RowsIn, quarantined+t.Quarantined
	}
	if float64(quarantined)*100 <= float64(in)*percent {
		return nil
	}
	return fault.WithHint(
		fmt.Errorf("%d of %d rows cannot be read, more than %g %%: %s: %w", quarantined, in, percent, kept.Most(namedPlaces), errChecks),
		"see what the source sent, or raise quarantine.threshold_percent for one run")

}

// neededViews are the shipped views whose tables a model reads: the run keeps the least, so it reads no others.
func neededViews(c Config, models transform.Models) ([]fhir.View, error) {
	views, err := readViews(c.Ruleset())
	if err != nil {
		return nil, err
	}
	read := map[string]bool{}
	for _, model := range models.Needed() {
		for _, name := range model.Reads {
			read[name] = true
		}
	}
	return slices.DeleteFunc(views, func(v fhir.View) bool { return !read["health."+v.Name] }), nil
}
