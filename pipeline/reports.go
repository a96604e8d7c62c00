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
	"careshare/reports"
	"careshare/reports/cpisxml"
	"careshare/reports/custodians"
	"careshare/schedules"
	"careshare/sql"

	"golang.org/x/sync/errgroup"
)

// layout is one thing that is laid out from a snapshot's published datasets.
type layout struct {
	name, title string
	make        func(ctx context.Context, from reportSource) error
	folder      string   // under reports/ of the snapshot
	files       []string // patterns of their names there, of what is handed over
	isAggregate bool     // holds numbers alone, so that it may leave by mail
	byPeriod    bool     // has files of its own for each of packPeriods
}

// speaksFor holds a period to what the report can speak for.
func speaksFor(report, period string) error {
	byPeriod := slices.ContainsFunc(everyReport(), func(l layout) bool { return l.name == report && l.byPeriod })
	if byPeriod && !slices.Contains(packPeriods[:], period) {
		return fmt.Errorf("period: %s speaks for one of %s", report, strings.Join(packPeriods[:], ", "))
	}
	return nil
}

// holds says whether a file of the report's folder is one of its own, of that period where it has files by period.
func (l layout) holds(name, period string) bool {
	return slices.ContainsFunc(l.files, func(pattern string) bool {
		matches, _ := filepath.Match(pattern, name)
		return matches
	}) && (!l.byPeriod || period == "" || strings.Contains(name, "-"+period+"."))
}

// keep takes the files of other periods out of a folder that is still on its way.
func (l layout) keep(folder, period string) error {
	if !l.byPeriod || period == "" {
		return nil
	}
	entries, err := os.ReadDir(folder)
	for _, entry := range entries {
		if !l.holds(entry.Name(), period) {
			err = errors.Join(err, os.Remove(filepath.Join(folder, entry.Name())))
		}
	}
	return err
}

// everyReport are the reports of a run, in the order in which they are made.
func everyReport() []layout {
	return []layout{
		{"managers-pack", "The managers' pack", makeManagersPack, "managers-pack", []string{"*"}, true, true},
		{auditName, "The auditors' extracts of consent and disclosure", makeAuditExtracts, auditName, []string{"*"}, false, false},
		{cpisName, "The custodians' lists of CP-IS", makeCPIS, cpisName, []string{"custodian-*", "failures.*"}, false, false},
		{directCare, "The outgoing datasets as a FHIR R4 export with UK Core", makeFHIR, directCare, []string{"*"}, false, false},
		{biAudience, "The data dictionary for BI", makeDictionary, biAudience, []string{"data-dictionary.html"}, true, false},
	}
}

// makeReports lays reports out from a snapshot's files into folders of their names, a few at a time: none reads
// what another writes.
func makeReports(ctx context.Context, c Config, from lake.Snapshot, manifest lake.Manifest, to, scratch string, list []layout) error {
	db, err := openSnapshot(ctx, c, from, manifest)
	if err != nil {
		return err
	}
	defer db.Close()
	before, err := snapshotBefore(from, c)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sql.AtATime)
	for _, r := range list {
		group.Go(func() error {
			if err := r.make(ctx, reportSource{db, manifest, filepath.Join(to, r.name), scratch, c, before}); err != nil {
				return fmt.Errorf("make %s: %w", r.name, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// makeManagersPack writes the weekly and the monthly pack.
func makeManagersPack(ctx context.Context, from reportSource) error {
	for _, period := range packPeriods {
		if err := makePack(ctx, from, period); err != nil {
			return fmt.Errorf("%sly pack: %w", period, err)
		}
	}
	return nil
}

func makePack(ctx context.Context, from reportSource, period string) error {
	words, err := spanWords(schedules.Job{Period: period}, from.manifest.AsAt)
	if err != nil {
		return err
	}
	about := from.about("report managers-pack --period "+period, "Sharing between health and social care: the "+period+"ly managers' pack")
	pack, err := reports.ReadPack(ctx, from.db, about, reports.Span{Period: period, Words: "The " + period + " from " + words})
	if err != nil {
		return err
	}
	name := "managers-pack-" + period
	if err := from.write(name+".xlsx", func(w io.Writer) error { return reports.PackWorkbook(w, from.scratch, pack) }); err != nil {
		return err
	}
	return from.write(name+".html", func(w io.Writer) error { return reports.Page(w, pack) })
}

// spanWords are the days of the last whole period before a moment.
func spanWords(of schedules.Job, at time.Time) (string, error) {
	since, until, err := of.Covers(at)
	if err != nil {
		return "", err
	}
	const day = "2 January 2006"
	first, last := since.Format(day), until.AddDate(0, 0, -1).Format(day)
	if first == last {
		return first, nil
	}
	return first + " to " + last, nil
}

// cpisName is the report, and the folder that has the rights of the audience cpis.
const cpisName = "cpis"

// makeCPIS writes what follows from the CP-IS datasets, and nothing of a dataset that the agreement does not let out.
func makeCPIS(ctx context.Context, from reportSource) error {
	if slices.ContainsFunc(from.manifest.Datasets, from.named("cpis_uploads")) {
		if err := cpisxml.Write(ctx, from.db, from.to); err != nil {
			return fmt.Errorf("write uploads: %w", err)
		}
	}
	if !slices.ContainsFunc(from.manifest.Datasets, from.named("cpis_follow_ups")) || !slices.ContainsFunc(from.manifest.Datasets, from.named("cpis_failures")) {
		return nil
	}
	if err := os.MkdirAll(from.to, 0o700); err != nil {
		return fault.Explain("write custodians' lists", err)
	}
	return custodians.Write(ctx, from.db, custodians.Options{To: from.to, Scratch: from.scratch, About: from.about("report "+cpisName, "")})
}
