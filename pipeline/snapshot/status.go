package snapshot

import (
	"fmt"
	"io"
	"time"

	"careshare/load/audit"
	"careshare/load/fault"
	"careshare/load/lake"
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
	Datasets []lake.Disclosure `json:"datasets"`
	Log      audit.Root        `json:"audit"`
	Witness  newestWitness     `json:"witness"` // the newest root that a place outside the lake has
	Withheld int               `json:"people_withheld_by_council"`

	isWitnessed bool
}

func (s Status) Text(w io.Writer) {
	fmt.Fprintf(w, "current  %s, as at %s, %s old\n", s.Run, s.AsAt.Format(time.RFC3339), s.Age)
	fmt.Fprintf(w, "folder   %s\n", s.Snapshot)
	fmt.Fprintf(w, "datasets %d\n", len(s.Datasets))
	fmt.Fprintf(w, "withheld %s by the council's own word\n", reports.Counted(s.Withheld, "person"))
	fmt.Fprintf(w, "audit    %s, root %s\n", reports.Counted(s.Log.Size, "entry"), s.Log.Hash)
	fmt.Fprintf(w, "witness  %s\n", s.Witness.words(s.isWitnessed))
}

// mostAhead is how far a snapshot's moment may lie ahead of the clock: another machine's clock made it.
const mostAhead = 5 * time.Minute

// IsFresh holds a snapshot to its greatest age. One of a moment that lies ahead would pass for new until that moment has come.
func IsFresh(s Status, age, maxAge time.Duration) error {
	switch {
	case maxAge <= 0:
		return nil
	case age > maxAge:
		return fmt.Errorf("status: the current snapshot is %s old, more than %s: %w", s.Age, maxAge, exit.ErrStale)
	case age < -mostAhead:
		return fault.WithHint(
			fmt.Errorf("status: the current snapshot is as at %s, which lies ahead of the clock: how old it is cannot be told: %w", s.AsAt.Format(time.RFC3339), exit.ErrStale),
			"put the clock right; careshare run --older publishes for a moment before that")

	}
	return nil
}

// StatusOf reports what readers see now.
func StatusOf(p *console.Console, c config.Config) (Status, time.Duration, error) {
	lake, err := lake.Open(c.Lake, p.Now)
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
		Witness: witness, isWitnessed: c.Witness.IsConfigured(),
		Run: snapshot.ID, AsAt: manifest.AsAt, Age: age.Round(time.Minute).String(), Snapshot: snapshot.Path,
		Datasets: manifest.Datasets, Log: log.Root(), Withheld: len(log.WithheldPeople()),
	}, age, nil
}
