// Package rules holds everything that decides as one value: the files that the program ships, with a council's overlay on top.
package rules

import (
	"fmt"
	"io/fs"
	"os"
	"slices"

	"careshare/sql"
	"careshare/transform"
)

// Rules are macros, models, contracts, views, lists and words. As a file system they are the files that decide: the council's
// file where it has one, otherwise the shipped one.
type Rules struct {
	fs.FS
	Macros  string // SQL for every engine that decides
	Digest  string // SHA-256 of all files, and of the linkage engine's: the version in the manifest
	Overlay []File // the council's files, by path
	Cases   fs.FS  // unit cases: tests/<model>.txtar
}

// Shipped are the program's own rules.
func Shipped() (Rules, error) { return Load("") }

// Load puts the folder of a council's overlay on top of the shipped rules. It refuses a file that would have no effect.
// An empty folder name means that the council has no overlay.
func Load(folder string) (Rules, error) {
	r := Rules{FS: sql.Files, Cases: sql.Cases}
	if folder != "" {
		council := os.DirFS(folder)
		files, err := readOverlay(council)
		if err != nil {
			return Rules{}, fmt.Errorf("read rules %s: %w", folder, err)
		}
		r.Overlay = files
		r.FS = layers{council, sql.Files, r.paths(Model, Macros, Contract, List, View, Words, Query)}
		r.Cases = layers{council, sql.Cases, r.paths(Cases)}
	}
	macros, err := fs.ReadFile(r, macrosFile)
	if err != nil {
		return Rules{}, fmt.Errorf("read rules: %w", err)
	}
	r.Macros = string(macros)
	if r.Digest, err = sql.Digest(r, sql.Linkage); err != nil {
		return Rules{}, fmt.Errorf("read rules: %w", err)
	}
	return r, nil
}

// ReadDir lists a folder with the council's files, new ones too.
func (r Rules) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(r.FS, name) }

// Models reads and checks the models, and refuses macros that read or guess, and overlay files that nothing uses.
func (r Rules) Models() (transform.Models, error) {
	models, err := transform.Load(r)
	if err != nil {
		return transform.Models{}, err
	}
	return models, r.unused(models)
}

// Lists are the tables of facts beside the models.
func (r Rules) Lists() ([]sql.List, error) { return sql.Lists(r) }

// paths are the overlay's files of some kinds.
func (r Rules) paths(kinds ...Kind) []string {
	var paths []string
	for _, file := range r.Overlay {
		if slices.Contains(kinds, file.Kind) {
			paths = append(paths, file.Path)
		}
	}
	return paths
}
