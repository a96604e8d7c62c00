package lake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"
)

// Run is one run's folders, outside every reader's sight until it is published.
type Run struct {
	ID    string
	AsAt  time.Time
	Audit audit.Root // the log when the run started: it is in the manifest and in each report

	Raw, Quarantine, Refined, Trusted, Reports string // become the snapshot
	Private, Spill                             string // never published; wiped when the run ends

	lake     *Lake
	folder   string // runs/<id>
	snapshot string // runs/<id>/snapshot, what will be published
	withheld []audit.Withholding
	failedAt string // the step of publishing that failed
	told     bool   // the log knows how the run ended
}

// Begin starts a run of the locked lake and says so in the log. End must follow, whatever happens.
func (l *Lake) Begin(asAt time.Time) (*Run, error) {
	if err := l.mustBeLocked("begin run"); err != nil {
		return nil, err
	}
	log, err := l.Log()
	if err != nil {
		return nil, fmt.Errorf("begin run: %w", err)
	}
	r := l.newRun(l.freeID(asAt, log), asAt)
	r.withheld = log.WithheldPeople()
	if err := os.Mkdir(r.folder, 0o700); err != nil { // what a crash left there must be swept first, by Recover
		return nil, fault.Explain("begin run", err)
	}
	if err := r.start(); err != nil {
		return nil, errors.Join(fault.Explain("begin run", err), os.RemoveAll(r.folder))
	}
	return r, nil
}

func (r *Run) start() (err error) {
	for _, folder := range []string{r.folder, r.snapshot, r.Raw, r.Quarantine, r.Refined, r.Trusted, r.Reports, r.Private, r.Spill} {
		if err := disk.MakeFolder(folder); err != nil {
			return err
		}
		if err := os.Chmod(folder, 0o700); err != nil {
			return err
		}
	}
	r.Audit, err = r.lake.record(audit.Entry{Event: audit.Started, Run: r.ID})
	return err
}

func (l *Lake) newRun(id string, asAt time.Time) *Run {
	folder := filepath.Join(l.runs(), id)
	snapshot := filepath.Join(folder, "snapshot")
	return &Run{
		ID: id, AsAt: asAt.UTC(), lake: l, folder: folder, snapshot: snapshot,
		Raw:        filepath.Join(snapshot, "raw"),
		Quarantine: filepath.Join(snapshot, "quarantine"),
		Refined:    filepath.Join(snapshot, "refined"),
		Trusted:    filepath.Join(snapshot, "trusted"),
		Reports:    filepath.Join(snapshot, "reports"),
		Private:    filepath.Join(folder, "private"),
		Spill:      filepath.Join(folder, "spill"),
	}
}

// Folder is the run's own folder, which holds all the others: what the engine must be allowed to use.
func (r *Run) Folder() string { return r.folder }

// freeID is the as-at time, with -2, -3 where a run of that time was published or stands on disk. A run that failed
// gives its id back, so that what is tried again has one name.
func (l *Lake) freeID(asAt time.Time, log *audit.Log) string {
	published := log.Published()
	base := asAt.UTC().Format(runIDLayout)
	for n := 1; ; n++ {
		id := base
		if n > 1 {
			id = fmt.Sprintf("%s-%d", base, n)
		}
		_, isPublished := published[id]
		_, err := os.Stat(filepath.Join(l.snapshots(), id))
		if !isPublished && os.IsNotExist(err) {
			return id
		}
	}
}

// End wipes the run's folder, private health records with it. If nothing was published the log says so, with the
// step that it failed at: a step's name or a rule, never a value.
func (r *Run) End(failedAt string) error {
	err := fault.Explain("end run", os.RemoveAll(r.folder))
	if r.told {
		return err
	}
	return errors.Join(err, r.withdraw(cmp.Or(r.failedAt, failedAt)))
}

// withdraw takes back what a failed publication left. The log first: while it says published, the snapshot must stay
// for the next start to complete.
func (r *Run) withdraw(failedAt string) error {
	if _, err := r.lake.record(audit.Entry{Event: audit.Failed, Run: r.ID, Note: failedAt}); err != nil {
		return err
	}
	r.told = true
	err := os.Remove(r.lake.current() + ".next")
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	_, swept := r.lake.sweepBucket(context.Background())
	return fault.Explain("end run", errors.Join(err, os.RemoveAll(filepath.Join(r.lake.snapshots(), r.ID)), swept))
}
