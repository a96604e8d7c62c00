package sql

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// List is a table of facts beside the models, such as the codes of a return by year: config.<name> for the models.
type List struct {
	Name    string     // the file's name
	Columns string     // as in create table: name type, name type
	Rows    [][]string // as written; an empty value is null
}

// listPlaces are where lists are read from.
var listPlaces = []string{"returns/*.csv", "returns/*/*.csv", "checks/*.csv"}

// IsList reports whether a file of this path is read as a list.
func IsList(file string) bool {
	return slices.ContainsFunc(listPlaces, func(pattern string) bool {
		fits, err := path.Match(pattern, file)
		return err == nil && fits
	})
}

// Lists reads every CSV file of the returns and the limits of the checks. A cell of its header is a column's name, or name:TYPE where it holds no text.
func Lists(rules fs.FS) ([]List, error) {
	var lists []List
	for _, pattern := range listPlaces {
		files, err := fs.Glob(rules, pattern)
		if err != nil {
			return nil, fmt.Errorf("read lists: %w", err)
		}
		for _, file := range files {
			list, err := readList(rules, file)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", file, err)
			}
			if slices.ContainsFunc(lists, func(other List) bool { return other.Name == list.Name }) {
				return nil, fmt.Errorf("read %s: there is another list of that name", file)
			}
			lists = append(lists, list)
		}
	}
	return lists, nil
}

func readList(rules fs.FS, file string) (List, error) {
	opened, err := rules.Open(file)
	if err != nil {
		return List{}, err
	}
	defer opened.Close()
	lines, err := csv.NewReader(opened).ReadAll()
	if err != nil {
		return List{}, err
	}
	if len(lines) == 0 {
		return List{}, fmt.Errorf("no header")
	}
	var columns []string
	for _, cell := range lines[0] {
		name, kind, typed := strings.Cut(cell, ":")
		if !typed {
			kind = "VARCHAR"
		}
		columns = append(columns, name+" "+kind)
	}
	return List{strings.TrimSuffix(path.Base(file), ".csv"), strings.Join(columns, ", "), lines[1:]}, nil
}
