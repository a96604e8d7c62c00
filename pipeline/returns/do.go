// Package returns makes statutory returns, checks, compares and signs them.
package returns

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/relations"
	"careshare/pipeline/reporting"
	"careshare/pipeline/snapshot"
	"careshare/reports"
	"careshare/schedules/london"
	"careshare/sql"
)

// Returned says which files of a return were handed over.
type Returned struct {
	config.Period
	Snapshot string            `json:"snapshot"`                       // the run that it was made from
	Beyond   string            `json:"beyond_specification,omitempty"` // where the year's own specification is not here
	Anew     bool              `json:"anew"`                           // for a window that the snapshot does not hold, or with last year's files: from its case store
	Files    []string          `json:"files"`
	Findings []RuleFound       `json:"findings,omitempty"`               // with --check, worst first
	Errors   int64             `json:"errors"`                           // what the collection's rules would refuse in the files, one a record to fix
	Accepted string            `json:"signed_off_with_errors,omitempty"` // the reason, from --with-errors
	Changes  []CountedChange   `json:"changes,omitempty"`                // with --check, since the last snapshot
	Against  []CountedChange   `json:"against,omitempty"`                // with --against, since what was submitted
	Absent   []string          `json:"not_compared,omitempty"`           // with --against, files that what was submitted lacks
	SignedBy string            `json:"signed_off_by,omitempty"`
	SHA256   map[string]string `json:"sha256,omitempty"` // of the files that were signed off
}

func (r Returned) Text(w io.Writer) {
	fmt.Fprintf(w, "Return %s of %s, %s to %s as known on %s, from snapshot %s\n", r.Return, r.Collection(), r.StartsOn, r.EndsOn, r.AsAt, r.Snapshot)
	if r.Beyond != "" {
		fmt.Fprintln(w, "Beware:", r.Beyond)
	}
	printFindings(w, r.Findings)
	if r.Errors > 0 && len(r.Findings) == 0 {
		fmt.Fprintf(w, "The files have %s still open: careshare return %s --year %s --check lists them\n", reports.Counted(r.Errors, "error"), r.Return, r.Collection())
	}
	since := "Since the last snapshot"
	if r.Anew {
		since = "Beside what the snapshot holds of the year"
	}
	printChanges(w, since, r.Changes)
	printChanges(w, "Since what was submitted", r.Against)
	if r.Against != nil && len(r.Against) == 0 {
		fmt.Fprintln(w, "Since what was submitted: nothing changed")
	}
	if len(r.Absent) > 0 {
		fmt.Fprintln(w, "Not compared (file missing):", strings.Join(r.Absent, ", "))
	}
	for _, file := range r.Files {
		fmt.Fprintln(w, "wrote", file)
	}
	if r.SignedBy != "" {
		hashes := "their hashes are"
		if len(r.SHA256) == 1 {
			hashes = "its hash is"
		}
		fmt.Fprintf(w, "Signed off by %s: %s, %s in the audit log\n", r.SignedBy, reports.Counted(len(r.SHA256), "file"), hashes)
	}
}

// Options say which return, of which window, from which snapshot, to where.
type Options struct {
	Name, Snapshot, On, To string
	Year                   int

	Check, SignOff bool
	By, Against    string
	WithErrors     string // why it is signed although errors are open
	Verify         string
}

// Validate says what of the options does not go together.
func (o Options) Validate() error {
	switch {
	case o.Verify != "" && (o.SignOff || o.Check || o.Against != ""):
		return exit.Usage(errors.New("--verify goes with --year alone"))
	case o.SignOff && strings.TrimSpace(o.By) == "":
		return exit.Usage(fault.WithHint(errors.New("who signs off is needed for the audit log"), "add --by"))
	case o.SignOff && o.Check:
		return exit.Usage(errors.New("--check and --sign-off are two steps: look first, then sign"))
	case o.WithErrors != "" && !o.SignOff:
		return exit.Usage(errors.New("--with-errors goes with --sign-off"))
	case o.To == "" && !o.Check && o.Verify == "":
		return exit.Usage(fault.WithHint(errors.New("--to is missing: the folder to write the files to"), "add --to DIR; --check without it writes nothing"))
	}
	return nil
}

