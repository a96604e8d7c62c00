package flow

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"
	"careshare/schedules/london"
	"careshare/sql"
)

// release is an earlier pack that the new one may be compared with, and must not be subtracted from.
type release struct {
	name     string // newest, week or month: the newest of all before, and of a week and a month before
	snapshot lake.Snapshot
	manifest lake.Manifest
}

// earlierReleases are the newest snapshots with figures before the as-at moment, a week before it and a month before it.
func earlierReleases(c config.Config, now func() time.Time, asAt time.Time) (found []release, err error) {
	if !c.MayHaveLake() {
		return nil, nil
	}
	lake, err := c.OpenLake(now)
	if err != nil {
		return nil, err
	}
	snapshots, err := lake.Snapshots()
	if err != nil {
		return nil, err
	}
	local, err := london.In(asAt)
	if err != nil {
		return nil, err
	}
	for _, r := range []struct {
		name  string
		until time.Time // not after
	}{{"newest", asAt.Add(-1)}, {"week", local.AddDate(0, 0, -7)}, {"month", local.AddDate(0, -1, 0)}} {
		for _, s := range slices.Backward(snapshots) {
			if _, err := os.Stat(snapshot.RefinedFile(s, "int_figures")); err != nil {
				continue // made before there were figures, or pruned
			}
			manifest, err := s.Manifest()
			if err != nil {
				return nil, err
			}
			if !manifest.AsAt.After(r.until) {
				found = append(found, release{r.name, s, manifest})
				break
			}
		}
	}
	return found, nil
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// createPrevious gives the models the figures of the earlier packs, as they were and as they were published.
func createPrevious(ctx context.Context, db *sql.DB, releases []release) error {
	statements := []string{
		"create schema previous",
		"create table previous.figures (release varchar, figure varchar, breakdown varchar, category varchar, measure varchar, value bigint, is_hidden boolean)",
		"create table previous.published_figures (release varchar, figure varchar, breakdown varchar, category varchar, measure varchar, value bigint, _status varchar)",
		"create table previous.safeguards (safeguard varchar, category varchar, value bigint, base bigint)",
	}
	for _, r := range releases {
		if kept := snapshot.RefinedFile(r.snapshot, "int_safeguards"); r.name == "newest" && isThere(kept) {
			statements = append(statements, "insert into previous.safeguards select safeguard, category, value, base from "+sql.ParquetFile(kept))
		}
		file, there := r.snapshot.Dataset(r.manifest, "figures")
		if !there {
			continue
		}
		insert := "insert into previous.%s select " + sql.Quote(r.name) + ", figure, breakdown, category, measure, value, %s from %s"
		statements = append(statements,
			fmt.Sprintf(insert, "figures", "is_hidden", sql.ParquetFile(snapshot.RefinedFile(r.snapshot, "int_figures"))),
			fmt.Sprintf(insert, "published_figures", "_status", sql.ParquetFile(file)))
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("open the earlier figures: %w", err)
		}
	}
	return nil
}
