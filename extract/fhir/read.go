package fhir

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"careshare/extract"
	"careshare/extract/fhir/view"
	"careshare/sql"
)

// Options say which export to read, and by which views.
type Options struct {
	Sender     string              // whose export it is; the first column of every table
	Folder     string              // the export: with or without a manifest.json, and with folders in it
	Views      []View              // one table each
	To         string              // folder for <view>.parquet; the engine must be let into it and into Folder
	Bases      []string            // addresses of the sender's own server: an absolute reference leads nowhere else
	Note       func(Unread)        // is called with what no rule takes; nil: nobody is
	Quarantine *extract.Quarantine // takes the lines that cannot be taken
}

// Validate says what is missing, or which view does not give a table of resources.
func (o Options) Validate() error {
	if o.Sender == "" || o.Folder == "" || o.To == "" || o.Quarantine == nil {
		return errors.New("a sender, a folder, a place to write to and a quarantine are wanted")
	}
	for _, v := range o.Views {
		switch {
		case v.Name == "":
			return errors.New("a view without a name")
		case !v.OneRow():
			return fmt.Errorf("view %s: a run reads views of one row a resource, so that rows can be accounted for; this one goes over a collection or has a where", v.Name)
		case !isTable(v):
			return fmt.Errorf("view %s: columns of getResourceKey() and meta.lastUpdated are wanted, to tell the newest of a resource", v.Name)
		}
	}
	return nil
}

// isTable says whether a view gives a row for each resource, and what to tell the newest of them by.
func isTable(v View) bool { return v.OneRow() && v.ID() != "" && v.Updated() != "" }

// Read flattens one sender's bulk export to a table a view, with a leading column sender. Of a resource that came more than once
// the newest meta.lastUpdated stays, of equals the last in the order of files and lines; it and what the sender deleted are
// counted as merged. A line that cannot be taken goes to quarantine, and the rest of its file goes on. Rows keep the order of the files.
func Read(ctx context.Context, db *sql.DB, o Options) ([]extract.Table, error) {
	tables, err := read(ctx, db, o)
	if err != nil {
		return nil, fmt.Errorf("read health extract of %s: %w", o.Sender, err)
	}
	return tables, nil
}

