package snapshot

import (
	"fmt"
	"io"
	"strings"
	"time"

	"careshare/load/audit"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/load/store"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/reports"
)

// Status is what readers see now.
type Status struct {
	Run      string            `json:"run"`
	AsAt     time.Time         `json:"as_at"`
	Age      string            `json:"age"` // since the as-at time
	Snapshot string            `json:"snapshot"`
	Address  string            `json:"address"` // of the lake: its folder, or its bucket
	Datasets []lake.Disclosure `json:"datasets"`
	Log      audit.Root        `json:"audit"`
	Witness  *newestWitness    `json:"witness"` // the newest root that a place outside the lake has; null where no place has any
	Withheld int               `json:"people_withheld_by_council"`

	isWitnessed bool // a place is configured
	age         time.Duration
}

// ageWords is a duration as people say it: whole days from two days on, whole hours from two hours on, else minutes.
func ageWords(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return reports.Counted(int64(d/day), "day")
	case d >= 2*time.Hour:
		return reports.Counted(int64(d/time.Hour), "hour")
	}
	return reports.Counted(int64(d/time.Minute), "minute")
}

// Text prints a line a fact.
func (s Status) Text(w io.Writer) {
	fmt.Fprintf(w, "current  %s, as at %s, %s old\n", s.Run, s.AsAt.Format(time.RFC3339), ageWords(s.age))
	fmt.Fprintf(w, "folder   %s\n", s.Snapshot)
	if strings.HasPrefix(s.Address, store.Scheme) {
		fmt.Fprintf(w, "bucket   %s/snapshots/%s\n", s.Address, s.Run)
	}
	fmt.Fprintf(w, "datasets %d\n", len(s.Datasets))
	fmt.Fprintf(w, "withheld %s manually\n", reports.Counted(s.Withheld, "person"))
	fmt.Fprintf(w, "audit    %s, root %s\n", reports.Counted(s.Log.Size, "entry"), s.Log.Hash)
	fmt.Fprintf(w, "witness  %s\n", s.Witness.words(s.isWitnessed))
}

// mostAhead is how far a snapshot's moment may lie ahead of the clock: another machine's clock made it.
const mostAhead = 5 * time.Minute

// IsFresh checks a snapshot against the greatest age. A snapshot of a future moment would pass for new until then, so it is
// stale.
func IsFresh(s Status, age, maxAge time.Duration) error {
	switch {
	case maxAge <= 0:
		return nil
	case age > maxAge:
		return fmt.Errorf("status: the current snapshot is %s old, more than %s: %w", ageWords(age), ageWords(maxAge), exit.ErrStale)
	case age < -mostAhead:
		return fault.WithHint(
			fmt.Errorf("status: the current snapshot is as at %s, which is ahead of the clock, so its age is not known: %w", s.AsAt.Format(time.RFC3339), exit.ErrStale),
			"put the clock right; careshare run --older publishes for a moment before that")

	}
	return nil
}

// StatusOf reads the current snapshot and the log.
func StatusOf(p *console.Console, c config.Config) (Status, time.Duration, error) {
	lake, err := c.OpenLake(p.Now)
	if err != nil {
		return Status{}, 0, err
	}
	snapshot, err := lake.Current()
	if err != nil {
		return Status{}, 0, err
	}
	manifest, err := snapshot.Manifest()
	if err != nil {
		return Status{}, 0, err
	}
	log, err := lake.Log()
	if err != nil {
		return Status{}, 0, err
	}
	if err := snapshot.CheckManifest(log); err != nil {
		return Status{}, 0, err
	}
	witness, err := checkWitness(p, c, log)
	if err != nil {
		return Status{}, 0, err
	}
	age := p.Now().Sub(manifest.AsAt)
	return Status{
		Witness: witness.orNone(), isWitnessed: c.Witness.IsConfigured(), age: age,
		Run: snapshot.ID, AsAt: manifest.AsAt, Age: age.Round(time.Minute).String(), Snapshot: snapshot.Path, Address: lake.Address(),
		Datasets: manifest.Datasets, Log: log.Root(), Withheld: len(log.WithheldPeople()),
	}, age, nil
}
