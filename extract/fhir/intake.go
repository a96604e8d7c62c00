package fhir

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"careshare/extract"
)

// export is what a sender has delivered, as files that the engine reads: a resource a line, by type.
type export struct {
	files   map[string][]file // by resource type, in the order that they are read in
	gone    deletions
	several bool // of exports, so that a resource may be there more than once
	unread  unread
}

type file struct {
	path  string
	shown string     // its name in messages and in the quarantine
	count *int64     // how many resources its manifest says it holds; nil where nothing says so
	until *time.Time // the transactionTime of its export; nil where nothing says so
	parts []part     // of a spool: the files that its lines came from
}

// part is where the lines of one file begin in a spool.
type part struct {
	line  int64 // the first, from 1
	shown string
}

func (f file) name() string { return f.shown }

// place is the file that a line came from, and its number there.
func (f file) place(line int64) (name string, at int64) {
	name, at = f.shown, line
	for _, p := range f.parts {
		if p.line <= line {
			name, at = p.shown, line-p.line+1
		}
	}
	return name, at
}

// intake looks at every file of a sender's folder. Files that the engine can read as they are stay where they are; all others (Bundles,
// arrays, other packings, byte order marks, names that give no type) are written to the stage, a file a type.
func intake(folder, stage string, wanted map[string]bool, bases []string) (export, error) {
	survey, err := LookInto(folder)
	if err != nil {
		return export{}, err
	}
	e := export{files: map[string][]file{}, gone: deletions{bases: bases, of: map[string][]deletion{}}, unread: survey.ignored}
	if len(survey.found) == 0 {
		return e, errNothing(survey.ignored)
	}
	spool := &spooler{stage: stage, wanted: wanted, export: &e, open: map[string]*spooled{}}
	read := 0
	for _, d := range survey.found {
		took, err := e.take(d, spool)
		if err != nil {
			return e, fmt.Errorf("%s: %w", shownName(filepath.Base(d.path)), err)
		}
		if took {
			read++
		}
	}
	if err := spool.close(); err != nil {
		return e, err
	}
	if read == 0 {
		return e, errNothing(e.unread)
	}
	e.several = survey.folders > 1 || spool.wrote
	return e, nil
}

// intakeFile brings in one file, which may hold resources of other types too.
func intakeFile(path, stage, resource string) (export, error) {
	e := export{files: map[string][]file{}, gone: deletions{of: map[string][]deletion{}}, unread: unread{}}
	spool := &spooler{stage: stage, wanted: map[string]bool{resource: true}, export: &e, open: map[string]*spooled{}}
	d := delivered{path: path, resource: resource, listed: true, mixed: true}
	if _, err := e.take(d, spool); err != nil {
		return e, err
	}
	err := spool.close()
	return e, err
}

// errNothing says that a sender delivered nothing that is read.
func errNothing(left unread) error {
	var all []string
	for _, u := range left.list() {
		all = append(all, u.String())
	}
	if len(all) == 0 {
		return fmt.Errorf("the folder holds no health file: wait for the delivery, or take the sender out of the configuration")
	}
	return fmt.Errorf("the folder holds no health file that is read, only %s", strings.Join(all, ", "))
}

// take brings one file in. It says whether there was anything in it to read.
func (e *export) take(d delivered, spool *spooler) (bool, error) {
	s, err := sniff(d.path)
	if err != nil {
		return false, err
	}
	f := file{path: d.path, shown: shownName(filepath.Base(d.path)), count: d.count, until: d.until}
	ends := strings.ToLower(filepath.Ext(d.path))
	isAsNamed := s.packing == packedNot && ends != ".gz" && ends != ".zst" || s.packing == packedGzip && ends == ".gz"
	switch {
	case s.packing == packedZip:
		return true, spool.archive(d.path)
	case s.form == formEmpty && (ends == ".gz" || ends == ".zst") && s.packing == packedNot:
		return false, errors.New("empty, where a packed file has a beginning and an end: it was cut off")
	case d.deleted:
		return true, e.gone.read(f)
	case s.form == formEmpty && d.resource == "":
		e.unread["file without content"]++
		return false, nil
	case d.resource == "" && s.resource == "" && !d.listed:
		e.unread["file without a FHIR resource"]++
		return false, nil
	case s.form != formValues && !s.hasBOM && isAsNamed && d.resource != "" && d.resource != "Bundle" && s.resource != "Bundle":
		if s.packing == packedGzip {
			if err := extract.CheckPacked(d.path); err != nil {
				return false, err
			}
		}
		e.files[d.resource] = append(e.files[d.resource], f)
		return true, nil
	}
	from, err := os.Open(d.path)
	if err != nil {
		return false, err
	}
	defer from.Close()
	text, _, err := unpacked(from)
	if err != nil {
		return false, err
	}
	if d.mixed {
		d.resource = ""
	}
	return true, spool.read(source{shown: f.shown, form: s.form, resource: d.resource, count: d.count, until: d.until}, text)
}

// archive reads the health files of a zip archive.
func (s *spooler) archive(path string) error {
	archive, entries, err := openZip(path)
	if err != nil {
		return err
	}
	defer archive.Close()
	if left := len(archive.File) - len(entries); left > 0 {
		s.export.unread["file of another kind in a zip archive"] += int64(left)
	}
	for _, entry := range entries {
		open := func() (io.ReadCloser, error) { return entry.Open() }
		if err := s.entry(filepath.Base(entry.Name), open); err != nil {
			return fmt.Errorf("%s: %w", shownName(filepath.Base(entry.Name)), err)
		}
	}
	return nil
}

func (s *spooler) entry(name string, open func() (io.ReadCloser, error)) error {
	start, err := open()
	if err != nil {
		return errZip
	}
	text, packing, err := unpacked(start)
	if err == nil && packing == packedZip {
		err = fmt.Errorf("a zip archive in another")
	}
	var head []byte
	if err == nil {
		head, err = io.ReadAll(io.LimitReader(text, sniffedBytes))
	}
	start.Close()
	if err != nil {
		return err
	}
	found, err := sniffText(head)
	if err != nil {
		return err
	}
	whole, err := open()
	if err != nil {
		return errZip
	}
	defer whole.Close()
	if text, _, err = unpacked(whole); err != nil {
		return err
	}
	return s.read(source{shown: shownName(name), form: found.form, resource: namedType(name)}, text)
}
