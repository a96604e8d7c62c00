package lake

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"

	"careshare/sql"
)

// shownRowsFile is where a snapshot keeps whose pseudonym each row belongs to.
var shownRowsFile = path.Join("refined", shownRows, "part-0.parquet")

// person is somebody's own pseudonym in an audience.
func (k PseudonymKey) person(audience string, personID int64) string {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write([]byte(audience + ":person:" + strconv.FormatInt(personID, 10)))
	return hex.EncodeToString(mac.Sum(nil))[:32]
}

// canFind says that a dataset's rows of one person can be told: by the key that made it, and by the file that says whose row is whose.
func (w *withdrawal) canFind(audience string) bool {
	key, known := w.keys[audience]
	kept := slices.ContainsFunc(w.manifest.Outputs, func(f File) bool { return f.Path == shownRowsFile })
	return known && kept && key.Mark() == w.manifest.Pseudonyms[audience]
}

// leavesWhole says that a dataset is left out of the new snapshot, as nobody can tell which of its rows are the person's.
func (w *withdrawal) leavesWhole(d Disclosure) bool {
	return d.IsPseudonymised && !w.canFind(d.Audience)
}

// findPseudonyms finds the person's rows under pseudonyms, and those that too few people would share without them.
func (w *withdrawal) findPseudonyms(ctx context.Context, personID int64) error {
	if err := w.exec(ctx, "create or replace temp table taken_out_keys (dataset varchar, row_key varchar)"); err != nil {
		return err
	}
	for _, d := range w.manifest.Datasets {
		if d.RowKey == "" || !w.canFind(d.Audience) {
			continue
		}
		relation, err := w.proved(ctx, shownRowsFile)
		if err != nil {
			return err
		}
		if _, err := w.source(ctx, d.Dataset); err != nil { // the file is what the manifest says
			return err
		}
		personOf, err := peopleOf(ctx, w.db, relation, d.Dataset)
		if err != nil {
			return err
		}
		keys, err := d.without(ctx, w.db, w.fileOf(d), personOf, w.keys[d.Audience].person(d.Audience, personID))
		if err != nil {
			return err
		}
		if len(keys) == 0 {
			continue
		}
		w.rows[d.Dataset] = int64(len(keys))
		if err := w.exec(ctx, "insert into taken_out_keys select ?, unnest(?::varchar[])", d.Dataset, keys); err != nil {
			return fmt.Errorf("take rows out of %s: %w", d.Dataset, err)
		}
		if err := w.exec(ctx, "insert into taken_out values (?, ?)", d.Dataset, len(keys)); err != nil {
			return err
		}
	}
	return nil
}

// takeOutPseudonyms writes a de-identified dataset without those rows, and counts its classes again.
func (w *withdrawal) takeOutPseudonyms(ctx context.Context, d *Disclosure) error {
	relation, err := w.proved(ctx, shownRowsFile)
	if err != nil {
		return err
	}
	was := d.Rows
	query := fmt.Sprintf("select was.* exclude (file_row_number) from %s as was anti join taken_out_keys as gone on gone.dataset = %s and gone.row_key = was.%s order by was.file_row_number",
		sql.Parquet([]string{w.fileOf(*d)}, "file_row_number = true"), sql.Quote(d.Dataset), sql.QuoteName(d.RowKey))
	if d.Rows, err = copyOut(ctx, w.conn, query, w.target(d.Path)); err != nil {
		return err
	}
	if was-d.Rows != w.rows[d.Dataset] {
		return fmt.Errorf("%d rows went, not %d", was-d.Rows, w.rows[d.Dataset])
	}
	return d.holdClasses(ctx, w.db, w.target(d.Path), relation)
}

// takeOutShownRows forgets whose pseudonyms the rows were that went.
func (w *withdrawal) takeOutShownRows(ctx context.Context) error {
	if !slices.ContainsFunc(w.manifest.Outputs, func(f File) bool { return f.Path == shownRowsFile }) {
		return nil
	}
	relation, err := w.proved(ctx, shownRowsFile)
	if err != nil {
		return err
	}
	query := "select was.* from " + relation + " as was anti join taken_out_keys as gone using (dataset, row_key) order by all"
	if slices.ContainsFunc(w.manifest.Datasets, w.leavesWhole) { // the rows are gone with their datasets
		query = "select * from " + relation + " where false order by all"
	}
	_, err = copyOut(ctx, w.conn, query, w.target(shownRowsFile))
	return err
}
