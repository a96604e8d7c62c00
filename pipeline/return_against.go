package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"careshare/load"
	"careshare/reports/returns"
	"careshare/sql"
)

// changesAgainst compares a return's files as they are now with what was submitted: who came and went, and the rows that
// only one of them has or that differ. Both are read the same way; what they differ in stays in the table return_against.
func (s reportSource) changesAgainst(ctx context.Context, c Config, submitted, now string, p period) ([]countedChange, error) {
	var rows []row
	for _, side := range []struct {
		folder      string
		isSubmitted bool
	}{{submitted, true}, {now, false}} {
		found, err := s.rowsOfFiles(ctx, side.folder, p, side.isSubmitted)
		if err != nil {
			return nil, err
		}
		rows = append(rows, found...)
	}
	if err := (relation{"return_file_rows", "file varchar, is_submitted boolean, details varchar", rows}).create(ctx, s.db); err != nil {
		return nil, err
	}
	query, err := fs.ReadFile(c.rules(), "explain/return_against.sql")
	if err != nil {
		return nil, err
	}
	if _, err := s.db.ExecContext(ctx, `create table return_against (change varchar, person varchar, row_key varchar, began_on date, field varchar,
		value_before varchar, value_now varchar)`); err != nil {
		return nil, err
	}
	if _, err := s.db.ExecContext(ctx, "insert into return_against "+string(query), p.StartsOn, p.AsAt); err != nil {
		return nil, fmt.Errorf("compare with what was submitted: %w", err)
	}
	return s.counted(ctx, "select change, count(distinct (person, row_key)) from return_against group by change order by change")
}

// comparedFile is the file of each return that is compared.
func comparedFile(name string) string {
	return map[string]string{"903": "episodes.csv", "cin": "cin.xml", "cld": "client_level_data.csv", "annex-a": "annex-a.xlsx"}[name]
}

// rowsOfFiles are the rows of the parts that return_files.csv names, each as what it says by its headings.
func (s reportSource) rowsOfFiles(ctx context.Context, folder string, p period, isSubmitted bool) (rows []row, err error) {
	var parts []string
	for cells, err := range sql.Texts(ctx, s.db, "select file from config.return_files where return_name = ? order by file", p.Return) {
		if err != nil {
			return nil, err
		}
		parts = append(parts, strings.Clone(cells[0]))
	}
	name := comparedFile(p.Return)
	file, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		return nil, usageError{load.Explain("read what was submitted", err)}
	}
	defer file.Close()
	for said, err := range returns.Rows(file, name, parts) {
		if err != nil {
			return nil, usageError{hinted{fmt.Errorf("read %s: %w", name, err), "--against wants the folder with the return's files as they were submitted"}}
		}
		details, err := json.Marshal(said.Fields)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{"file": said.Part, "is_submitted": isSubmitted, "details": string(details)})
	}
	return rows, nil
}
