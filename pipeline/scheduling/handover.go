package scheduling

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/reporting"
	"careshare/pipeline/snapshot"
	"careshare/pipeline/spool"
	"careshare/reports"
	"careshare/reports/delivery"
	"careshare/schedules"
	"careshare/schedules/london"
)

// errNotYet says that no snapshot covers what a slot covers.
var errNotYet = errors.New("no snapshot covers that period yet")

// handOver puts a slot's report into the spool for the job's recipients: the files that the run itself published, held to
// its manifest. It is in the spool once, however often the slot is tried.
func (c Carrier) handOver(ctx context.Context, job schedules.Job, slot time.Time) schedules.Outcome {
	spool, id := c.config.Spool(), DeliveryID(job.Name, slot)
	if spool.Knows(id) {
		return schedules.Outcome{State: schedules.Done, Reason: "was handed over already"}
	}
	err := c.spoolReport(ctx, spool, id, job, slot)
	switch {
	case errors.Is(err, delivery.ErrBusy):
		return schedules.Outcome{State: schedules.Due, Reason: err.Error()}
	case errors.Is(err, errNotYet):
		return schedules.Outcome{State: schedules.Failed, Reason: err.Error()}
	case err != nil:
		return outcomeOf(exit.Report(ctx, c.Stderr, fmt.Errorf("schedule: %s: %w", job.Name, err)))
	}
	return schedules.Outcome{State: schedules.Done}
}

// DeliveryID is of a job and a slot; it is a file's name.
func DeliveryID(job string, slot time.Time) string {
	return job + "-" + slot.UTC().Format("20060102T150405Z")
}

func (c Carrier) spoolReport(ctx context.Context, queue *delivery.Spool, id string, job schedules.Job, slot time.Time) error {
	report, err := scheduledReport(job)
	if err != nil {
		return err
	}
	lake, err := c.config.OpenLake(c.Now)
	if err != nil {
		return err
	}
	from, manifest, err := snapshotFor(lake, job, slot)
	if err != nil {
		return err
	}
	paths, bytes, err := PublishedFiles(from, manifest, report, job.Period)
	if err != nil {
		return err
	}
	d := delivery.Delivery{ID: id, At: c.Now().UTC().Truncate(time.Second), Report: report.Name, Snapshot: from.ID, Place: filepath.Join(from.Path, "reports", report.Folder)}
	d.Subject, d.Lines, err = announce(report, job, slot, manifest)
	if err != nil {
		return err
	}
	isSmall := bytes <= int64(c.config.Delivery.Mail.AttachUpToMB)<<20
	for _, name := range job.Recipients {
		d.To = append(d.To, spool.Handovers(c.config.Delivery, name, id, report.IsAggregate && isSmall, report.IsAggregate)...)
	}
	if !slices.ContainsFunc(d.To, func(h delivery.Handover) bool { return h.WithFiles }) {
		return queue.Add(d, nil) // nobody gets them: they stay in the lake alone
	}
	if report.Name != snapshot.AuditName {
		return queue.Add(d, paths)
	}
	scratch, err := os.MkdirTemp("", "careshare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := snapshot.ProofBeside(ctx, c.config, lake, from, manifest, scratch); err != nil {
		return err
	}
	proofs, err := filepath.Glob(filepath.Join(scratch, "*")) // none of what an older version published
	if err != nil {
		return err
	}
	return queue.Add(d, append(paths, proofs...))
}

// snapshotFor is the newest one up to a slot that covers the slot's period, or else the first after it that does: what
// is made up for late still covers its own time.
func snapshotFor(lake *lake.Lake, job schedules.Job, slot time.Time) (chosen lake.Snapshot, of lake.Manifest, err error) {
	snapshots, err := lake.Snapshots()
	if err != nil {
		return chosen, of, err
	}
	_, until, err := job.Covers(slot)
	if err != nil {
		return chosen, of, err
	}
	for _, s := range slices.Backward(snapshots) {
		manifest, err := s.Manifest()
		if err != nil {
			return chosen, of, err
		}
		if manifest.AsAt.Before(until) {
			break
		}
		_, to, err := job.Covers(manifest.AsAt)
		if err != nil {
			return chosen, of, err
		}
		isLate := manifest.AsAt.After(slot)
		if !to.Equal(until) || isLate && job.Period == "" {
			continue
		}
		chosen, of = s, manifest
		if !isLate {
			break
		}
	}
	if chosen.ID == "" {
		err = errNotYet
	}
	return chosen, of, err
}

