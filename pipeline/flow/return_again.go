package flow

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"careshare/load/agreement"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/relations"
	"careshare/pipeline/snapshot"
	"careshare/sql"
	"careshare/transform"
)

// ReturnAgain runs the returns' models alone, over the case store as the snapshot pulled it, for a window that the snapshot
// does not hold. What is compared with last time is compared with the current snapshot, and with last year's files where they are
// given.
func ReturnAgain(ctx context.Context, p *console.Console, c config.Config, s lake.Snapshot, asAt time.Time, wanted config.Period, submitted []relations.Row) (*sql.DB, error) {
	job, err := Prepare(p, c, asAt)
	if err != nil {
		return nil, err
	}
	job.submitted, job.anew = submitted, true
	known, err := job.Recall(ctx)
	if err != nil {
		return nil, err
	}
	db, err := c.OpenAside(ctx, append(known.folders(), s.Path)...)
	if err != nil {
		return nil, err
	}
	if err := job.returnsAnew(ctx, db, known, s, wanted); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (j *Job) returnsAnew(ctx context.Context, db *sql.DB, known Memory, s lake.Snapshot, wanted config.Period) error {
	periods := []config.Period{wanted}
	switch wanted.Return {
	case "903": // its rules hold a year against the one before
		periods = append(periods, wanted.Before())
	case "annex-a": // its lists are compared with the returns as at the same day
		day, err := time.Parse(time.DateOnly, wanted.AsAt)
		if err != nil {
			return err
		}
		for _, name := range []string{"903", "cin"} {
			periods = append(periods, config.PeriodOf(name, config.CurrentYear(name, day), day))
		}
	}
	tables, err := j.Relations(known, nil, periods)
	if err != nil {
		return err
	}
	if err := runUntilError(
		func() error { return relations.Create(ctx, db, tables) },
		func() error { return CreateRaw(ctx, db, s) },
		func() error { return known.CreateEarlier(ctx, db, j.Contracts) },
	); err != nil {
		return err
	}
	models := j.Models.Makeable([]string{"int_nhs_numbers"}, []string{"casestore", "config", "earlier", "reference"}).For("returns")
	result, err := transform.Run(ctx, db, models)
	if err != nil {
		return err
	}
	if err := blocked(result.Blocked()); err != nil {
		return err
	}
	return keepAgreed(ctx, db, agreement.Dictionary(j.Contracts, j.agreement), models)
}

// CreateRaw opens the case store as the snapshot pulled it, and what it decided on NHS numbers.
func CreateRaw(ctx context.Context, db *sql.DB, s lake.Snapshot) error {
	tables, err := filepath.Glob(filepath.Join(s.Path, "raw", "casestore", "*", "part-0.parquet"))
	if err == nil && len(tables) == 0 {
		err = fault.WithHint(fmt.Errorf("snapshot %s no longer holds the case store as it was pulled", s.ID), "retention removed it (raw_days); take a newer snapshot")
	}
	if err != nil {
		return err
	}
	statements := []string{"create schema casestore", "create view main.int_nhs_numbers as from " + sql.ParquetFile(snapshot.RefinedFile(s, "int_nhs_numbers"))}
	for _, name := range []string{"postcodes", "social_workers"} {
		file := filepath.Join(s.Path, "raw", "reference", name+".parquet")
		statements = append(statements, fmt.Sprintf("create schema if not exists reference; create view reference.%s as from %s", name, sql.ParquetFile(file)))
	}
	for _, file := range tables {
		statements = append(statements, fmt.Sprintf("create view casestore.%s as from %s", filepath.Base(filepath.Dir(file)), sql.ParquetFile(file)))
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("open the raw case store: %w", err)
		}
	}
	return nil
}

// keepAgreed leaves of the made datasets what the agreement publishes, as a snapshot would hold it.
func keepAgreed(ctx context.Context, db *sql.DB, dictionary []agreement.DictionaryEntry, models transform.Models) error {
	for _, model := range models.Published() {
		at := slices.IndexFunc(dictionary, func(e agreement.DictionaryEntry) bool { return e.Name == model.Dataset && e.Audience == model.Audience })
		statement := "drop table main." + model.Name
		if at >= 0 {
			statement = fmt.Sprintf("create or replace table main.%s as select %s from main.%s", model.Name, strings.Join(dictionary[at].Agreed, ", "), model.Name)
		}
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("keep what is agreed of %s: %w", model.Name, err)
		}
	}
	return nil
}