func read(ctx context.Context, db *sql.DB, o Options) ([]extract.Table, error) {
	if err := errors.Join(o.Validate(), os.MkdirAll(o.To, 0o700)); err != nil {
		return nil, err
	}
	stage, err := os.MkdirTemp(o.To, ".intake-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(stage)
	wanted := map[string]bool{}
	for _, v := range o.Views {
		wanted[v.Resource] = true
	}
	export, err := intake(o.Folder, stage, wanted, o.Bases)
	if err != nil {
		return nil, err
	}
	if o.Note != nil {
		for _, u := range export.unread.list() {
			o.Note(u)
		}
	}
	var tables []extract.Table
	for _, v := range o.Views {
		r := reading{db: db, Options: o, view: v, files: export.files[v.Resource], gone: export.gone.of[v.Resource], ownOnly: true}
		t, err := r.table(ctx)
		if err != nil {
			return nil, fmt.Errorf("view %s: %w", v.Name, err)
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// reading is one view over one sender's files.
type reading struct {
	Options
	db      *sql.DB
	view    View
	files   []file
	gone    []deletion
	ownOnly bool            // absolute references are followed only below Bases
	mixed   bool            // the files hold resources of other types too, which are passed over
	stage   string          // folder for what is only on its way
	closely map[string]bool // the files, by path, whose lines must be judged one by one
}

// taken is what came of files: Parquet in the order of the files, and what was counted on the way.
type taken struct {
	parquet            []string
	lines, quarantined int64
	distinct           int64 // ids, or fewer
}

func (r *reading) table(ctx context.Context) (t extract.Table, err error) {
	t = extract.Table{Source: "health", Name: r.view.Name, Path: filepath.Join(r.To, r.view.Name+".parquet")}
	if r.stage, err = os.MkdirTemp(r.To, "."+r.view.Name+"-"); err != nil {
		return t, err
	}
	defer os.RemoveAll(r.stage)
	got, err := r.take(ctx)
	if err != nil {
		return t, err
	}
	t.RowsIn, t.Quarantined = got.lines, got.quarantined
	if t.RowsOut, err = r.newest(ctx, got, t.Path); err != nil {
		return t, err
	}
	t.Merged = t.RowsIn - t.Quarantined - t.RowsOut
	return t, os.Chmod(t.Path, 0o600)
}

// usualLine is the longest line that files are first read with: the engine reads into buffers of twice that, and small ones stay in
// the processor's cache.
const usualLine = 1 << 20

// take reads all files at once, as fast as the engine can. Where something in them does not fit, each is read on its own.
func (r *reading) take(ctx context.Context) (got taken, err error) {
	path := filepath.Join(r.stage, "all.parquet")
	got.parquet = []string{path}
	if len(r.files) == 0 {
		_, err := r.copy(ctx, r.view.Empty(r.Sender != ""), path)
		return got, err
	}
	if r.closely, err = r.labelled(ctx); err != nil {
		return got, err
	}
	if r.view.HasDecimals() || len(r.closely) > 0 { // no digit and no label may be lost
		return r.takeEach(ctx)
	}
	got.lines, err = r.copyFiles(ctx, path, r.files...)
	if isData(err) {
		return r.takeEach(ctx)
	}
	if err != nil && ctx.Err() == nil { // the engine does not name the file
		err = cmp.Or(checkLines(r.files), err)
	}
	if err == nil {
		err = r.checkCounts(got.lines, r.files...)
	}
	if err == nil {
		got.distinct, err = r.countIDs(ctx, path)
	}
	return got, err
}

// copyFiles writes the rows of files that are taken to be sound.
func (r *reading) copyFiles(ctx context.Context, to string, files ...file) (rows int64, err error) {
	return r.copyView(ctx, r.query(false, paths(files)...), to)
}

// copyView writes the rows of one reading. Only where a line is longer than most are is the engine given the room for it.
func (r *reading) copyView(ctx context.Context, q view.Query, to string) (rows int64, err error) {
	q.MaxLine = usualLine
	rows, err = r.copy(ctx, r.view.Query(q), to)
	if isTooLong(err) {
		q.MaxLine = view.MaxLine
		rows, err = r.copy(ctx, r.view.Query(q), to)
	}
	return rows, err
}

// countIDs counts the ids of what was written. It counts their hashes, which takes less memory: where two ids share one, the count is
// too low, and resources are looked at closely that need not be.
func (r *reading) countIDs(ctx context.Context, parquet ...string) (distinct int64, err error) {
	query := fmt.Sprintf("select count(distinct hash(%q)) from %s", r.view.ID(), parquetFiles(parquet))
	err = r.db.QueryRowContext(ctx, query).Scan(&distinct)
	return distinct, err
}

// rowGroup is how many rows are written together. The engine packs a group as soon as it is full, on whichever thread is free: with its
// own 122,880 rows all of a small export would be packed at the end, by one thread, and stay in memory until then.
const rowGroup = 20480

// copy writes a query's rows to a Parquet file, in their order, and returns how many.
func (r *reading) copy(ctx context.Context, query, path string) (rows int64, err error) {
	err = r.db.QueryRowContext(ctx, fmt.Sprintf("copy (%s) to %s (format parquet, row_group_size %d)", query, sql.Quote(path), rowGroup)).Scan(&rows)
	return rows, err
}

// isData tells an error that the data made from one of the engine, the disk or the caller. The text of the former may hold
// a person's values, and is never passed on.
func isData(err error) bool {
	var e *duckdb.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Type {
	case duckdb.ErrorTypeInvalidInput, duckdb.ErrorTypeConversion, duckdb.ErrorTypeOutOfRange, duckdb.ErrorTypeDecimal, duckdb.ErrorTypeMismatchType:
		return true
	}
	return false
}

// isTooLong tells the error of a line that is longer than was allowed. The engine has no type for it.
func isTooLong(err error) bool {
	var e *duckdb.Error
	return errors.As(err, &e) && e.Type == duckdb.ErrorTypeInvalidInput && strings.Contains(e.Msg, "maximum_object_size")
}

// checkCounts holds the lines that the engine read to what the manifest says of the files; where the sums differ, it names the file.
// The engine does not see where a gzip file was cut off between two lines: such a file, if nothing says how many it holds, is counted here.
func (r *reading) checkCounts(rows int64, files ...file) error {
	if r.mixed { // rows and lines differ
		return checkLines(files)
	}
	var said int64
	for _, f := range files {
		switch {
		case f.count != nil:
			said += *f.count
		case strings.HasSuffix(f.path, ".gz"):
			lines, err := countLines(f.path)
			if err != nil {
				return fmt.Errorf("%s: %w", f.name(), err)
			}
			said += lines
		default:
			return nil
		}
	}
	if said == rows {
		return nil
	}
	if err := checkLines(files); err != nil {
		return err
	}
	return fmt.Errorf("the files hold %d lines, and %d were read", said, rows)
}

func paths(files []file) []string {
	all := make([]string, len(files))
	for i, f := range files {
		all[i] = f.path
	}
	return all
}
