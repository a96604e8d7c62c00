package returns

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/relations"
	"careshare/reports/returns"
)

// submittedDates are the headings of days.
var submittedDates = []string{
	"DOB", "MC_DOB", "DECOM", "DEC", "MIS_START", "MIS_END", "DATE_PLACED", "DATE_PLACED_CEASED", "DOLO_START", "DOLO_END",
}

// LastYearsFiles are the rows of a folder that was submitted for the year before. An earlier submission of the same year, in which an episode
// begins in it, is nothing that the rules hold a year against: they would find each change as a fault.
func LastYearsFiles(folder string, p config.Period) ([]relations.Row, error) {
	rows, err := SubmittedFiles(folder, p.Year-1)
	if err != nil {
		return nil, err
	}
	starts, err := time.Parse(time.DateOnly, p.StartsOn)
	if err != nil {
		return nil, err
	}
	for _, one := range rows {
		began, isText := one["decom"].(string)
		if at, err := time.Parse("02/01/2006", began); isText && err == nil && !at.Before(starts) {
			return nil, nil
		}
	}
	return rows, nil
}

// SubmittedFiles are the rows of every file of a folder that was submitted for a year.
func SubmittedFiles(folder string, year int) ([]relations.Row, error) {
	files, err := fs.Glob(os.DirFS(folder), "*.csv") // the folder's own name is no pattern
	if err != nil {
		return nil, err
	}
	all := []relations.Row{}
	for _, file := range files {
		rows, err := submittedRows(filepath.Join(folder, file))
		if err != nil {
			return nil, err
		}
		for i, one := range rows {
			one["collection_year"], one["file"], one["position"] = year, file, i+1
		}
		all = append(all, rows...)
	}
	return all, nil
}

// submittedRows are a submitted file's rows by its own headings in lower case.
func submittedRows(path string) ([]relations.Row, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, exit.Usage(fault.Explain("read what was submitted", err))
	}
	defer file.Close()
	var all []returns.FileRow
	for said, err := range returns.Rows(file, filepath.Base(path), nil) {
		if err != nil {
			return nil, exit.Usage(fmt.Errorf("read %s: %w", filepath.Base(path), err))
		}
		all = append(all, said)
	}
	if err := returns.DatesDayFirst(all, submittedDates); err != nil {
		return nil, exit.Usage(fmt.Errorf("read %w", err))
	}
	rows := []relations.Row{}
	for _, said := range all {
		one := relations.Row{}
		for heading, value := range said.Fields {
			if value != nil {
				one[strings.ToLower(heading)] = value
			}
		}
		rows = append(rows, one)
	}
	return rows, nil
}
