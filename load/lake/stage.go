package lake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"careshare/load/agreement"
	"careshare/load/fault"
	"careshare/schedules/london"
	"careshare/sql"

	"golang.org/x/sync/errgroup"
)

// ErrUnbalanced says that rows are unaccounted for: nothing is published.
var ErrUnbalanced = errors.New("rows are unaccounted for")

// Staging says what of the engine's tables goes into the snapshot.
type Staging struct {
	Agreement agreement.Agreement
	Contracts agreement.Contracts
	Refined   []string // models kept for the council itself, under refined/
	Provable  []string // datasets whose rows can be proved one by one

	Pseudonyms map[string]KeyMark // by audience: the key that its pseudonyms were made with
}

// Staged is what Stage wrote and counted.
type Staged struct {
	Datasets     []Disclosure
	Withheld     []WithheldCount
	Conservation []Conservation
	Promises     []agreement.Promise
	Pseudonyms   map[string]KeyMark // the newest key used for each audience, be it by an earlier run
}

// Disclosure is one dataset as it is given to its audience.
type Disclosure struct {
	Dataset    string   `json:"dataset"`
	Direction  string   `json:"direction"`
	Audience   string   `json:"audience"`
	Purpose    string   `json:"purpose"`
	LegalBases []string `json:"legal_bases"`
	Grain      []string `json:"grain"`
	Path       string   `json:"path"` // within the snapshot
	Rows       int64    `json:"rows"`
	People     *int64   `json:"people"`              // distinct people or pseudonyms; null where the dataset is not about people
	RowsRoot   string   `json:"rows_root,omitempty"` // of the tree over the rows, where they can be proved one by one

	IsPseudonymised bool `json:"pseudonymised,omitempty"` // made with a key: holds pseudonyms, or belongs to datasets that do

	DecidedAs string `json:"decided_as,omitempty"` // the dataset whose decisions let the rows out
	Subject   string `json:"subject,omitempty"`    // the column that says whose row it is
	Exemption string `json:"exemption,omitempty"`  // why no decision applies: the audience's, in the agreement's word; LegalBases says by which law

	RowKey           string   `json:"row_key,omitempty"`           // of a de-identified dataset: the column that names a row
	QuasiIdentifiers []string `json:"quasi_identifiers,omitempty"` // the columns that no fewer than k people have in common
	K                int      `json:"k,omitempty"`
}

// WithheldCount is how much of a dataset one gate and reason kept back.
type WithheldCount struct {
	Dataset string `json:"dataset"`
	Gate    string `json:"gate"`
	Reason  string `json:"reason"`
	Rows    int64  `json:"rows"`
	People  int64  `json:"people"`
}

// Conservation is one line of the conservation table; Difference is 0 or nothing is published.
type Conservation struct {
	Stage       string `json:"stage"`
	Source      string `json:"source"`
	Table       string `json:"table_name"`
	RowsIn      int64  `json:"rows_in"`
	RowsOut     int64  `json:"rows_out"`
	Withheld    int64  `json:"withheld"`
	OutOfScope  int64  `json:"out_of_scope"`
	Quarantined int64  `json:"quarantined"`
	Merged      int64  `json:"merged"`
	Difference  int64  `json:"difference"`
}

// Stage writes the agreed datasets and the kept models from the engine's tables of their names, sorts the quarantine,
// and counts what was given and what was kept back.
func (r *Run) Stage(ctx context.Context, db *sql.DB, s Staging) (Staged, error) {
	staged, err := r.follow(s)
	if err != nil {
		return Staged{}, err
	}
	if staged.Datasets, err = r.stageTables(ctx, db, s); err != nil {
		return Staged{}, err
	}
	if err := r.sortQuarantine(ctx, db); err != nil {
		return Staged{}, err
	}
	if err := staged.account(ctx, db, `"withheld"`, `"conservation"`); err != nil {
		return Staged{}, err
	}
	return staged, staged.holdRows()
}

// stageTables writes the datasets and the models that are kept, a few at a time.
func (r *Run) stageTables(ctx context.Context, db *sql.DB, s Staging) ([]Disclosure, error) {
	disclosures := make([]Disclosure, len(s.Agreement.Datasets))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sql.AtATime)
	for i, agreed := range s.Agreement.Datasets {
		group.Go(func() (err error) {
			if disclosures[i], err = r.stageDataset(ctx, db, s, agreed); err != nil {
				return fmt.Errorf("stage %s: %w", agreed.Name, err)
			}
			return nil
		})
	}
	for _, model := range s.Refined {
		group.Go(func() error {
			query := fmt.Sprintf("from %s order by all", sql.QuoteName(model))
			if _, err := copyOut(ctx, db, query, filepath.Join(r.Refined, model, "part-0.parquet")); err != nil {
				return fmt.Errorf("stage %s: %w", model, err)
			}
			return nil
		})
	}
	return disclosures, group.Wait()
}

