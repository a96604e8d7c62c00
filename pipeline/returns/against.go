package returns

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/relations"
	"careshare/pipeline/snapshot"
	"careshare/reports/returns"
	"careshare/sql"
)

// changesAgainst compares a return's files as they are now with what was submitted: who came and went, and the rows that
// only one of them has or that differ. Both are read the same way; what they differ in stays in the table return_against.
func changesAgainst(ctx context.Context, s snapshot.Source, c config.Config, submitted, now string, p config.Period) (changes []CountedChange, absent []string, err error) {
	parts, err := comparedParts(ctx, s, p)
	if err != nil {
		return nil, nil, err
	}
	if parts, absent, err = heldByBoth(submitted, now, p, parts); err != nil {
		return nil, nil, err
	}
	headings, err := comparedBy(ctx, s, p)
	if err != nil {
		return nil, nil, err
	}
	before, err := rowsOfFiles(submitted, p, parts, headings)
	if err != nil {
		return nil, nil, err
	}
	rowsNow, err := rowsOfFiles(now, p, parts, headings)
	if err != nil {
		return nil, nil, err
	}
	if err := returns.AlignDates(before, rowsNow); err != nil {
		return nil, nil, exit.Usage(fault.WithHint(err, "save the submitted file with days such as 31/01/2026"))
	}
	rows, err := comparedRows(before, rowsNow)
	if err != nil {
		return nil, nil, err
	}
	changes, err = compareRows(ctx, s, c, rows, p)
	if changes == nil {
		changes = []CountedChange{} // none is not null: it was compared
	}
	return changes, absent, err
}

// comparedRows are the rows of both folders as the comparison reads them.
func comparedRows(submitted, now []returns.FileRow) (rows []relations.Row, err error) {
	for i, said := range slices.Concat(submitted, now) {
		details, err := json.Marshal(said.Fields)
		if err != nil {
			return nil, err
		}
		rows = append(rows, relations.Row{"file": said.Part, "is_submitted": i < len(submitted), "details": string(details)})
	}
	return rows, nil
}

// compareRows leaves what changed in the table return_against, and counts it.
func compareRows(ctx context.Context, s snapshot.Source, c config.Config, rows []relations.Row, p config.Period) ([]CountedChange, error) {
	if err := (relations.Relation{Name: "return_file_rows", Columns: "file varchar, is_submitted boolean, details varchar", Rows: rows}).Create(ctx, s.DB); err != nil {
		return nil, err
	}
	query, err := fs.ReadFile(c.Ruleset(), "explain/return_against.sql")
	if err != nil {
		return nil, err
	}
	if _, err := s.DB.ExecContext(ctx, `create table return_against (change varchar, person varchar, row_key varchar, began_on date, field varchar,
		value_before varchar, value_now varchar)`); err != nil {
		return nil, err
	}
	if _, err := s.DB.ExecContext(ctx, "insert into return_against "+string(query), p.StartsOn, p.AsAt); err != nil {
		return nil, fmt.Errorf("compare with what was submitted: %w", err)
	}
	return countChanges(ctx, s, "select change, count(distinct (person, row_key)) from return_against group by change order by change")
}

// ComparedFile is the file of each return that is compared, and without which nothing is.
func ComparedFile(name string) string {
	return map[string]string{"903": "episodes.csv", "cin": "cin.xml", "cld": "client_level_data.csv", "annex-a": "annex-a.xlsx"}[name]
}

// comparedParts are the parts that return_files.csv names: files, elements of a message or sheets.
func comparedParts(ctx context.Context, s snapshot.Source, p config.Period) (parts []string, err error) {
	for cells, err := range sql.Texts(ctx, s.DB, "select file from config.return_files where return_name = ? order by file", p.Return) {
		if err != nil {
			return nil, err
		}
		parts = append(parts, strings.Clone(cells[0]))
	}
	return parts, nil
}

// comparedBy are the headings by which the rows of a part are told from one another. Of a message's elements none need be there.
func comparedBy(ctx context.Context, s snapshot.Source, p config.Period) (map[string][]string, error) {
	headings := map[string][]string{}
	for cells, err := range sql.Texts(ctx, s.DB, "select file, person || '|' || row_key from config.return_files where return_name = ? and return_name <> 'cin'", p.Return) {
		if err != nil {
			return nil, err
		}
		headings[strings.Clone(cells[0])] = strings.Split(strings.Clone(cells[1]), "|")
	}
	return headings, nil
}

// heldByBoth leaves out the files that only one folder has: not every year has each, and a file that was not kept says nothing. Those that
// the submitted folder alone lacks are named.
func heldByBoth(submitted, now string, p config.Period, parts []string) (held, absent []string, err error) {
	for _, part := range parts {
		isNow, err := isFile(now, part)
		if err != nil {
			return nil, nil, err
		}
		wasThen, err := isFile(submitted, part)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case p.Return != "903" || part == ComparedFile(p.Return) || isNow && wasThen:
			held = append(held, part)
		case isNow:
			absent = append(absent, part)
		}
	}
	return held, absent, nil
}

func isFile(folder, name string) (bool, error) {
	_, err := os.Stat(filepath.Join(folder, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// rowsOfFiles are the rows of a return's compared parts, each as what it says by its headings. The parts of the looked-after return are files.
func rowsOfFiles(folder string, p config.Period, parts []string, headings map[string][]string) (rows []returns.FileRow, err error) {
	files := []string{ComparedFile(p.Return)}
	if p.Return == "903" {
		files = parts
	}
	for _, name := range files {
		found, err := rowsOfFile(folder, name, parts, headings)
		if err != nil {
			return nil, err
		}
		rows = append(rows, found...)
	}
	return rows, nil
}

func rowsOfFile(folder, name string, parts []string, headings map[string][]string) (rows []returns.FileRow, err error) {
	file, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		return nil, exit.Usage(fault.Explain("read what was submitted", err))
	}
	defer file.Close()
	for said, err := range returns.Rows(file, name, parts) {
		for _, heading := range headings[said.Part] { // without one, each row would be another row
			if _, there := said.Fields[heading]; err == nil && !there {
				err = fmt.Errorf("no column %s", heading)
			}
		}
		if err != nil {
			return nil, exit.Usage(fault.WithHint(fmt.Errorf("read %s: %w", name, err), "--against needs the folder with the return's files as they were submitted"))
		}
		rows = append(rows, said)
	}
	return rows, nil
}
