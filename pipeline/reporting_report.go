package pipeline

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/console"
)

// reported says which files a report was written to.
type reported struct {
	Report   string   `json:"report"`
	Snapshot string   `json:"snapshot"` // the run whose published data it was made from
	Files    []string `json:"files"`
}

func (r reported) Text(w io.Writer) {
	for _, file := range r.Files {
		fmt.Fprintln(w, "wrote", file)
	}
}

const personHistoryName = "person-history"

func reportNames() []string {
	names := []string{personHistoryName}
	for _, r := range everyReport() {
		names = append(names, r.name)
	}
	return names
}

func makeReport(ctx context.Context, p *console.Console, c Config, o reportOptions) (reported, error) {
	lake, from, manifest, err := openChosen(p, c, o)
	if err != nil {
		return reported{}, err
	}
	made, err := chooseReport(lake, c, from, o)
	if err != nil {
		return reported{}, err
	}
	scratch, err := os.MkdirTemp("", "careshare-")
	if err != nil {
		return reported{}, err
	}
	defer os.RemoveAll(scratch)
	if err := makeReports(ctx, c, from, manifest, scratch, scratch, []layout{made}); err != nil {
		return reported{}, err
	}
	if made.name == auditName {
		if err := proofBeside(ctx, c, lake, from, manifest, filepath.Join(scratch, made.name)); err != nil {
			return reported{}, err
		}
	}
	if err := made.keep(filepath.Join(scratch, made.name), o.period); err != nil {
		return reported{}, err
	}
	files, err := handOver(filepath.Join(scratch, made.name), o.to)
	return reported{Report: o.name, Snapshot: from.ID, Files: files}, err
}

func chooseReport(lake *lake.Lake, c Config, upTo lake.Snapshot, o reportOptions) (layout, error) {
	for _, r := range everyReport() {
		if r.name == o.name {
			return r, nil
		}
	}
	person, err := personID(o.person)
	if err != nil {
		return layout{}, usage(fault.WithHint(err, "add --person"))
	}
	snapshots, err := lake.Snapshots()
	if err != nil {
		return layout{}, err
	}
	last := slices.Index(snapshots, upTo)
	history := personHistory{person: person, lake: lake, config: c, upTo: upTo, sources: snapshots[:last+1]}
	return layout{name: personHistoryName, make: history.make}, nil
}

// handOver copies finished files to a folder, each whole, and none of them where one would stand over another file.
func handOver(from, to string) (delivered []string, err error) {
	entries, err := os.ReadDir(from)
	if err != nil {
		return nil, fault.Explain("write report", err)
	}
	for _, entry := range entries {
		if err := notThere(filepath.Join(to, entry.Name())); err != nil {
			return nil, fmt.Errorf("write report: %w", err)
		}
	}
	for _, entry := range entries {
		target := filepath.Join(to, entry.Name())
		if err := copyWhole(filepath.Join(from, entry.Name()), target); err != nil {
			return delivered, fault.Explain("write report", err)
		}
		delivered = append(delivered, target)
	}
	return delivered, nil
}
