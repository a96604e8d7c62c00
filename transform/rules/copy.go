package rules

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"

	"careshare/sql"
)

// Difference is one file of the overlay beside the shipped one.
type Difference struct {
	File
	Diff string `json:"diff"` // unified; empty: both are equal
}

// Diff shows how each file of the overlay differs from the shipped one.
func (r Rules) Diff() ([]Difference, error) {
	var all []Difference
	for _, file := range r.Overlay {
		files := fs.FS(r)
		if file.Kind == Cases {
			files = r.Cases
		}
		now, err := fs.ReadFile(files, file.Path)
		if err != nil {
			return nil, fmt.Errorf("read rules: %w", err)
		}
		shipped, _ := shippedFile(file.Path)
		all = append(all, Difference{file, string(diff.Diff("shipped/"+file.Path, shipped, "rules/"+file.Path, now))})
	}
	return all, nil
}

// Paths are all shipped files that a council may replace.
func Paths() ([]string, error) {
	var paths []string
	for _, files := range []fs.FS{sql.Files, sql.Cases} {
		err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && kindOf(name, filepath.Dir(name) == "tests") != "" {
				paths = append(paths, name)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("list rules: %w", err)
		}
	}
	slices.Sort(paths)
	return paths, nil
}

// Copy writes shipped files into an overlay's folder and records which version was copied. With keep, files that are there
// stay as they are, and only the record is written: the council has taken the shipped change into account.
func Copy(folder string, paths []string, keep bool) error {
	council := os.DirFS(folder)
	record, err := readCopied(council)
	if err != nil {
		return err
	}
	for _, name := range paths {
		content, _ := shippedFile(name)
		if content == nil {
			return fmt.Errorf("copy %s: no such shipped file", name)
		}
		_, err := fs.Stat(council, name)
		switch there := err == nil; {
		case there && !keep:
			return fmt.Errorf("copy %s: it is there already, and is never overwritten", name)
		case !there && keep:
			return fmt.Errorf("keep %s: the overlay has no such file", name)
		case !keep:
			if err := write(folder, name, content); err != nil {
				return fmt.Errorf("copy %s: %w", name, err)
			}
		}
		record[name] = digestOf(content)
	}
	return record.write(folder)
}

func write(folder, name string, content []byte) error {
	to := filepath.Join(folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600)
}

// write replaces the record whole.
func (c copied) write(folder string) error {
	file, err := os.CreateTemp(folder, copiedFile+"-")
	if err != nil {
		return fmt.Errorf("record copies: %w", err)
	}
	lines := [][]string{{"path", "shipped_sha256"}}
	for _, name := range slices.Sorted(maps.Keys(c)) {
		lines = append(lines, []string{name, c[name]})
	}
	written := csv.NewWriter(file).WriteAll(lines)
	if err := errors.Join(written, file.Sync(), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("record copies: %w", err), os.Remove(file.Name()))
	}
	return os.Rename(file.Name(), filepath.Join(folder, copiedFile))
}
