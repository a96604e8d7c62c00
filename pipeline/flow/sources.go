package flow

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/views"
)

// namedPlaces is how many places are named of what stopped a run.
const namedPlaces = 3

// Source is one system that a run pulls from, into a folder of its own and with a quarantine of its own.
type Source struct {
	Name    string
	keepRaw bool // whether the quarantine may keep what it could not read: the council's own sources only
	raised  bool // each unreadable file is raised by name until somebody mends it, so that none of them stops the run
	to      string
	read    func(ctx context.Context, to string, q *extract.Quarantine) ([]extract.Table, error)
}

// Folders are where a run's extracts go: the council's own are published as raw, health records never outlive the run.
type Folders struct{ Raw, Private, Quarantine, Spill string }

// Sources are the systems that the run reads, the case store first.
func (j *Job) Sources(f Folders) []Source {
	c := j.Config
	own := func(name string, read func(context.Context, string, *extract.Quarantine) ([]extract.Table, error)) Source {
		return Source{Name: name, keepRaw: true, to: filepath.Join(f.Raw, name), read: read}
	}
	list := []Source{
		own("casestore", j.readCaseStore(f)),
		{Name: "cpis", keepRaw: true, raised: true, to: filepath.Join(f.Raw, "cpis"), read: func(ctx context.Context, to string, q *extract.Quarantine) ([]extract.Table, error) {
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
		list = append(list, Source{
			Name: "health-" + sender.Name, to: filepath.Join(f.Private, sender.Name), read: j.readHealth(sender, f),
		})
	}
	return list
}

func (j *Job) readCaseStore(f Folders) func(context.Context, string, *extract.Quarantine) ([]extract.Table, error) {
	return func(ctx context.Context, to string, q *extract.Quarantine) ([]extract.Table, error) {
		options, err := j.Config.CaseStoreOptions(f.Spill)
		if err != nil {
			return nil, err
		}
		options.To, options.Quarantine = to, q
		options.Notify = func(err error, wait time.Duration) {
			fmt.Fprintf(j.Stderr, "case store: connection lost (%v), again in %s\n", err, wait)
		}
		options.Now = j.AsAt
		options.Note = func(text string) { fmt.Fprintf(j.Stderr, "case store: %s\n", text) }
		return casestore.Read(ctx, options)
	}
}

// readHealth flattens one sender's bulk export by the views that a model reads.
func (j *Job) readHealth(sender config.Sender, f Folders) func(context.Context, string, *extract.Quarantine) ([]extract.Table, error) {
	return func(ctx context.Context, to string, q *extract.Quarantine) ([]extract.Table, error) {
		views, err := views.NeededViews(j.Config, j.Models)
		if err != nil {
			return nil, err
		}
		config, err := j.Config.SizedFor(sender.Folder)
		if err != nil {
			return nil, err
		}
		db, err := config.OpenEngine(ctx, f.Spill, sender.Folder, to)
		if err != nil {
			return nil, err
		}
		defer db.Close()
		if err := os.MkdirAll(to, 0o700); err != nil {
			return nil, err
		}
		return fhir.Read(ctx, db, fhir.Options{Sender: sender.Name, Folder: sender.Folder, Views: views, To: to, Quarantine: q, Bases: sender.Bases(),
			Note: func(u fhir.Unread) {
				fmt.Fprintf(j.Stderr, "health %s: not read: %s\n", sender.Name, u)
			}})
	}
}

// Take reads every source; a source that cannot be read, or too little of which can, stops the run.
func (j *Job) Extract(ctx context.Context, f Folders) ([]extract.Table, error) {
	var all []extract.Table
	for _, inbox := range j.Config.Inboxes() {
		unread, err := inbox.Unread()
		if err != nil {
			return nil, fmt.Errorf("extract %s: %w", inbox.Subject, err)
		}
		if len(unread) > 0 {
			fmt.Fprintf(j.Stderr, "warning: %s: %d files that no rule takes, such as one ending in %s\n", inbox.Subject, len(unread), filepath.Ext(unread[0]))
		}
	}
	for _, s := range j.Sources(f) {
		j.step("extract " + s.Name)
		tables, err := s.Take(ctx, f, j.Config.Quarantine.ThresholdPercent)
		if err != nil {
			return nil, fmt.Errorf("extract %s: %w", s.Name, err)
		}
		all = append(all, tables...)
	}
	return all, nil
}

// Take reads one source into typed Parquet.
func (s Source) Take(ctx context.Context, f Folders, threshold float64) (tables []extract.Table, err error) {
	quarantine, err := extract.OpenQuarantine(filepath.Join(f.Quarantine, s.Name, "part-0.parquet"), s.keepRaw)
	if err != nil {
		return nil, err
	}
	quarantine.From = s.Name
	if err := quarantine.KeepValues(filepath.Join(f.Private, "unread", s.Name, "part-0.parquet")); err != nil {
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
		tables[i].From = s.Name
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
		fmt.Errorf("%d of %d rows cannot be read, more than %g %%: %s: %w", quarantined, in, percent, kept.Most(namedPlaces), exit.ErrChecks),
		"see what the source sent, or raise quarantine.threshold_percent for one run")

}
