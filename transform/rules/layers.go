package rules

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// layers is a file system of two: the files of over that are named, and those of under.
type layers struct {
	over, under fs.FS
	named       []string
}

func (l layers) Open(name string) (fs.File, error) {
	if slices.Contains(l.named, name) {
		return l.over.Open(name)
	}
	file, err := l.under.Open(name)
	if err != nil && l.isFolder(name) {
		return l.over.Open(name)
	}
	return file, err
}

// ReadDir lists a folder of both.
func (l layers) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(l.under, name)
	if err != nil && !l.isFolder(name) {
		return nil, err
	}
	over, err := fs.ReadDir(l.over, name)
	if err != nil {
		return entries, nil // the overlay has no such folder
	}
	for _, entry := range over {
		full := path.Join(name, entry.Name())
		if !slices.Contains(l.named, full) && !l.isFolder(full) {
			continue
		}
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == entry.Name() })
		entries = append(entries, entry)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// isFolder reports whether a named file is below the path.
func (l layers) isFolder(name string) bool {
	return slices.ContainsFunc(l.named, func(file string) bool { return strings.HasPrefix(file, name+"/") })
}
