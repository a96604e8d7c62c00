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
	"careshare/reports"

	"github.com/spf13/cobra"
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

func (p *program) returnVerb() *cobra.Command {
	var o returnOptions
	verb := &cobra.Command{
		Use:   "return " + strings.Join(returnNames(), "|"),
		Short: "Hand over a statutory return's files, as made by the last run or anew for another year or day",
		Args:  cobra.MatchAll(cobra.ExactArgs(1), knownName("return", returnNames())),
		RunE: func(verb *cobra.Command, args []string) error {
			o.name = args[0]
			config, err := readConfig(p.configPath)
			if err != nil {
				return err
			}
			if o.verify != "" {
				return p.printSigned(verb.Context(), config, o)
			}
			done, err := p.doReturn(verb.Context(), config, o)
			if err != nil {
				return fmt.Errorf("return: %w", err)
			}
			return p.print(done)
		},
	}
	flags := verb.Flags()
	flags.IntVar(&o.year, "year", 0, "the year in which the collection ends (default: the one in progress)")
	flags.StringVar(&o.on, "on", "", "the day up to which it is known, such as 2026-10-31 (default: the snapshot's)")
	flags.StringVar(&o.snapshot, "snapshot", "", "the run's id (default: the current snapshot)")
	flags.StringVar(&o.to, "to", ".", "the folder to write to; nothing there is written over")
	flags.BoolVar(&o.check, "check", false, "write what the collection's rules find as a workbook, instead of the files, and show it by rule")
	flags.StringVar(&o.against, "against", "", "the folder with the files as they were submitted, last year's or an earlier day's: what changed since")
	flags.BoolVar(&o.signOff, "sign-off", false, "record in the audit log that --by stands by the files, with their hashes")
	flags.StringVar(&o.by, "by", "", "who signs off")
	flags.StringVar(&o.verify, "verify", "", "write nothing: hold this folder's files against what was signed off last for the year, by the audit log")
	return verb
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

func (p *program) doReturn(ctx context.Context, c Config, o returnOptions) (done returned, err error) {
	if err := o.validate(); err != nil {
		return done, err
	}
	lake, snapshot, manifest, err := p.openChosen(c, reportOptions{snapshot: o.snapshot})
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
	from, anew, err := p.returnSource(ctx, c, snapshot, manifest, wanted, submitted, scratch)
	if err != nil {
		return done, err
	}
	defer from.db.Close()
	done = returned{period: wanted, Snapshot: snapshot.ID, Anew: anew}
	if done.Beyond, err = c.beyondSpecification(wanted); err != nil {
		return done, err
	}
	made := filepath.Join(from.to, wanted.folder())
	if o.against != "" || !o.check {
		if err := makeReturn(ctx, from, wanted); err != nil {
			return done, err
		}
	}
	if o.against != "" {
		if done.Against, done.Absent, err = from.changesAgainst(ctx, c, o.against, made, wanted); err != nil {
			return done, err
		}
	}
	if o.check {
		if err := from.check(ctx, c, wanted, &done, o); err != nil {
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

// returnSource opens the snapshot where it holds the window, and otherwise, or where its rules are to be held against what was
// submitted last year, makes the return from the snapshot's raw case store.
func (p *program) returnSource(ctx context.Context, c Config, s lake.Snapshot, m lake.Manifest, wanted period, submitted []row, scratch string) (from reportSource, anew bool, err error) {
	db, err := openSnapshot(ctx, c, s, m)
	if err != nil {
		return from, false, err
	}
	from = reportSource{db, m, filepath.Join(scratch, "returns"), scratch}
	held, err := from.periods(ctx)
	if err == nil && slices.Contains(held, wanted) && len(submitted) == 0 {
		return from, false, nil
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return from, false, err
	}
	from.db, err = p.makeAnew(ctx, c, s, m.AsAt, wanted, submitted)
	return from, true, err
}
