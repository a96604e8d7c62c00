// Package casestore pulls the case store's reporting tables, as one moment, into Parquet of one contract.
package casestore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"careshare/extract"
	"careshare/sql"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/errgroup"
)

const sourceName = "casestore"

// tries is how often a pull is begun before a lost connection fails the run.
const tries = 4

// Options say where the case store is and where its tables go.
type Options struct {
	Kind     string // one of Kinds
	Location string // a URL, a database file, or a folder of <table>.csv or of Parquet

	IncompleteLoad string        // where the newest load of Parquet partitions is incomplete: stop, the default, or previous
	OldestLoad     time.Duration // how old a load of partitions may be; 0: any age
	Now            time.Time     // for OldestLoad

	Conventions *Conventions // how the store writes what columns mean; nil: as Mosaic does

	To         string              // folder for <table>/part-0.parquet
	Quarantine *extract.Quarantine // takes the rows that do not fit
	Spill      string              // the run's private folder for what does not fit in memory and for rejects on their way

	Connections      int           // tables read at the same time, each over a connection of its own; best is one more than the cores
	Threads          int           // threads of the engine that reads a DuckDB file
	Memory           string        // the most that this engine may hold, such as 512MB
	StatementTimeout time.Duration // the longest that PostgreSQL may take over one table; 0 leaves it to the server

	Wait   time.Duration                    // before a lost connection's first retry; doubles with each; 0 is a second
	Notify func(err error, d time.Duration) // told of each retry, its cause and its wait, where set
	Note   func(text string)                // told which load of partitions is read, where set
}

// Kinds are the kinds of case store that can be read.
func Kinds() []string { return []string{"duckdb", "csv", "parquet", "postgres", "sqlserver"} }

// Validate says what is missing for a Read.
func (o Options) Validate() error {
	switch {
	case o.To == "":
		return errors.New("read case store: no folder to write to")
	case o.Quarantine == nil:
		return errors.New("read case store: no quarantine")
	}
	return o.validateSource()
}

func (o Options) validateSource() error {
	switch {
	case !slices.Contains(Kinds(), o.Kind):
		return fmt.Errorf("read case store: kind %q is not one of %s", o.Kind, strings.Join(Kinds(), ", "))
	case o.Location == "":
		return errors.New("read case store: no location")
	case o.Spill == "":
		return errors.New("read case store: no folder for spilling")
	case o.Connections < 1:
		return errors.New("read case store: connections must be 1 or more")
	case (o.Kind == "duckdb" || o.Kind == "parquet") && (o.Threads < 1 || o.Memory == ""):
		return errors.New("read case store: DuckDB needs threads and memory")
	}
	return nil
}

// source is one kind of case store, opened at one moment: what it holds does not change while it is open.
type source interface {
	// tables lists what is there of the contract, by lower-case name.
	tables(ctx context.Context) (map[string]stored, error)
	// carries says whether a column of the store's type can be read as the contract's.
	carries(storeType string, want dataType) bool
	// read lands every row of a table in the store's own order. It may be called from several goroutines.
	read(ctx context.Context, j job, l *landing) error
	// close lets the store go.
	close()
}

func (o Options) open(ctx context.Context, tables []table) (source, error) {
	switch o.Kind {
	case "postgres":
		return openPostgres(ctx, o, tables)
	case "duckdb":
		return openDuckDB(ctx, o)
	case "parquet":
		return openParquet(ctx, o, tables)
	case "sqlserver":
		return openSQLServer(ctx, o, tables)
	default:
		return openFolder(o, tables)
	}
}

// Check tells whether the case store can be reached and holds every table and column of the contract, each of a
// type that can be read. It names all that is amiss and reads no row.
func Check(ctx context.Context, o Options) error {
	if err := o.validateSource(); err != nil {
		return err
	}
	if err := o.check(ctx); err != nil {
		return fmt.Errorf("check case store: %w", err)
	}
	return nil
}

func (o Options) check(ctx context.Context) error {
	tables, err := o.contract()
	if err != nil {
		return err
	}
	store, _, err := o.bound(ctx, tables)
	if err != nil {
		return err
	}
	store.close()
	return nil
}

// contract are the tables, each column with its reading by the store's conventions.
func (o Options) contract() ([]table, error) {
	tables, err := contract()
	if err != nil {
		return nil, err
	}
	return tables, o.conventions().apply(tables)
}

