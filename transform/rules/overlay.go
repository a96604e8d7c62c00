package rules

import (
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"careshare/sql"
	"careshare/transform"
)

// Kind says what a file of the rules is.
type Kind string

// The kinds of files that an overlay may hold.
const (
	Model    Kind = "model"
	Macros   Kind = "macros"
	Contract Kind = "contract"
	List     Kind = "list"
	View     Kind = "view"
	Words    Kind = "words"
	Query    Kind = "query"
	Cases    Kind = "unit cases"
)

const (
	macrosFile = "macros.sql"
	copiedFile = "copied.csv" // for each copy: path and SHA-256 of the shipped file that it was made from
)

// File is one file of a council's overlay.
type File struct {
	Path    string `json:"path"`
	Kind    Kind   `json:"kind"`
	Shipped bool   `json:"shipped"` // it replaces a shipped file
	Stale   string `json:"stale"`   // why the copy may be out of date; empty: it is not
}

// readOverlay lists the files of a council's folder and refuses what has no place there.
func readOverlay(council fs.FS) ([]File, error) {
	copied, err := readCopied(council)
	if err != nil {
		return nil, err
	}
	var files []File
	var wrong []error
	err = fs.WalkDir(council, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || name == copiedFile {
			return err
		}
		file, err := classify(name)
		if err != nil {
			wrong = append(wrong, err)
			return nil
		}
		file.Stale = copied.stale(file)
		files = append(files, file)
		return nil
	})
	return files, errors.Join(append(wrong, err)...)
}

// classify says what a file is by its place.
func classify(name string) (File, error) {
	shipped, isCase := shippedFile(name)
	file := File{Path: name, Shipped: shipped != nil, Kind: kindOf(name, isCase)}
	switch {
	case file.Kind == "":
		return file, fmt.Errorf("%s: nothing reads a file of this name in this place; move it out of the folder, or copy the shipped file under its own path", name)
	case !file.Shipped && slices.Contains([]Kind{Macros, Words, Query}, file.Kind):
		return file, fmt.Errorf("%s: only shipped files of this kind are read; use the path that `careshare rules list` prints", name)
	}
	return file, nil
}

func kindOf(name string, isCase bool) Kind {
	folder, extension := path.Dir(name), path.Ext(name)
	switch {
	case name == macrosFile:
		return Macros
	case name == "reasons.csv":
		return Words
	case isCase && extension == ".txtar":
		return Cases
	case folder == "views" && extension == ".json":
		return View
	case (folder == "explain" || folder == "fhir") && extension == ".sql":
		return Query
	case transform.IsModelFolder(folder) && extension == ".sql":
		return Model
	case transform.IsModelFolder(folder) && extension == ".yaml":
		return Contract
	case sql.IsList(name):
		return List
	}
	return ""
}

// shippedFile is the shipped content of a path, nil if there is none, and whether the path is among the unit cases.
func shippedFile(name string) (content []byte, isCase bool) {
	isCase = path.Dir(name) == "tests"
	files := fs.FS(sql.Files)
	if isCase {
		files = sql.Cases
	}
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, isCase
	}
	return content, isCase
}

// unused refuses files of the overlay that would decide nothing.
func (r Rules) unused(models transform.Models) error {
	needed, reads := map[string]bool{}, map[string]bool{}
	for _, model := range slices.Concat(models.Needed(), models.Checks) {
		needed[model.Folder+"/"+model.Name+".sql"] = true
		for _, read := range model.Reads {
			reads[read] = true
		}
	}
	var wrong []error
	refuse := func(file File, words string) {
		wrong = append(wrong, fmt.Errorf("rules: %s has no effect: %s", file.Path, words))
	}
	for _, file := range r.Overlay {
		name := strings.TrimSuffix(path.Base(file.Path), path.Ext(file.Path))
		switch {
		case file.Kind == Model && !needed[file.Path]:
			refuse(file, "no published table, figure or check reads it; publish it, read it, or remove it")
		case file.Kind == List && !file.Shipped && !reads["config."+name]:
			refuse(file, "no model reads config."+name)
		case file.Kind == View && !file.Shipped && !reads["health."+name]:
			refuse(file, "no model reads health."+name)
		}
	}
	return errors.Join(wrong...)
}

// copied says from which shipped file each copy was made: SHA-256 by path.
type copied map[string]string

func readCopied(council fs.FS) (copied, error) {
	text, err := fs.ReadFile(council, copiedFile)
	if errors.Is(err, fs.ErrNotExist) {
		return copied{}, nil
	}
	if err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil || len(lines) == 0 || !slices.Equal(lines[0], []string{"path", "shipped_sha256"}) {
		return nil, fmt.Errorf("%s: not written by careshare rules copy (%w)", copiedFile, errors.Join(errors.New("header is path,shipped_sha256"), err))
	}
	c := copied{}
	for _, line := range lines[1:] {
		c[line[0]] = line[1]
	}
	return c, nil
}

// stale says why a copy may be out of date.
func (c copied) stale(file File) string {
	if !file.Shipped {
		if _, was := c[file.Path]; was {
			return "the program no longer ships this file"
		}
		return ""
	}
	content, _ := shippedFile(file.Path)
	switch c[file.Path] {
	case digestOf(content):
		return ""
	case "":
		return "it is not recorded which shipped version was copied"
	}
	return "the shipped file has changed since it was copied"
}

func digestOf(content []byte) string { return fmt.Sprintf("%x", sha256.Sum256(content)) }
