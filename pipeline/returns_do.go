package pipeline

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
	"careshare/london"
	"careshare/pipeline/console"
	"careshare/reports"
	"careshare/sql"
)

// returned says which files of a return were handed over.
type returned struct {
	period
	Snapshot string            `json:"snapshot"`                       // the run that it was made from
	Beyond   string            `json:"beyond_specification,omitempty"` // where the year's own specification is not here
	Anew     bool              `json:"anew"`                           // for a window that the snapshot does not hold, or with last year's files: from its case store
	Files    []string          `json:"files"`
	Findings []ruleFound       `json:"findings,omitempty"`     // with --check, worst first
	Changes  []countedChange   `json:"changes,omitempty"`      // with --check, since the last snapshot
	Against  []countedChange   `json:"against,omitempty"`      // with --against, since what was submitted
	Absent   []string          `json:"not_compared,omitempty"` // with --against, files that what was submitted lacks
	SignedBy string            `json:"signed_off_by,omitempty"`
	SHA256   map[string]string `json:"sha256,omitempty"` // of the files that were signed off
}

func (r returned) Text(w io.Writer) {
	fmt.Fprintf(w, "Return %s of %d, %s to %s as known on %s, from snapshot %s\n", r.Return, r.Year, r.StartsOn, r.EndsOn, r.AsAt, r.Snapshot)
	if r.Beyond != "" {
		fmt.Fprintln(w, "Beware:", r.Beyond)
	}
	printFindings(w, r.Findings)
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
		fmt.Fprintln(w, "Not compared, as what was submitted has none:", strings.Join(r.Absent, ", "))
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

// returnOptions say which return, of which window, from which snapshot, to where.
type returnOptions struct {
	name, snapshot, on, to string
	year                   int

	check, signOff bool
	by, against    string
	verify         string
}

// validate says what of the options does not go together.
func (o returnOptions) validate() error {
	switch {
	case o.verify != "" && (o.signOff || o.check || o.against != ""):
		return usage(errors.New("--verify goes with --year alone"))
	case o.signOff && strings.TrimSpace(o.by) == "":
		return usage(fault.WithHint(errors.New("who signs off is needed for the audit log"), "add --by"))
	case o.signOff && o.check:
		return usage(errors.New("--check and --sign-off are two steps: look first, then sign"))
	}
	return nil
}

func doReturn(ctx context.Context, p *console.Console, c Config, o returnOptions, again makeAgain) (done returned, err error) {
	if err := o.validate(); err != nil {
		return done, err
	}
	lake, snapshot, manifest, err := openChosen(p, c, reportOptions{snapshot: o.snapshot})
	if err != nil {
		return done, err
	}
	wanted, err := o.window(manifest.AsAt)
	if err != nil {
		return done, err
	}
	scratch, err := os.MkdirTemp("", "careshare-")
	if err != nil {
		return done, err
	}
	defer os.RemoveAll(scratch)
	var submitted []row
	if o.name == "903" && o.check && o.against != "" { // its rules hold a year against the one before
		if submitted, err = lastYearsFiles(o.against, wanted); err != nil {
			return done, err
		}
	}
	from, anew, err := returnSource(ctx, p, c, snapshot, manifest, wanted, submitted, scratch, again)
	if err != nil {
		return done, err
	}
	defer from.db.Close()
	done = returned{period: wanted, Snapshot: snapshot.ID, Anew: anew}
	if done.Beyond, err = beyondSpecification(c, wanted); err != nil {
		return done, err
	}
	made := filepath.Join(from.to, wanted.folder())
	if o.against != "" || !o.check {
		if err := makeReturn(ctx, from, wanted); err != nil {
			return done, err
		}
	}
	if o.against != "" {
		if done.Against, done.Absent, err = changesAgainst(ctx, from, c, o.against, made, wanted); err != nil {
			return done, err
		}
	}
	if o.check {
		if err := checkReturn(ctx, from, c, wanted, &done, o); err != nil {
			return done, err
		}
		made = filepath.Join(from.to, "check")
	}
	err = o.handOver(ctx, lake, made, &done)
	return done, err
}

// handOver copies the files that were made to where they are wanted, and records who stands by them where somebody does. The lake is
// locked before: where it cannot be, no file lies there that the next attempt would stumble over.
func (o returnOptions) handOver(ctx context.Context, lake *lake.Lake, made string, done *returned) (err error) {
	if o.signOff {
		if err := lake.Lock(); err != nil {
			return err
		}
		defer lake.Unlock()
	}
	if done.Files, err = handOver(made, o.to); err != nil || !o.signOff {
		return err
	}
	return signOff(ctx, lake, made, o.by, done) // last: nobody stands by files that were not handed over
}

// window is the return's window: of the year in progress at the snapshot's day unless another year or day is asked for.
func (o returnOptions) window(asAt time.Time) (period, error) {
	day, err := london.Day(asAt)
	if err != nil {
		return period{}, err
	}
	if o.on != "" {
		on, err := time.Parse(time.DateOnly, o.on)
		if err != nil || on.After(day) {
			return period{}, usage(errors.New("--on must be a day such as 2026-10-31, not after the snapshot's"))
		}
		day = on
	}
	year := o.year
	if year == 0 {
		year = currentYear(o.name, day)
	}
	if year < 2000 || year > currentYear(o.name, day) {
		return period{}, usage(errors.New("--year must be the year in which a collection ends that has begun, such as 2026 for 2025/26"))
	}
	return periodOf(o.name, year, day), nil
}

// makeAgain makes a return from a snapshot's raw case store, for a window that the snapshot does not hold: the flow does.
type makeAgain func(ctx context.Context, p *console.Console, c Config, s lake.Snapshot, asAt time.Time, wanted period, submitted []row) (*sql.DB, error)

// returnSource opens the snapshot where it holds the window, and otherwise, or where its rules are to be held against what was
// submitted last year, makes the return from the snapshot's raw case store.
func returnSource(ctx context.Context, p *console.Console, c Config, s lake.Snapshot, m lake.Manifest, wanted period, submitted []row, scratch string, again makeAgain) (from reportSource, anew bool, err error) {
	db, err := openSnapshot(ctx, c, s, m)
	if err != nil {
		return from, false, err
	}
	from = reportSource{db: db, manifest: m, to: filepath.Join(scratch, "returns"), scratch: scratch}
	held, err := heldPeriods(ctx, from)
	if err == nil && slices.Contains(held, wanted) && len(submitted) == 0 {
		return from, false, nil
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return from, false, err
	}
	from.db, err = again(ctx, p, c, s, m.AsAt, wanted, submitted)
	return from, true, err
}
