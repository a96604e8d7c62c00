package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"careshare/load"
)

// withheld is what stopping or resuming to share about one person did.
type withheld struct {
	Person   int64            `json:"person_id"`
	Lifted   bool             `json:"lifted"`             // rows come back with the next run, if every gate lets them
	Snapshot string           `json:"snapshot,omitempty"` // published at once without the person's rows
	Rows     map[string]int64 `json:"rows,omitempty"`     // taken out, by dataset
}

func (r withheld) text(w io.Writer) {
	switch {
	case r.Lifted:
		fmt.Fprintf(w, "person %d is no longer withheld: the next run shares again what every gate lets through\n", r.Person)
	case r.Snapshot == "":
		fmt.Fprintf(w, "person %d is withheld from the first run on\n", r.Person)
	default:
		var rows int64
		for _, count := range r.Rows {
			rows += count
		}
		fmt.Fprintf(w, "person %d is withheld: %d rows taken out, published %s\n", r.Person, rows, r.Snapshot)
	}
}

func (p *program) withholdVerb() *cobra.Command {
	var reason string
	var lift bool
	verb := &cobra.Command{
		Use:   "withhold PERSON --reason TEXT [--lift]",
		Short: "Stop sharing about one person now; a snapshot without their rows is published at once",
		Args:  cobra.ExactArgs(1),
		RunE: func(verb *cobra.Command, args []string) error {
			person, err := personID(args[0])
			if err != nil {
				return err
			}
			if reason == "" {
				return usageError{hinted{errors.New("a reason is needed for the audit log"), "add --reason, without naming the person"}}
			}
			config, err := readConfig(p.configPath)
			if err != nil {
				return err
			}
			done, err := p.withhold(verb.Context(), config, person, reason, lift)
			if err != nil {
				return err
			}
			return p.print(done)
		},
	}
	verb.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	verb.Flags().BoolVar(&lift, "lift", false, "share again from the next run on")
	return verb
}

func (p *program) withhold(ctx context.Context, c Config, person int64, reason string, lift bool) (withheld, error) {
	lake, err := p.lockedLake(ctx, c)
	if err != nil {
		return withheld{}, err
	}
	defer lake.Unlock()
	if lift {
		return withheld{Person: person, Lifted: true}, load.Lift(lake, person, reason)
	}
	spill, err := os.MkdirTemp("", "careshare-")
	if err != nil {
		return withheld{}, err
	}
	defer os.RemoveAll(spill)
	db, err := c.openEngine(ctx, spill, lake.Path())
	if err != nil {
		return withheld{}, err
	}
	defer db.Close()
	done, err := load.Withhold(ctx, db, lake, person, reason)
	return withheld{Person: person, Snapshot: done.Snapshot.Path, Rows: done.Rows}, err
}