// follow holds the contracts and the keys to those of the snapshot that readers have.
func (r *Run) follow(s Staging) (Staged, error) {
	staged := Staged{Promises: s.Contracts.Promises(), Pseudonyms: map[string]KeyMark{}}
	last, err := r.lastManifest()
	if err != nil {
		return Staged{}, fmt.Errorf("stage: %w", err)
	}
	day, err := london.In(r.AsAt)
	if err != nil {
		return Staged{}, err
	}
	for _, promise := range last.Promises {
		i := slices.IndexFunc(staged.Promises, func(p agreement.Promise) bool { return p.Dataset == promise.Dataset })
		if i < 0 { // withdrawing a dataset is for the agreement to decide, but its version is not forgotten
			staged.Promises = append(staged.Promises, promise)
			continue
		}
		if err := promise.BreakingChanges(staged.Promises[i], day.Format(time.DateOnly)); err != nil {
			return Staged{}, err
		}
	}
	maps.Copy(staged.Pseudonyms, last.Pseudonyms)
	for audience, mark := range s.Pseudonyms {
		if was, used := last.Pseudonyms[audience]; used {
			if err := mark.follows(was, audience); err != nil {
				return Staged{}, err
			}
		}
		staged.Pseudonyms[audience] = mark
	}
	return staged, nil
}

// lastManifest is that of the current snapshot; the zero value where there is none.
func (r *Run) lastManifest() (Manifest, error) {
	current, err := r.lake.Current()
	if errors.Is(err, ErrNoSnapshot) {
		return Manifest{}, nil
	}
	if err != nil {
		return Manifest{}, err
	}
	return current.Manifest()
}

// stageDataset writes one dataset with its agreed columns only, in the order that its contract gives.
func (r *Run) stageDataset(ctx context.Context, db *sql.DB, s Staging, agreed agreement.AgreedDataset) (Disclosure, error) {
	contract, known := s.Contracts.Find(agreed.Name)
	if !known {
		return Disclosure{}, errors.New("no contract of that name")
	}
	if err := agreement.Enforce(ctx, db, contract); err != nil {
		return Disclosure{}, err
	}
	if err := r.mayShare(ctx, db, s.Agreement, agreed, contract); err != nil {
		return Disclosure{}, err
	}
	partition, err := r.partition()
	if err != nil {
		return Disclosure{}, err
	}
	path := filepath.Join(r.Trusted, agreed.Audience, agreed.Name, partition, "part-0.parquet")
	query := fmt.Sprintf("select %s from %s order by %s", sql.QuoteNames(agreement.AgreedColumns(contract, agreed)), sql.QuoteName(agreed.Name), sql.QuoteNames(contract.Order()))
	rows, err := copyOut(ctx, db, query, path)
	if err != nil {
		return Disclosure{}, err
	}
	d := disclosed(s.Agreement, agreed, contract)
	d.Path, d.Rows = r.within(path), rows
	if slices.Contains(s.Provable, agreed.Name) {
		if err := d.proveRows(ctx, db, path); err != nil {
			return Disclosure{}, err
		}
	}
	if d.RowKey != "" {
		return d, d.holdClasses(ctx, db, path, shownRows)
	}
	return d, d.countPeople(ctx, db, sql.QuoteName(agreed.Name))
}

// disclosed is what contract and agreement say of a dataset that is given.
func disclosed(a agreement.Agreement, agreed agreement.AgreedDataset, c agreement.Contract) Disclosure {
	access := a.Audiences[agreed.Audience]
	d := Disclosure{Dataset: agreed.Name, Direction: agreed.Direction, Audience: agreed.Audience, Purpose: agreed.Purpose,
		LegalBases: agreed.LegalBases, Grain: c.Grain, IsPseudonymised: c.NeedsKey, DecidedAs: c.DecidedAs()}
	if d.DecidedAs == "" {
		d.Exemption, d.LegalBases = access.Exemption, []string{access.LegalBasis}
	}
	if c.Gate == agreement.ByClearance {
		d.RowKey, d.K = c.RowKey(), a.DeIdentification[agreed.Audience].K
		for _, column := range agreement.AgreedColumns(c, agreed) {
			if slices.Contains(c.QuasiIdentifiers(), column) || column == "count_given_up" {
				d.QuasiIdentifiers = append(d.QuasiIdentifiers, column)
			}
		}
	} else if slices.Contains(c.Names(), c.Subject) {
		d.Subject, d.People = c.Subject, new(int64)
	}
	return d
}

// countPeople counts again, in a table or a file, where the dataset is about people.
func (d *Disclosure) countPeople(ctx context.Context, db engine, relation string) error {
	if d.People == nil {
		return nil
	}
	d.People = new(int64)                    // the old count may be in another manifest
	person := cmp.Or(d.Subject, "person_id") // manifests of earlier versions do not say
	return db.QueryRowContext(ctx, "select count(distinct "+sql.QuoteName(person)+") from "+relation).Scan(d.People)
}

// partition is the folder of the as-at day in London, as Hackney's data platform names it.
func (r *Run) partition() (string, error) {
	day, err := london.In(r.AsAt)
	if err != nil {
		return "", err
	}
	return day.Format("import_year=2006/import_month=01/import_day=02/import_date=20060102"), nil
}

func (r *Run) within(path string) string {
	inside, _ := filepath.Rel(r.snapshot, path) // both absolute
	return filepath.ToSlash(inside)
}

// sortQuarantine gives each source's rejects, which came from several readers at once, one order.
func (r *Run) sortQuarantine(ctx context.Context, db *sql.DB) error {
	files, err := filepath.Glob(filepath.Join(r.Quarantine, "*", "*.parquet"))
	if err != nil {
		return fmt.Errorf("sort quarantine: %w", err)
	}
	for _, file := range files {
		query := "from " + sql.ParquetFile(file) + " order by all"
		if _, err := copyOut(ctx, db, query, file+".next"); err != nil {
			return fmt.Errorf("sort quarantine: %w", err)
		}
		if err := os.Rename(file+".next", file); err != nil {
			return fault.Explain("sort quarantine", err)
		}
	}
	return nil
}
