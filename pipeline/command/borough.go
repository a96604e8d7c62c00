package command

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"careshare/pipeline/borough"
	"careshare/pipeline/console"

	"github.com/spf13/cobra"
)

// boroughMade says what the synthetic council holds and where.
type boroughMade struct {
	People int       `json:"people"`
	Seed   uint64    `json:"seed"`
	AsAt   time.Time `json:"as_at"`
	To     string    `json:"to"`    // folder of the files
	Truth  string    `json:"truth"` // folder of what must come out
}

func (r boroughMade) Text(w io.Writer) {
	fmt.Fprintf(w, "made a borough of %d people (seed %d) as at %s in %s; expected answers are in %s\n",
		r.People, r.Seed, r.AsAt.Format(time.RFC3339), r.To, r.Truth)
}

func (p *program) boroughCommand() *cobra.Command {
	options := borough.Options{Errors: true}
	to, asAt, format := "", "", ""
	cmd := &cobra.Command{
		Use:     "borough --to DIR | --to postgres://...",
		Example: "  careshare borough --people 2800 --to borough\n  careshare borough --to postgres://localhost/mosaic --files borough",
		Short:   "Make a synthetic borough whose truth is known",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if options.AsAt, err = console.Moment(asAt, borough.DefaultAsAt()); err != nil {
				return err
			}
			options.CaseStore = format
			if strings.HasPrefix(to, "postgres://") || strings.HasPrefix(to, "postgresql://") {
				options.CaseStore = to
			} else {
				options.To = to
			}
			if err := borough.Make(cmd.Context(), options); err != nil {
				return fmt.Errorf("borough: %w", err)
			}
			return p.print(boroughMade{options.People, options.Seed, options.AsAt, options.To, filepath.Join(options.To, "truth")})
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&options.People, "people", 28000, "how many people the case store knows")
	flags.BoolVar(&options.BeyondTestRange, "beyond-test-range", false,
		fmt.Sprintf("from person %d on, NHS numbers that begin with 990 to 998: for measurements only", borough.MaxPeople+1))
	flags.Uint64Var(&options.Seed, "seed", 1, "same seed, same people and rows")
	flags.StringVar(&to, "to", "borough", "folder for everything, or the PostgreSQL address for the case store")
	flags.StringVar(&options.To, "files", "borough", "folder for the other files, where --to is an address")
	flags.StringVar(&format, "format", "duckdb", "the case store in a folder: duckdb or csv")
	flags.StringVar(&asAt, "as-at", "", "the day the borough is made for, such as "+borough.DefaultAsAt().Format(time.RFC3339))
	flags.BoolVar(&options.Errors, "errors", true, "as untidy as life")
	return cmd
}
