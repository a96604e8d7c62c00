package pipeline

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"careshare/load/fault"
	"careshare/reports/returns"
)

// submittedDates are the headings of days.
var submittedDates = []string{
	"DOB", "MC_DOB", "DECOM", "DEC", "MIS_START", "MIS_END", "DATE_PLACED", "DATE_PLACED_CEASED", "DOLO_START", "DOLO_END",
}

// lastYearsFiles are the rows of a folder that was submitted for the year before. An earlier submission of the same year, in which an episode
// begins in it, is nothing that the rules hold a year against: they would find each change as a fault.
func lastYearsFiles(folder string, p period) ([]row, error) {
	rows, err := submittedFiles(folder, p.Year-1)
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

// submittedFiles are the rows of every file of a folder that was submitted for a year.
func submittedFiles(folder string, year int) ([]row, error) {
	files, err := fs.Glob(os.DirFS(folder), "*.csv") // the folder's own name is no pattern
	if err != nil {
		return nil, err
	}
	all := []row{}
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
func submittedRows(path string) ([]row, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, usage(fault.Explain("read what was submitted", err))
	}
	defer file.Close()
	var all []returns.FileRow
	for said, err := range returns.Rows(file, filepath.Base(path), nil) {
		if err != nil {
			return nil, usage(fmt.Errorf("read %s: %w", filepath.Base(path), err))
		}
		all = append(all, said)
	}
	if err := returns.DatesDayFirst(all, submittedDates); err != nil {
		return nil, usage(fmt.Errorf("read %w", err))
	}
	rows := []row{}
	for _, said := range all {
		one := row{}
		for heading, value := range said.Fields {
			if value != nil {
				one[strings.ToLower(heading)] = value
			}
		}
		rows = append(rows, one)
	}
	return rows, nil
}
