package lake

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/sql"
)

//go:embed withhold/*.sql
var withholdSQL embed.FS

// withdrawal is the snapshot without the person, being made. Its temporary tables live in one connection.
type withdrawal struct {
	run       *Run
	from      Snapshot
	manifest  Manifest
	db        *sql.DB
	conn      *sql.Conn
	staged    Staged
	keys      map[string]PseudonymKey // by audience
	decisions int64                   // that end at this withholding
	rows      map[string]int64        // to take out, by dataset
	unchanged map[string]string       // taken over as they are, by path
	remake    []Remake
}

// adjusted are the audit datasets that a withholding changes; each has its query in withhold/. A snapshot of an older
// version, or an agreement, may not have disclosures.
func (w *withdrawal) adjusted() []string {
	names := []string{"decisions", "withheld", "conservation"}
	if w.path("disclosures") != "" {
		names = append(names, "disclosures")
	}
	return names
}

// find sets out what the queries of withhold/ read: the person, the audit datasets as they were, the rows to take out
// and the decisions that stop.
func (w *withdrawal) find(ctx context.Context, personID, entry int64) error {
	evidence := fmt.Sprintf("audit log entry %d", entry)
	if err := w.exec(ctx, "create or replace temp table withholding as select cast(? as bigint) as person_id, cast(? as varchar) as evidence", personID, evidence); err != nil {
		return err
	}
	for _, name := range w.adjusted() {
		source, err := w.source(ctx, name)
		if err != nil {
			return err
		}
		if err := w.exec(ctx, fmt.Sprintf("create or replace temp view was_%s as from %s", name, source)); err != nil {
			return err
		}
	}
	if err := w.findRows(ctx); err != nil {
		return err
	}
	if err := w.findPseudonyms(ctx, personID); err != nil {
		return err
	}
	query, err := withholdSQL.ReadFile("withhold/stopped.sql")
	if err != nil {
		return err
	}
	if err := w.exec(ctx, string(query)); err != nil {
		return err
	}
	return w.conn.QueryRowContext(ctx, "select count(*) from stopped").Scan(&w.decisions)
}

func (w *withdrawal) findRows(ctx context.Context) error {
	if err := w.exec(ctx, "create or replace temp table taken_out (dataset varchar, count_rows bigint)"); err != nil {
		return err
	}
	for _, d := range w.manifest.Datasets {
		if !d.isShared() {
			continue
		}
		source, err := w.source(ctx, d.Dataset)
		if err != nil {
			return err
		}
		var count int64
		if err := w.conn.QueryRowContext(ctx, "select count(*) from "+source+" semi join withholding using (person_id)").Scan(&count); err != nil {
			return fmt.Errorf("count %s: %w", d.Dataset, err)
		}
		if count == 0 {
			continue
		}
		w.rows[d.Dataset] = count
		if err := w.exec(ctx, "insert into taken_out values (?, ?)", d.Dataset, count); err != nil {
			return err
		}
	}
	return nil
}

func (w *withdrawal) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.conn.ExecContext(ctx, query, args...)
	return err
}

// write puts the run's files down: the datasets without the person, the audit datasets that say so, all else as it was.
func (w *withdrawal) write(ctx context.Context) error {
	w.staged.Datasets = slices.DeleteFunc(slices.Clone(w.manifest.Datasets), w.leavesWhole)
	w.staged.Promises, w.staged.Pseudonyms = w.manifest.Promises, w.manifest.Pseudonyms
	for i := range w.staged.Datasets {
		d := &w.staged.Datasets[i]
		var err error
		switch {
		case d.RowKey != "" && w.rows[d.Dataset] > 0:
			err = w.takeOutPseudonyms(ctx, d)
		case w.rows[d.Dataset] > 0:
			err = w.takeOut(ctx, d)
		case slices.Contains(w.adjusted(), d.Dataset):
			err = w.adjust(ctx, d)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", d.Dataset, err)
		}
	}
	if err := w.takeOutShownRows(ctx); err != nil {
		return err
	}
	if err := w.staged.account(ctx, w.conn, w.made("withheld"), w.made("conservation")); err != nil {
		return err
	}
	if err := w.takeOver(); err != nil { // before the reports: they read the datasets that did not change, too
		return err
	}
	return w.makeReports(ctx)
}

// makeReports makes the reports that name people again.
func (w *withdrawal) makeReports(ctx context.Context) error {
	manifest := w.manifest
	manifest.Run, manifest.AsAt, manifest.Datasets, manifest.Audit = w.run.ID, w.run.AsAt, w.staged.Datasets, w.run.Audit
	staged := Snapshot{ID: w.run.ID, Path: w.run.snapshot}
	for _, r := range w.remake {
		if r.Make == nil {
			continue
		}
		if err := r.Make(ctx, staged, manifest, w.run.Reports, w.run.Spill); err != nil {
			return fmt.Errorf("make reports again: %w", err)
		}
	}
	return nil
}

