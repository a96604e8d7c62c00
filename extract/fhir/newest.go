package fhir

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"careshare/sql"
)

// newest makes the table of what was taken: each resource once, none that is deleted, in the order of the files.
// Where nothing comes twice and nothing is deleted, the file that was written is the table.
func (r *reading) newest(ctx context.Context, got taken, to string) (rows int64, err error) {
	rows = got.lines - got.quarantined
	if rows == got.distinct && len(r.gone) == 0 && len(got.parquet) == 1 {
		return rows, os.Rename(got.parquet[0], to)
	}
	if err := r.writeGone(); err != nil {
		return 0, err
	}
	return r.copy(ctx, r.keep(rows > got.distinct, got.parquet), to)
}

func (r *reading) gonePath() string { return filepath.Join(r.stage, "gone.ndjson") }

// writeGone hands the deletions to the engine: as data, for they came from outside.
func (r *reading) writeGone() error {
	var b bytes.Buffer
	lines := json.NewEncoder(&b)
	for _, d := range r.gone {
		if err := lines.Encode(d); err != nil {
			return err
		}
	}
	return os.WriteFile(r.gonePath(), b.Bytes(), 0o600)
}

func parquetFiles(paths []string) string {
	return sql.Parquet(paths, "filename = '#file'", "file_row_number = true")
}

// keep is a query of the rows that stay. Only resources that come twice are ranked, so that memory does not grow with the input;
// a join keeps no order, so the files' is asked for.
func (r *reading) keep(twice bool, parquet []string) string {
	id, updated := r.view.ID(), r.view.Updated()
	from, conditions, hidden := parquetFiles(parquet), []string{"true"}, []string{`"#file"`, "file_row_number"}
	if len(r.gone) > 0 {
		from += fmt.Sprintf(` left join %s on "#gone" = %q`, r.deleted(), id)
		conditions = append(conditions, fmt.Sprintf(`("#gone" is null or %q > "#until")`, updated))
		hidden = append(hidden, `"#gone"`, `"#until"`)
	}
	if twice {
		conditions = append(conditions, fmt.Sprintf(`("#file", file_row_number) not in (
    select ("#file", file_row_number) from %[1]s
    where %[2]q in (select %[2]q from %[1]s group by %[2]q having count(*) > 1)
    qualify row_number() over (partition by %[2]q order by %[3]q desc nulls last, "#file" desc, file_row_number desc) > 1)`, parquetFiles(parquet), id, updated))
	}
	return fmt.Sprintf(`select * exclude (%s) from %s where %s order by "#file", file_row_number`, strings.Join(hidden, ", "), from, strings.Join(conditions, " and "))
}
