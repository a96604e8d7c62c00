package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"careshare/load/fault"
	"careshare/load/lake"

	"github.com/spf13/cobra"
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

// reportOptions say which report, from which snapshot, to where.
type reportOptions struct {
	name, snapshot, asAt, to string
	person, period           string
}

const personHistoryName = "person-history"

func reportNames() []string {
	names := []string{personHistoryName}
	for _, r := range everyReport() {
		names = append(names, r.name)
	}
	return names
}

func (p *program) reportVerb() *cobra.Command {
	var o reportOptions
	verb := &cobra.Command{
		Use:   "report NAME",
		Short: "Make a report again from a published snapshot, the same bytes: " + strings.Join(reportNames(), ", "),
		Args: cobra.MatchAll(cobra.ExactArgs(1), knownName("report", reportNames()), func(_ *cobra.Command, args []string) error {
			if o.period == "" {
				return nil
			}
			return speaksFor(args[0], o.period)
		}),
		RunE: func(verb *cobra.Command, args []string) error {
			o.name = args[0]
			config, err := readConfig(p.configPath)
			if err != nil {
				return err
			}
			made, err := p.report(verb.Context(), config, o)
			if err != nil {
				return fmt.Errorf("report: %w", err)
			}
			return p.print(made)
		},
	}
	verb.Flags().StringVar(&o.snapshot, "snapshot", "", "the run's id (default: the current snapshot)")
	verb.Flags().StringVar(&o.asAt, "as-at", "", "the newest snapshot that speaks for this moment or an earlier one")
	verb.Flags().StringVar(&o.to, "to", ".", "the folder to write to; nothing there is written over")
	verb.Flags().StringVar(&o.period, "period", "", "week or month: only the managers' pack that speaks for the last whole one (default: both)")
	verb.Flags().StringVar(&o.person, "person", "", "the case store's person_id, for person-history")
	return verb
}

func (p *program) report(ctx context.Context, c Config, o reportOptions) (reported, error) {
	lake, from, manifest, err := p.openChosen(c, o)
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

// openChosen opens the lake and tells which of its snapshots is meant.
func (p *program) openChosen(c Config, o reportOptions) (*lake.Lake, lake.Snapshot, lake.Manifest, error) {
	l, err := lake.Open(c.Lake, p.Now)
	if err != nil {
		return nil, lake.Snapshot{}, lake.Manifest{}, err
	}
	from, manifest, err := chooseSnapshot(l, o)
	return l, from, manifest, err
}

// chooseSnapshot is the one of that id, or the newest that speaks for the moment or before it, or the current one.
func chooseSnapshot(l *lake.Lake, o reportOptions) (lake.Snapshot, lake.Manifest, error) {
	if o.snapshot == "" && o.asAt == "" {
		current, err := l.Current()
		if err != nil {
			return lake.Snapshot{}, lake.Manifest{}, err
		}
		manifest, err := current.Manifest()
		return current, manifest, err
	}
	at, err := moment(o.asAt, time.Time{})
	if err != nil {
		return lake.Snapshot{}, lake.Manifest{}, err
	}
	snapshots, err := l.Snapshots()
	if err != nil {
		return lake.Snapshot{}, lake.Manifest{}, err
	}
	for _, s := range slices.Backward(snapshots) {
		if o.snapshot != "" && s.ID != o.snapshot {
			continue
		}
		manifest, err := s.Manifest()
		if err != nil {
			return lake.Snapshot{}, lake.Manifest{}, err
		}
		if at.IsZero() || !manifest.AsAt.After(at) {
			return s, manifest, nil
		}
	}
	return lake.Snapshot{}, lake.Manifest{}, usage(fault.WithHint(errors.New("no kept snapshot is meant by --snapshot and --as-at"), "careshare status names the current one; retention removes old ones"))
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
