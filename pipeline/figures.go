package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"careshare/load/lake"
	"careshare/london"
	"careshare/schedules"
	"careshare/sql"
)

// smallNumbers are the rules in use for numbers of people, by name: what is hidden, and to what the rest is rounded.
// HES shows zeros and hides 1 to 7; the NHS mental health statistics hide what is below 5; OpenSAFELY what is not above 7.
func smallNumbers(preset string) (rule row, known bool) {
	rules := map[string][3]int{"hes": {1, 7, 5}, "nhs_mental_health": {0, 4, 5}, "opensafely": {0, 7, 5}}
	r, known := rules[preset]
	return row{"preset": preset, "hidden_from": r[0], "hidden_to": r[1], "round_to": r[2]}, known
}

// figureRelations are what the figures read beside the sources: the rule for small numbers, their own definitions, and the
// periods that packs speak for.
func (j *job) figureRelations() ([]relation, error) {
	periods, err := periodsBefore(j.asAt)
	if err != nil {
		return nil, err
	}
	rule, _ := smallNumbers(j.config.Reports.SmallNumbers) // Validate has seen it
	definitions := []row{}
	for _, model := range j.models.Tables {
		if model.Folder != "figures" {
			continue
		}
		definitions = append(definitions, row{
			"figure": model.Name, "why": model.Why, "numerator": model.Measure.Numerator, "denominator": model.Measure.Denominator,
			"source": model.Measure.Source, "known_limits": model.Measure.KnownLimits, "model": "sql/figures/" + model.Name + ".sql", "query": model.Query,
		})
	}
	return []relation{
		{"small_numbers", "preset varchar, hidden_from bigint, hidden_to bigint, round_to bigint", []row{rule}},
		{"figures", "figure varchar, why varchar, numerator varchar, denominator varchar, source varchar, known_limits varchar, model varchar, query varchar", definitions},
		{"pack_periods", "period varchar, from_at timestamp, until_at timestamp", periods},
	}, nil
}

// periodsBefore are the last whole week and month before a moment, by the clock on the wall in London; half-open.
func periodsBefore(asAt time.Time) (rows []row, err error) {
	for _, period := range packPeriods {
		from, until, err := schedules.Job{Period: period}.Covers(asAt)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{"period": period, "from_at": from.Format(london.WallClock), "until_at": until.Format(london.WallClock)})
	}
	return rows, nil
}

// release is an earlier pack that the new one may be compared with, and must not be subtracted from.
type release struct {
	name     string // newest, week or month: the newest of all before, and of a week and a month before
	snapshot lake.Snapshot
	manifest lake.Manifest
}

// earlierReleases are the newest snapshots with figures before the as-at moment, a week before it and a month before it.
func earlierReleases(lakePath string, now func() time.Time, asAt time.Time) (found []release, err error) {
	if _, err := os.Stat(lakePath); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	lake, err := lake.Open(lakePath, now)
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
			if _, err := os.Stat(refinedFile(s, "int_figures")); err != nil {
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

func refinedFile(s lake.Snapshot, model string) string {
	return filepath.Join(s.Path, "refined", model, "part-0.parquet")
}

// createPrevious gives the models the figures of the earlier packs, as they were and as they were published.
func createPrevious(ctx context.Context, db *sql.DB, releases []release) error {
	statements := []string{
		"create schema previous",
		"create table previous.figures (release varchar, figure varchar, breakdown varchar, category varchar, measure varchar, value bigint, is_hidden boolean)",
		"create table previous.published_figures (release varchar, figure varchar, breakdown varchar, category varchar, measure varchar, value bigint, _status varchar)",
	}
	for _, r := range releases {
		file, there := r.snapshot.Dataset(r.manifest, "figures")
		if !there {
			continue
		}
		insert := "insert into previous.%s select " + sql.Quote(r.name) + ", figure, breakdown, category, measure, value, %s from %s"
		statements = append(statements,
			fmt.Sprintf(insert, "figures", "is_hidden", sql.ParquetFile(refinedFile(r.snapshot, "int_figures"))),
			fmt.Sprintf(insert, "published_figures", "_status", sql.ParquetFile(file)))
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("open the earlier figures: %w", err)
		}
	}
	return nil
}