// isMadeAgain reports whether a file belongs to reports that are made again.
func (w *withdrawal) isMadeAgain(path string) bool {
	return slices.ContainsFunc(w.remake, func(r Remake) bool {
		return slices.ContainsFunc(r.Folders, func(folder string) bool { return strings.HasPrefix(path, "reports/"+folder+"/") })
	})
}

func (w *withdrawal) takeOut(ctx context.Context, d *Disclosure) error {
	source, err := w.source(ctx, d.Dataset)
	if err != nil {
		return err
	}
	was := d.Rows
	query := fmt.Sprintf("from %s anti join withholding using (person_id) order by %s", source, sql.QuoteNames(d.Grain))
	if d.Rows, err = copyOut(ctx, w.conn, query, w.target(d.Path)); err != nil {
		return err
	}
	if was-d.Rows != w.rows[d.Dataset] {
		return fmt.Errorf("%d rows went, not %d", was-d.Rows, w.rows[d.Dataset])
	}
	return d.countPeople(ctx, w.conn, w.made(d.Dataset))
}

func (w *withdrawal) adjust(ctx context.Context, d *Disclosure) error {
	query, err := withholdSQL.ReadFile("withhold/" + d.Dataset + ".sql")
	if err != nil {
		return err
	}
	if d.Rows, err = copyOut(ctx, w.conn, string(query), w.target(d.Path)); err != nil {
		return err
	}
	if d.RowsRoot != "" {
		if err := d.proveRows(ctx, w.db, w.target(d.Path)); err != nil {
			return err
		}
	}
	return d.countPeople(ctx, w.conn, w.made(d.Dataset))
}

// path is where a dataset is in either snapshot.
func (w *withdrawal) path(dataset string) string {
	i := slices.IndexFunc(w.manifest.Datasets, func(d Disclosure) bool { return d.Dataset == dataset })
	if i < 0 {
		return ""
	}
	return w.manifest.Datasets[i].Path
}

// source is a dataset of the snapshot that is left, as a query names it, once the file has been proved.
func (w *withdrawal) source(ctx context.Context, dataset string) (relation string, err error) {
	path := w.path(dataset)
	if path == "" {
		return "", fmt.Errorf("the agreement does not publish %s", dataset)
	}
	return w.proved(ctx, path)
}

// proved is a file of the snapshot that is left, as a query names it, once it is what its manifest says.
func (w *withdrawal) proved(ctx context.Context, path string) (relation string, err error) {
	file := filepath.Join(w.from.Path, filepath.FromSlash(path))
	i := slices.IndexFunc(w.manifest.Outputs, func(f File) bool { return f.Path == path })
	digest, _, err := disk.HashFile(ctx, file)
	if err != nil {
		return "", fault.Explain("read "+path, err)
	}
	if i < 0 || w.manifest.Outputs[i].SHA256 != digest {
		return "", fault.Damaged(path + " is not what its manifest says")
	}
	return parquetRelation(file), nil
}

// fileOf is a dataset's file in the snapshot that is left.
func (w *withdrawal) fileOf(d Disclosure) string {
	return filepath.Join(w.from.Path, filepath.FromSlash(d.Path))
}

// made is a dataset of the new snapshot, as a query names it.
func (w *withdrawal) made(dataset string) string { return parquetRelation(w.target(w.path(dataset))) }

func parquetRelation(file string) string { return sql.ParquetFile(file) }

func (w *withdrawal) target(path string) string {
	return filepath.Join(w.run.snapshot, filepath.FromSlash(path))
}

// takeOver brings every file that was not written again; Publish proves that they are still what they were.
func (w *withdrawal) takeOver() error {
	for _, file := range w.manifest.Outputs {
		if w.isPseudonymised(file.Path) || w.isMadeAgain(file.Path) {
			continue
		}
		target := w.target(file.Path)
		if _, err := os.Stat(target); err == nil {
			continue
		}
		if err := disk.MakeFolder(filepath.Dir(target)); err != nil {
			return fault.Explain("take over "+file.Path, err)
		}
		if err := linkOrCopy(filepath.Join(w.from.Path, filepath.FromSlash(file.Path)), target); err != nil {
			return fault.Explain("take over "+file.Path, err)
		}
		w.unchanged[file.Path] = file.SHA256
	}
	return nil
}

func (w *withdrawal) isPseudonymised(path string) bool {
	return slices.ContainsFunc(w.manifest.Datasets, func(d Disclosure) bool { return d.Path == path && w.leavesWhole(d) })
}

// linkOrCopy gives a file a second name, or a copy where the disk knows no second names.
func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}
