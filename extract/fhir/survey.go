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

	"careshare/extract/fhir/r4"
	"careshare/sql/shown"
)

// Survey is what is in a sender's folder.
type Survey struct {
	Files  int      // health files
	Types  []string // resource types that names or a manifest give
	Unread []Unread // what no rule takes

	found   []delivered
	ignored unread
	folders int // that hold health files
}

// Unread are files, or parts of them, that no rule takes. It gives no name of a file, as that may hold a person's.
type Unread struct {
	Count int64
	What  string // one of them, in words
}

// String is what it is, with its number: 2 files ending in .txt.
func (u Unread) String() string {
	noun, rest, _ := strings.Cut(u.What, " ")
	if u.Count != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s %s", u.Count, noun, rest)
}

// unread counts what no rule takes, by what it is.
type unread map[string]int64

func (u unread) list() (all []Unread) {
	for _, what := range slices.Sorted(maps.Keys(u)) {
		all = append(all, Unread{u[what], what})
	}
	return all
}

// delivered is one file of a sender.
type delivered struct {
	path     string
	resource string // type that the manifest or the name gives; empty: its content says
	count    *int64
	until    *time.Time
	deleted  bool
	listed   bool // by a manifest, or by whoever asks
	mixed    bool // may hold resources of other types, which are passed over
}

// manifest is what a bulk export's server says of it (Bulk Data 3.0.0, Response - Complete Status).
type manifest struct {
	TransactionTime *time.Time     `json:"transactionTime"`
	Output          []manifestFile `json:"output"`
	Deleted         []manifestFile `json:"deleted"`
	Error           []manifestFile `json:"error"`
	Link            []struct {
		Relation string `json:"relation"`
	} `json:"link"`
}

type manifestFile struct {
	Type  string `json:"type"`
	URL   string `json:"url"`
	Count *int64 `json:"count"`
}

// LookInto lists what is in a sender's folder and in the folders below it. A folder with a manifest.json holds what that lists, any
// other what is named as health files are. What is still being fetched is passed over.
func LookInto(folder string) (Survey, error) {
	s := Survey{ignored: unread{}}
	if err := s.folder(folder, 0); err != nil {
		return s, err
	}
	types := map[string]bool{}
	for _, d := range s.found {
		if d.resource != "" {
			types[d.resource] = true
		}
	}
	s.Files, s.Types = len(s.found), slices.Sorted(maps.Keys(types))
	s.Unread = s.ignored.list()
	return s, nil
}

// maxFolders is how deep folders may be in one another.
const maxFolders = 8

func (s *Survey) folder(folder string, depth int) error {
	if depth > maxFolders {
		return fmt.Errorf("folders nested deeper than %d", maxFolders)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	listed, err := s.manifest(folder)
	if err != nil {
		return err
	}
	var named []delivered
	var below []string
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case entry.IsDir() && !strings.HasSuffix(name, ".partial"):
			below = append(below, name)
		case entry.IsDir() || listed[name] || slices.Contains(own, name):
		case !entry.Type().IsRegular():
			s.ignored["file by link or device"]++
		case listed != nil && isHealthName(name):
			s.ignored["file not listed in manifest.json"]++
		case !isHealthName(name):
			s.ignored[ending(name)]++
		default:
			named = append(named, delivered{path: filepath.Join(folder, name), resource: namedType(name)})
		}
	}
	slices.SortStableFunc(named, func(a, b delivered) int { return cmp.Compare(number(a.path), number(b.path)) })
	if s.found = append(s.found, named...); len(s.found) > 0 {
		s.folders++
	}
	for _, name := range below {
		if err := s.folder(filepath.Join(folder, name), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// own are files that the program, or a client of bulk exports, keeps beside them.
var own = []string{"manifest.json", "since.json", "job.json"}

// ending says of a file that is not read how its name ends; a longer ending could be part of a name.
func ending(name string) string {
	if found := filepath.Ext(name); shortEnding.MatchString(found) {
		return "file ending in " + found
	}
	return "file of another kind"
}

var shortEnding = regexp.MustCompile(`^\.[a-z]{2,5}$`)

// manifest takes what a folder's manifest lists, and returns the names; nil where there is none.
func (s *Survey) manifest(folder string) (listed map[string]bool, err error) {
	data, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("manifest.json: %w", err)
	}
	var m manifest
	if json.Unmarshal(data, &m) != nil { // its error may quote the file
		return nil, errors.New("manifest.json: not the manifest of a bulk export")
	}
	for _, link := range m.Link {
		if link.Relation == "next" {
			return nil, errors.New("manifest.json: one page of several, so files are missing: fetch the other pages, or write one manifest of all")
		}
	}
	listed = map[string]bool{}
	for i, f := range slices.Concat(m.Output, m.Deleted) {
		d, err := f.find(folder, m.TransactionTime)
		if err != nil {
			return nil, err
		}
		d.deleted = i >= len(m.Output)
		listed[filepath.Base(d.path)] = true
		s.found = append(s.found, d)
	}
	for _, f := range m.Error {
		listed[f.name()] = true
	}
	return listed, nil
}

// name is the last part of the URL.
func (f manifestFile) name() string {
	url, _, _ := strings.Cut(f.URL, "?")
	return path.Base(url)
}

// find is the file that the URL names. Only the folder's own files are ever read.
func (f manifestFile) find(folder string, until *time.Time) (delivered, error) {
	found := filepath.Join(folder, f.name())
	info, err := os.Stat(found)
	if err != nil || !info.Mode().IsRegular() {
		return delivered{}, fmt.Errorf("manifest.json lists %s, which is not in the folder", shownName(f.name()))
	}
	return delivered{path: found, resource: r4.ResourceNamed(f.Type), count: f.Count, until: until, listed: true}, nil
}

// shownName is a file's name as it may be shown: that of a bulk file; else its hash, as a name may be a person's.
func shownName(name string) string {
	if bulkName.MatchString(name) && namedType(name) != "" {
		return name
	}
	return "a file of another name (SHA-256 " + shown.Hash(name) + ")"
}

var bulkName = regexp.MustCompile(`^(?:[0-9]{1,4}\.)?[A-Za-z]+(?:[._-](?:part[._-]?)?[0-9]{1,5})?\.(?:ndjson|jsonl|json)(?:\.gz|\.zst)?$`)

var digits = regexp.MustCompile(`[0-9]+`)

// number is the last number of a file's name; -1 where there is none.
func number(path string) int {
	all := digits.FindAllString(filepath.Base(path), -1)
	if len(all) == 0 {
		return -1
	}
	n, err := strconv.Atoi(all[len(all)-1])
	if err != nil {
		return -1
	}
	return n
}
