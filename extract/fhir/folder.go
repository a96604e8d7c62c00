package fhir

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"careshare/extract"
)

// export is one sender's bulk export as it lies in a folder.
type export struct {
	files   map[string][]file // by resource type, in the order that they are read in
	deleted []file
	several bool // of exports, so that a resource may be there more than once
}

type file struct {
	path  string
	count *int64     // how many resources its manifest says it holds; nil where nothing says so
	until *time.Time // the transactionTime of its export; nil where nothing says so
}

// manifest is what a bulk export's server says of it (Bulk Data 3.0.0, Response - Complete Status).
type manifest struct {
	TransactionTime *time.Time     `json:"transactionTime"`
	Output          []manifestFile `json:"output"`
	Deleted         []manifestFile `json:"deleted"`
}

type manifestFile struct {
	Type  string `json:"type"`
	URL   string `json:"url"`
	Count *int64 `json:"count"`
}

// openExports lists the files of a sender's folder: one export, or several in folders of their own, each with its
// manifest.json, in the order of the folders' names. What is still being fetched has another name and is passed over.
func openExports(folder string) (export, error) {
	all, err := listExports(folder)
	if err != nil {
		return export{}, err
	}
	for _, f := range all.every() {
		if !strings.HasSuffix(f.path, ".gz") {
			continue
		}
		if err := extract.CheckPacked(f.path); err != nil {
			return export{}, fmt.Errorf("%s: %w", f.name(), err)
		}
	}
	return all, nil
}

// every are all files of an export.
func (e export) every() []file {
	return slices.Concat(append(slices.Collect(maps.Values(e.files)), e.deleted)...)
}

func listExports(folder string) (export, error) {
	all, err := openExport(folder)
	if err != nil {
		return export{}, err
	}
	manifests, err := fs.Glob(os.DirFS(folder), "*/manifest.json") // the folder's own name is no pattern
	if err != nil {
		return export{}, err
	}
	for _, manifest := range manifests {
		name := path.Dir(manifest)
		if strings.HasSuffix(name, ".partial") {
			continue
		}
		one, err := openExport(filepath.Join(folder, name))
		if err != nil {
			return export{}, fmt.Errorf("%s: %w", name, err)
		}
		for resource, files := range one.files {
			all.files[resource] = append(all.files[resource], files...)
		}
		all.deleted = append(all.deleted, one.deleted...)
		all.several = true
	}
	return all, nil
}

// openExport lists the files of a folder: those of its manifest.json, else those that are named as bulk files are.
func openExport(folder string) (export, error) {
	data, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return namedFiles(folder)
	}
	var m manifest
	if err != nil {
		return export{}, fmt.Errorf("manifest.json: %w", err)
	}
	if json.Unmarshal(data, &m) != nil { // its error may quote the file
		return export{}, errors.New("manifest.json: not the manifest of a bulk export")
	}
	e := export{files: map[string][]file{}}
	for _, f := range m.Output {
		found, err := f.find(folder, m.TransactionTime)
		if err != nil {
			return export{}, err
		}
		e.files[f.Type] = append(e.files[f.Type], found)
	}
	for _, f := range m.Deleted {
		found, err := f.find(folder, m.TransactionTime)
		if err != nil {
			return export{}, err
		}
		e.deleted = append(e.deleted, found)
	}
	return e, nil
}

// find is the file that the last part of the URL names. Only the folder's own files are ever read.
func (f manifestFile) find(folder string, until *time.Time) (file, error) {
	url, _, _ := strings.Cut(f.URL, "?")
	name := path.Base(url)
	found := filepath.Join(folder, name)
	info, err := os.Stat(found)
	if err != nil || !info.Mode().IsRegular() {
		return file{}, fmt.Errorf("manifest.json lists %s, which is not in the folder", shownName(name))
	}
	return file{path: found, count: f.Count, until: until}, nil
}

// shownName is a file's name as a manifest writes it, where it is the name of a bulk file; else its hash.
func shownName(name string) string {
	if bulkName.MatchString(name) {
		return name
	}
	return "a file of another name (SHA-256 " + extract.ShortHash(name) + ")"
}

var bulkName = regexp.MustCompile(`^([A-Z][A-Za-z]+)(?:\.([0-9]+))?\.ndjson(?:\.gz)?$`)

// namedFiles are the files that are called <Type>.ndjson or <Type>.<n>.ndjson, plain or gzip, in order of n.
func namedFiles(folder string) (export, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return export{}, err
	}
	e := export{files: map[string][]file{}}
	for _, entry := range entries {
		if name := bulkName.FindStringSubmatch(entry.Name()); name != nil && entry.Type().IsRegular() {
			e.files[name[1]] = append(e.files[name[1]], file{path: filepath.Join(folder, entry.Name())})
		}
	}
	for _, files := range e.files {
		slices.SortStableFunc(files, func(a, b file) int { return cmp.Compare(a.number(), b.number()) })
	}
	return e, nil
}

// number is the n of a bulk file's name; -1 where there is none.
func (f file) number() int {
	n, err := strconv.Atoi(bulkName.FindStringSubmatch(filepath.Base(f.path))[2])
	if err != nil {
		return -1
	}
	return n
}

func (f file) name() string { return filepath.Base(f.path) }
