// Package reporting lays reports out from a snapshot's published datasets.
package reporting

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
	"careshare/pipeline/config"
	"careshare/pipeline/relations"
	"careshare/pipeline/snapshot"
	"careshare/reports"
	"careshare/reports/cpisxml"
	"careshare/reports/custodians"
	"careshare/schedules"
	"careshare/sql"

	"golang.org/x/sync/errgroup"
)

// Layout is one thing that is laid out from a snapshot's published datasets.
type Layout struct {
	Name, Title string
	Make        func(ctx context.Context, from snapshot.Source) error
	Folder      string   // under reports/ of the snapshot
	files       []string // patterns of their names there, of what is handed over
	IsAggregate bool     // holds numbers alone, so that it may leave by mail
	ByPeriod    bool     // has files of its own for each of packPeriods
}

// SpeaksFor holds a period to what the report can speak for.
func SpeaksFor(report, period string) error {
	byPeriod := slices.ContainsFunc(EveryReport(), func(l Layout) bool { return l.Name == report && l.ByPeriod })
	if byPeriod && !slices.Contains(relations.PackPeriods[:], period) {
		return fmt.Errorf("period: %s covers one of %s", report, strings.Join(relations.PackPeriods[:], ", "))
	}
	return nil
}

// Holds says whether a file of the report's folder is one of its own, of that period where it has files by period.
func (l Layout) Holds(name, period string) bool {
	return name != IndexName && slices.ContainsFunc(l.files, func(pattern string) bool { // the front page belongs to its folder
		matches, _ := filepath.Match(pattern, name)
		return matches
	}) && (!l.ByPeriod || period == "" || strings.Contains(name, "-"+period+"."))
}

// keep takes the files of other periods out of a folder that is still on its way.
func (l Layout) keep(folder, period string) error {
	if !l.ByPeriod || period == "" {
		return nil
	}
	entries, err := os.ReadDir(folder)
	for _, entry := range entries {
		if !l.Holds(entry.Name(), period) {
			err = errors.Join(err, os.Remove(filepath.Join(folder, entry.Name())))
		}
	}
	return err
}

// EveryReport are the reports of a run, in the order in which they are made.
func EveryReport() []Layout {
	return []Layout{
		{"managers-pack", "The managers' pack", makeManagersPack, "managers-pack", []string{"*"}, true, true},
		{snapshot.AuditName, "The auditors' extracts of consent and disclosure", makeAuditExtracts, snapshot.AuditName, []string{"*"}, false, false},
		{CPISName, "The custodians' lists of CP-IS", MakeCPIS, CPISName, []string{"custodian-*", "failures.*"}, false, false},
		{DirectCare, "The outgoing datasets as a FHIR R4 export with UK Core", makeFHIR, DirectCare, []string{"*"}, false, false},
		{config.BIAudience, "The data dictionary for BI", makeDictionary, config.BIAudience, []string{"data-dictionary.html"}, true, false},
	}
}

// MakeReports lays reports out from a snapshot's files into folders of their names, a few at a time: none reads
// what another writes.
func MakeReports(ctx context.Context, c config.Config, from lake.Snapshot, manifest lake.Manifest, to, scratch string, list []Layout) error {
	db, err := snapshot.Open(ctx, c, from, manifest)
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
			if err := r.Make(ctx, snapshot.Source{DB: db, Manifest: manifest, To: filepath.Join(to, r.Name), Scratch: scratch, Config: c, Previous: before}); err != nil {
				return fmt.Errorf("make %s: %w", r.Name, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// makeManagersPack writes the weekly and the monthly pack.
func makeManagersPack(ctx context.Context, from snapshot.Source) error {
	for _, period := range relations.PackPeriods {
		if err := makePack(ctx, from, period); err != nil {
			return fmt.Errorf("%sly pack: %w", period, err)
		}
	}
	return nil
}

func makePack(ctx context.Context, from snapshot.Source, period string) error {
	words, err := SpanWords(schedules.Job{Period: period}, from.Manifest.AsAt)
	if err != nil {
		return err
	}
	title := map[string]string{"week": "weekly", "month": "monthly"}[period] + " managers' pack"
	small, _ := config.SmallNumbersOf(from.Config.Reports.SmallNumbers) // Validate has seen it
	pack, err := reports.ReadPack(ctx, from.DB, reports.ManagersPack{
		About:   from.About("report managers-pack --period "+period, title),
		Council: from.Config.CPIS.AuthorityName,
		RoundTo: small.RoundTo,
		Span:    reports.Span{Period: period, Words: "The " + period + " from " + words},
	})
	if err != nil {
		return err
	}
	name := "managers-pack-" + period
	if err := from.Write(name+".xlsx", func(w io.Writer) error { return pack.WriteWorkbook(w, from.Scratch) }); err != nil {
		return err
	}
	return from.Write(name+".html", pack.WritePage)
}

// SpanWords are the days of the last whole period before a moment.
func SpanWords(of schedules.Job, at time.Time) (string, error) {
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

// CPISName is the report, and the folder that has the rights of the audience cpis.
const CPISName = "cpis"

// MakeCPIS writes what follows from the CP-IS datasets, and nothing of a dataset that the agreement does not let out.
func MakeCPIS(ctx context.Context, from snapshot.Source) error {
	if slices.ContainsFunc(from.Manifest.Datasets, from.Named("cpis_uploads")) {
		if err := cpisxml.Write(ctx, from.DB, from.To); err != nil {
			return fmt.Errorf("write uploads: %w", err)
		}
	}
	if !slices.ContainsFunc(from.Manifest.Datasets, from.Named("cpis_follow_ups")) || !slices.ContainsFunc(from.Manifest.Datasets, from.Named("cpis_failures")) {
		return nil
	}
	if err := os.MkdirAll(from.To, 0o700); err != nil {
		return fault.Explain("write custodians' lists", err)
	}
	return custodians.Write(ctx, from.DB, custodians.Options{To: from.To, Scratch: from.Scratch, About: from.About("report "+CPISName, ""), Council: from.Config.CPIS.AuthorityName})
}
