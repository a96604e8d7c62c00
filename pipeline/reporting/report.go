package reporting

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/snapshot"
)

// Reported says which files a report was written to.
type Reported struct {
	Report   string   `json:"report"`
	Snapshot string   `json:"snapshot"` // the run whose published data it was made from
	Files    []string `json:"files"`
}

func (r Reported) Text(w io.Writer) {
	for _, file := range r.Files {
		fmt.Fprintln(w, "wrote", file)
	}
}

const personHistoryName = "person-history"

// ReportNames are the reports that can be made again.
func ReportNames() []string {
	names := []string{personHistoryName}
	for _, r := range EveryReport() {
		names = append(names, r.Name)
	}
	return names
}

// Report makes one report again from a published snapshot.
func Report(ctx context.Context, p *console.Console, c config.Config, o snapshot.Choice) (Reported, error) {
	lake, from, manifest, err := snapshot.OpenChosen(p, c, o)
	if err != nil {
		return Reported{}, err
	}
	made, err := chooseReport(lake, c, from, o)
	if err != nil {
		return Reported{}, err
	}
	scratch, err := os.MkdirTemp("", "careshare-")
	if err != nil {
		return Reported{}, err
	}
	defer os.RemoveAll(scratch)
	if err := MakeReports(ctx, c, from, manifest, scratch, scratch, []Layout{made}); err != nil {
		return Reported{}, err
	}
	if made.Name == snapshot.AuditName {
		if err := snapshot.ProofBeside(ctx, c, lake, from, manifest, filepath.Join(scratch, made.Name)); err != nil {
			return Reported{}, err
		}
	}
	if err := made.keep(filepath.Join(scratch, made.Name), o.Period); err != nil {
		return Reported{}, err
	}
	files, err := HandOver(filepath.Join(scratch, made.Name), o.To)
	return Reported{Report: o.Name, Snapshot: from.ID, Files: files}, err
}

func chooseReport(lake *lake.Lake, c config.Config, upTo lake.Snapshot, o snapshot.Choice) (Layout, error) {
	for _, r := range EveryReport() {
		if r.Name == o.Name {
			return r, nil
		}
	}
	person, err := snapshot.PersonID(o.Person)
	if err != nil {
		return Layout{}, exit.Usage(fault.WithHint(err, "add --person"))
	}
	snapshots, err := lake.Snapshots()
	if err != nil {
		return Layout{}, err
	}
	last := slices.Index(snapshots, upTo)
	history := personHistory{person: person, lake: lake, config: c, upTo: upTo, sources: snapshots[:last+1]}
	return Layout{Name: personHistoryName, Make: history.make}, nil
}

// HandOver copies finished files to a folder, all or none, and none where one would replace another file.
func HandOver(from, to string) (delivered []string, err error) {
	return HandOverAfter(from, to, func() error { return nil })
}

// HandOverAfter does so under hidden names, and gives the files their own after between has succeeded.
func HandOverAfter(from, to string, between func() error) (delivered []string, err error) {
	entries, err := os.ReadDir(from)
	if err != nil {
		return nil, fault.Explain("write report", err)
	}
	for _, entry := range entries {
		if err := disk.NotThere(filepath.Join(to, entry.Name())); err != nil {
			return nil, fmt.Errorf("write report: %w", err)
		}
	}
	hidden := func(entry os.DirEntry) string { return filepath.Join(to, "."+entry.Name()+".new") }
	defer func() {
		for _, entry := range entries {
			_ = os.Remove(hidden(entry)) // gone where all went well
		}
		if err != nil {
			for _, path := range delivered {
				err = errors.Join(err, os.Remove(path))
			}
			delivered = nil
		}
	}()
	for _, entry := range entries {
		if err := disk.CopyWhole(filepath.Join(from, entry.Name()), hidden(entry)); err != nil {
			return nil, fault.Explain("write report", err)
		}
	}
	if err := between(); err != nil {
		return nil, err
	}
	for _, entry := range entries {
		target := filepath.Join(to, entry.Name())
		if err := os.Rename(hidden(entry), target); err != nil {
			return delivered, fault.Explain("write report", err)
		}
		delivered = append(delivered, target)
	}
	return delivered, nil
}