// PublishedFiles are a report's files of a snapshot, each as its manifest says.
func PublishedFiles(from lake.Snapshot, manifest lake.Manifest, report reporting.Layout, period string) (paths []string, bytes int64, err error) {
	taken := fault.WithHint(fmt.Errorf("snapshot %s holds no %s", from.ID, report.Name), "retention or the agreement may have taken it")
	for _, output := range manifest.Outputs {
		folder, name := filepath.Split(filepath.FromSlash(output.Path))
		if filepath.Clean(folder) != filepath.Join("reports", report.Folder) || !report.Holds(name, period) {
			continue
		}
		path := filepath.Join(from.Path, filepath.FromSlash(output.Path))
		if err := lake.CheckFile(path, output); errors.Is(err, fs.ErrNotExist) {
			return nil, 0, taken
		} else if err != nil {
			return nil, 0, err
		}
		paths, bytes = append(paths, path), bytes+output.Bytes
	}
	if len(paths) == 0 {
		err = taken
	}
	return paths, bytes, err
}

// announce says what is handed over, in words that name nobody.
func announce(report reporting.Layout, job schedules.Job, slot time.Time, manifest lake.Manifest) (subject string, lines []string, err error) {
	local, err := london.In(manifest.AsAt)
	if err != nil {
		return "", nil, err
	}
	asAt := london.Words(local)
	subject, speaks := "careshare: "+report.Name+" as at "+asAt, report.Title+", as at "+asAt+" in London."
	if job.Period != "" {
		span, err := reporting.SpanWords(job, slot)
		if err != nil {
			return "", nil, err
		}
		subject, speaks = "careshare: "+report.Name+", "+span, report.Title+", for "+span+", as at "+asAt+" in London."
	}
	again := "careshare report " + report.Name + " --snapshot " + manifest.Run
	if report.ByPeriod {
		again += " --period " + job.Period
	}
	return subject, []string{
		speaks, "",
		"Snapshot: " + manifest.Run,
		fmt.Sprintf("Audit log when its run began: %s, root %s", reports.Counted(manifest.Audit.Size, "entry"), manifest.Audit.Hash),
		"Make it again: " + again,
		"Sent by the schedule's job " + job.Name + ".",
	}, nil
}

// scheduledReport is the report that a job with recipients hands over.
func scheduledReport(job schedules.Job) (reporting.Layout, error) {
	if len(job.Verb) < 2 || job.Verb[0] != "report" {
		return reporting.Layout{}, errors.New("recipients: only a report can be handed over, such as job: [report, managers-pack]")
	}
	i := slices.IndexFunc(reporting.EveryReport(), func(l reporting.Layout) bool { return l.Name == job.Verb[1] })
	if i < 0 {
		return reporting.Layout{}, fmt.Errorf("recipients: %s is not a report that can be handed over", job.Verb[1])
	}
	report := reporting.EveryReport()[i]
	return report, reporting.SpeaksFor(report.Name, job.Period)
}

// checkRecipients holds a job to the configuration before anything is due.
func checkRecipients(c config.Config, job schedules.Job) error {
	if len(job.Recipients) == 0 {
		return nil
	}
	if _, err := scheduledReport(job); err != nil {
		return err
	}
	for _, name := range job.Recipients {
		if _, known := c.Delivery.Recipients[name]; !known {
			return fmt.Errorf("recipients: %s is not among delivery.recipients of the configuration", name)
		}
	}
	return nil
}