// Do makes, checks, compares or signs one return.
func Do(ctx context.Context, p *console.Console, c config.Config, o Options, again MakeAgain) (done Returned, err error) {
	if err := o.Validate(); err != nil {
		return done, err
	}
	lake, snapshot, manifest, err := snapshot.OpenChosen(p, c, snapshot.Choice{Snapshot: o.Snapshot})
	if err != nil {
		return done, err
	}
	wanted, err := o.Window(manifest.AsAt)
	if err != nil {
		return done, err
	}
	scratch, err := os.MkdirTemp("", "careshare-")
	if err != nil {
		return done, err
	}
	defer os.RemoveAll(scratch)
	var submitted []relations.Row
	if o.Name == "903" && o.Check && o.Against != "" { // its rules hold a year against the one before
		if submitted, err = LastYearsFiles(o.Against, wanted); err != nil {
			return done, err
		}
	}
	from, anew, err := ReturnSource(ctx, p, c, snapshot, manifest, wanted, submitted, scratch, again)
	if err != nil {
		return done, err
	}
	defer from.DB.Close()
	done = Returned{Period: wanted, Snapshot: snapshot.ID, Anew: anew}
	if done.Beyond, err = beyondSpecification(c, wanted); err != nil {
		return done, err
	}
	made := filepath.Join(from.To, wanted.Folder())
	if o.Against != "" || !o.Check {
		if err := makeReturn(ctx, from, wanted); err != nil {
			return done, err
		}
	}
	if o.Against != "" {
		if done.Against, done.Absent, err = changesAgainst(ctx, from, c, o.Against, made, wanted); err != nil {
			return done, err
		}
	}
	if done.Errors, err = openErrors(ctx, from, wanted); err != nil {
		return done, err
	}
	if o.SignOff && done.Errors > 0 && strings.TrimSpace(o.WithErrors) == "" {
		return done, fault.WithHint(fmt.Errorf("not signed: the files have %s", reports.Counted(done.Errors, "error")+" still open"),
			"careshare return "+wanted.Return+" --year "+wanted.Collection()+" --check lists them; to sign all the same, add --with-errors REASON for the audit log")
	}
	done.Accepted = o.WithErrors
	if o.Check {
		if err := checkReturn(ctx, from, c, wanted, &done, o); err != nil {
			return done, err
		}
		made = filepath.Join(from.To, "check")
	}
	err = o.handOver(ctx, p, c, lake, made, &done)
	return done, err
}

// handOver copies the files that were made to where they are wanted, and records who stands by them where somebody does. Nobody sees
// a file that is to be signed before the log has its hash: where the lake is locked or damaged, or the log cannot be written, none is there.
func (o Options) handOver(ctx context.Context, p *console.Console, c config.Config, l *lake.Lake, made string, done *Returned) (err error) {
	if o.To == "" {
		return nil // the findings are shown, and nothing is written
	}
	if !o.SignOff {
		done.Files, err = reporting.HandOver(made, o.To)
		return err
	}
	if err := snapshot.LockAndRecover(ctx, p, c, l); err != nil {
		return err
	}
	defer l.Unlock()
	done.Files, err = reporting.HandOverAfter(made, o.To, func() error { return signOff(ctx, l, made, o.By, done) })
	return err
}

// Window is the return's window: of the year in progress at the snapshot's day unless another year or day is asked for.
func (o Options) Window(asAt time.Time) (config.Period, error) {
	day, err := london.Day(asAt)
	if err != nil {
		return config.Period{}, err
	}
	if o.On != "" {
		on, err := time.Parse(time.DateOnly, o.On)
		if err != nil || on.After(day) {
			return config.Period{}, exit.Usage(errors.New("--on must be a day such as 2026-10-31, not after the snapshot's"))
		}
		day = on
	}
	year := o.Year
	if year == 0 {
		year = config.CurrentYear(o.Name, day)
	}
	if year < 2000 || year > config.CurrentYear(o.Name, day) {
		return config.Period{}, exit.Usage(errors.New("--year must be the year in which a collection ends that has begun, such as 2026 for 2025/26"))
	}
	return config.PeriodOf(o.Name, year, day), nil
}

// MakeAgain makes a return from a snapshot's raw case store, for a window that the snapshot does not hold: the flow does.
type MakeAgain func(ctx context.Context, p *console.Console, c config.Config, s lake.Snapshot, asAt time.Time, wanted config.Period, submitted []relations.Row) (*sql.DB, error)

// ReturnSource opens the snapshot where it holds the window, and otherwise, or where its rules are to be held against what was
// submitted last year, makes the return from the snapshot's raw case store.
func ReturnSource(ctx context.Context, p *console.Console, c config.Config, s lake.Snapshot, m lake.Manifest, wanted config.Period, submitted []relations.Row, scratch string, again MakeAgain) (from snapshot.Source, anew bool, err error) {
	db, err := snapshot.Open(ctx, c, s, m)
	if err != nil {
		return from, false, err
	}
	from = snapshot.Source{DB: db, Manifest: m, To: filepath.Join(scratch, "returns"), Scratch: scratch}
	held, err := HeldPeriods(ctx, from)
	if err == nil && slices.Contains(held, wanted) && len(submitted) == 0 {
		return from, false, nil
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return from, false, err
	}
	from.DB, err = again(ctx, p, c, s, m.AsAt, wanted, submitted)
	return from, true, err
}
