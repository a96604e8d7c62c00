package pipeline

import (
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"careshare/load"
)

// changesAgainst compares the window with what was submitted for the year before: children who came and went, and the episodes
// that the submitted files left open, or that both hold, and that differ.
func (s reportSource) changesAgainst(ctx context.Context, c Config, folder string, p period) ([]countedChange, error) {
	submitted, err := submittedRows(filepath.Join(folder, "episodes.csv"))
	if err != nil {
		return nil, err
	}
	if err := (relation{"submitted_episodes", "child varchar, decom varchar, rne varchar, ls varchar, cin varchar, place varchar, dec varchar, rec varchar, urn varchar", submitted}).create(ctx, s.db); err != nil {
		return nil, err
	}
	query, err := fs.ReadFile(c.rules(), "explain/ssda903_against.sql")
	if err != nil {
		return nil, err
	}
	return s.counted(ctx, string(query), p.Year, p.StartsOn)
}

// submittedColumns are what the rules ask of last year's files, each by its heading; one row has those of its file.
const submittedColumns = "collection_year integer, file varchar, position bigint, child varchar, sex varchar, dob varchar, ethnic varchar, upn varchar, " +
	"mother varchar, mc_dob varchar, duc varchar, decom varchar, rne varchar, ls varchar, cin varchar, place varchar, place_provider varchar, dec varchar, " +
	"rec varchar, home_post varchar, pl_post varchar, urn varchar, mis_start varchar, mis_end varchar, date_placed varchar, date_placed_ceased varchar, " +
	"reason_placed_ceased varchar, dolo_start varchar, dolo_end varchar, in_touch varchar"

// submittedFiles are the rows of every file of a folder that was submitted for a year.
func submittedFiles(folder string, year int) ([]row, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	if err != nil {
		return nil, err
	}
	all := []row{}
	for _, file := range files {
		rows, err := submittedRows(file)
		if err != nil {
			return nil, err
		}
		for i, one := range rows {
			one["collection_year"], one["file"], one["position"] = year, filepath.Base(file), i+1
		}
		all = append(all, rows...)
	}
	return all, nil
}

// submittedRows are a submitted file's rows by its own headings in lower case.
func submittedRows(path string) ([]row, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, usageError{load.Explain("read what was submitted", err)}
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil || len(lines) == 0 {
		return nil, usageError{fmt.Errorf("read %s: not the CSV file of a return", filepath.Base(path))}
	}
	rows := []row{}
	for _, line := range lines[1:] {
		one := row{}
		for i, heading := range lines[0] {
			if line[i] != "" {
				one[strings.ToLower(heading)] = line[i]
			}
		}
		rows = append(rows, one)
	}
	return rows, nil
}