func (o Options) conventions() Conventions {
	if o.Conventions == nil {
		return Mosaic()
	}
	return *o.Conventions
}

// called is the store's own name of a table, in lower case.
func (o Options) called(table string) string {
	return strings.ToLower(cmp.Or(o.conventions().Tables[table], table))
}

// bound opens the store and finds the contract's tables in it.
func (o Options) bound(ctx context.Context, tables []table) (source, []job, error) {
	store, err := o.open(ctx, tables)
	if err != nil {
		return nil, nil, err
	}
	found, err := store.tables(ctx)
	if err != nil {
		store.close()
		return nil, nil, err
	}
	for _, t := range tables {
		if called := o.called(t.name); called != t.name {
			found[t.name] = found[called] // of no columns where it is not there
			if len(found[t.name].columns) == 0 {
				delete(found, t.name)
			}
		}
	}
	jobs, err := bind(tables, found, store.carries)
	if err != nil {
		store.close()
		return nil, nil, err
	}
	return store, jobs, nil
}

// Read pulls every table of the contract, all of one moment, to To/<table>/part-0.parquet, rows in the order in
// which the store gave them; of the same rows every kind of store makes the same bytes. Rows that do not fit go to
// the quarantine. A lost connection begins the whole pull again, since a new connection sees a new moment. On an
// error no table is left.
func Read(ctx context.Context, o Options) ([]extract.Table, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	tables, err := o.contract()
	if err != nil {
		return nil, err
	}
	taken, err := o.read(ctx, tables)
	if err != nil {
		o.clean(tables)
		return nil, fmt.Errorf("read case store: %w", err)
	}
	return taken, nil
}

func (o Options) read(ctx context.Context, tables []table) ([]extract.Table, error) {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval = cmp.Or(o.Wait, time.Second)
	wait.Multiplier = 2
	taken, err := backoff.Retry(ctx, func() ([]extract.Table, error) {
		taken, err := o.pull(ctx, tables)
		if err != nil && !isLost(err) {
			return nil, backoff.Permanent(err)
		}
		return taken, err
	}, backoff.WithBackOff(wait), backoff.WithMaxTries(tries), backoff.WithMaxElapsedTime(0), backoff.WithNotify(o.notify))
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		if err := replay(o.Spill, t.name, o.Quarantine); err != nil {
			return nil, err
		}
	}
	return taken, nil
}

func (o Options) notify(err error, wait time.Duration) {
	if o.Notify != nil {
		o.Notify(err, wait)
	}
}

// pull takes all tables once, the largest first, into a clean folder.
func (o Options) pull(ctx context.Context, tables []table) ([]extract.Table, error) {
	if err := o.clean(tables); err != nil {
		return nil, err
	}
	store, jobs, err := o.bound(ctx, tables)
	if err != nil {
		return nil, err
	}
	defer store.close()
	db, err := o.openSettler(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	order := make([]int, len(jobs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(jobs[b].from.size, jobs[a].from.size) })
	taken := make([]extract.Table, len(jobs))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(o.Connections)
	for _, i := range order {
		group.Go(func() (err error) {
			taken[i], err = o.pullTable(ctx, store, db, jobs[i])
			return err
		})
	}
	return taken, group.Wait()
}

func (o Options) pullTable(ctx context.Context, store source, db *sql.DB, j job) (extract.Table, error) {
	if err := ctx.Err(); err != nil { // another table has failed
		return extract.Table{}, err
	}
	l, err := land(j, o.To, o.Spill)
	if err != nil {
		return extract.Table{}, fmt.Errorf("read %s: %w", j.name, err)
	}
	if err := store.read(ctx, j, l); err != nil {
		l.abandon()
		return extract.Table{}, fmt.Errorf("read %s: %w", j.name, err)
	}
	t, err := l.close(ctx, db)
	if err != nil {
		return t, fmt.Errorf("read %s: %w", j.name, err)
	}
	return t, nil
}

// clean removes what an earlier attempt left.
func (o Options) clean(tables []table) error {
	var errs []error
	for _, t := range tables {
		errs = append(errs, os.RemoveAll(filepath.Join(o.To, t.name)))
		if err := os.Remove(rejectsPath(o.Spill, t.name)); !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
