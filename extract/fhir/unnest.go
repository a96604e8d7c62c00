package fhir

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"careshare/extract/fhir/view"
	"careshare/sql"
)

// unnest writes the rows of a view that does not give each resource one row. Where several exports are read, or some resources were
// deleted, it first finds out which file holds the newest of each.
func (r *reading) unnest(ctx context.Context, merge bool, to string) (got Flattened, err error) {
	if len(r.files) == 0 {
		_, err := r.copy(ctx, r.view.Empty(false), to)
		return got, err
	}
	if !r.view.HasDecimals() {
		got.Rows, err = r.unnestFrom(ctx, view.Query{Files: paths(r.files)}, merge, to)
		if err == nil {
			err = checkLines(r.files)
		}
		if !isData(err) {
			return got, err
		}
	}
	sound, quarantined, err := r.siftAll(ctx)
	if err != nil {
		return got, err
	}
	got.Quarantined = quarantined
	q := view.Query{Files: sound, Numbered: true}
	if got.Rows, err = r.unnestFrom(ctx, q, merge, to); !isData(err) {
		return got, err
	}
	for i, f := range r.files {
		more, err := r.sieve(ctx, f, sound[i])
		if err != nil {
			return got, fmt.Errorf("%s: %w", f.name(), err)
		}
		got.Quarantined += more
	}
	if got.Rows, err = r.unnestFrom(ctx, q, merge, to); isData(err) {
		err = errors.New("a line does not fit the view, and which one could not be found")
	}
	return got, err
}

// checkLines holds the files to what the manifest says of them, and every gzip file to its own end.
func checkLines(files []file) error {
	for _, f := range files {
		if f.count == nil && !strings.HasSuffix(f.path, ".gz") {
			continue
		}
		lines, err := countLines(f.path)
		if err == nil {
			err = f.checkCount(lines)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.name(), err)
		}
	}
	return nil
}

func (r *reading) unnestFrom(ctx context.Context, q view.Query, merge bool, to string) (rows int64, err error) {
	q.Mixed, q.Placed = true, merge
	if !merge {
		return r.copyView(ctx, q, to)
	}
	newest, err := r.newestFiles(ctx, q)
	if err != nil {
		return 0, err
	}
	all := filepath.Join(r.stage, "all.parquet") // has the files' order, which a join does not keep
	if _, err := r.copyView(ctx, q, all); err != nil {
		return 0, err
	}
	return r.copy(ctx, fmt.Sprintf(`select * exclude ("#file", "#id", file_row_number) from %s
where ("#file", "#id") in (select (file, id) from %s) order by file_row_number`, sql.Parquet([]string{all}, "file_row_number = true"), sql.ParquetFile(newest)), to)
}

// siftAll writes the lines of each file that can be taken to a file of their own, and quarantines the others.
func (r *reading) siftAll(ctx context.Context) (sound []string, quarantined int64, err error) {
	for i, f := range r.files {
		to := filepath.Join(r.stage, fmt.Sprintf("%06d.ndjson", i))
		lines, bad, err := r.splitInvalid(ctx, f, to)
		if err == nil {
			err = f.checkCount(lines)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", f.name(), err)
		}
		sound, quarantined = append(sound, to), quarantined+bad
	}
	return sound, quarantined, nil
}

// newestFiles writes which file holds the newest of each resource that is not deleted; of equals, the last.
func (r *reading) newestFiles(ctx context.Context, q view.Query) (path string, err error) {
	keys, err := ParseView(fmt.Appendf(nil, `{"name":"keys","resource":%q,"select":[{"column":[{"name":"id","path":"getResourceKey()"},{"name":"updated","path":"meta.lastUpdated"}]}]}`, r.view.Resource))
	if err != nil {
		return "", err
	}
	if err := r.writeGone(); err != nil {
		return "", err
	}
	path = filepath.Join(r.stage, "newest.parquet")
	query := fmt.Sprintf(`select file, id from (
    select id, max(updated) as updated, max_by("#file", (coalesce(updated, '-infinity'::timestamptz), "#file")) as file from (%s) where id is not null group by id)
left join %s on "#gone" = id where "#gone" is null or updated > "#until"`, keys.Query(q), r.deleted())
	_, err = r.copy(ctx, query, path)
	return path, err
}

// deleted is a table of what the sender deleted, and until when.
func (r *reading) deleted() string {
	return fmt.Sprintf(`(
    select id as "#gone", max(coalesce("until", 'infinity')) as "#until"
    from read_ndjson(%s, columns = {'id': 'VARCHAR', 'until': 'TIMESTAMPTZ'}, hive_partitioning = false) group by id)`, sql.Quote(r.gonePath()))
}
