package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"careshare/load"
	"careshare/sql"
)

// smallNumbers are the rules in use for numbers of people, by name: what is hidden, and to what the rest is rounded.
// HES shows zeros and hides 1 to 7; the NHS mental health statistics hide what is below 5; OpenSAFELY what is not above 7.
func smallNumbers(preset string) (rule row, known bool) {
	rules := map[string][3]int{"hes": {1, 7, 5}, "nhs_mental_health": {0, 4, 5}, "opensafely": {0, 7, 5}}
	r, known := rules[preset]
	return row{"preset": preset, "hidden_from": r[0], "hidden_to": r[1], "round_to": r[2]}, known
}

// figureRelations are what the figures read beside the sources: the rule for small numbers, and their own definitions.
func (j *job) figureRelations() []relation {
	rule, _ := smallNumbers(j.config.Reports.SmallNumbers) // Validate has seen it
	definitions := []row{}
	for _, model := range j.models.Tables {
		if model.Folder != "figures" {
			continue
		}
		definitions = append(definitions, row{
			"figure": model.Name, "why": model.Why, "numerator": model.Measure.Numerator, "denominator": model.Measure.Denominator,
			"source": model.Measure.Source, "known_limits": model.Measure.KnownLimits, "model": "sql/figures/" + model.Name + ".sql",
		})
	}
	return []relation{
		{"small_numbers", "preset varchar, hidden_from bigint, hidden_to bigint, round_to bigint", []row{rule}},
		{"figures", "figure varchar, why varchar, numerator varchar, denominator varchar, source varchar, known_limits varchar, model varchar", definitions},
	}
}

// previousSnapshot is the newest one of an earlier as-at moment that has figures, or the zero value. Its numbers are what
// the new ones must not be subtracted from.
func previousSnapshot(lakePath string, now func() time.Time, asAt time.Time) (load.Snapshot, load.Manifest, error) {
	if _, err := os.Stat(lakePath); errors.Is(err, os.ErrNotExist) {
		return load.Snapshot{}, load.Manifest{}, nil
	}
	lake, err := load.Open(lakePath, now)
	if err != nil {
		return load.Snapshot{}, load.Manifest{}, err
	}
	snapshots, err := lake.Snapshots()
	if err != nil {
		return load.Snapshot{}, load.Manifest{}, err
	}
	for i := len(snapshots) - 1; i >= 0; i-- {
		if _, err := os.Stat(refinedFile(snapshots[i], "int_figures")); err != nil {
			continue // made before there were figures, or pruned
		}
		manifest, err := snapshots[i].Manifest()
		if err != nil {
			return load.Snapshot{}, load.Manifest{}, err
		}
		if manifest.AsAt.Before(asAt) {
			return snapshots[i], manifest, nil
		}
	}
	return load.Snapshot{}, load.Manifest{}, nil
}

func refinedFile(s load.Snapshot, model string) string {
	return filepath.Join(s.Path, "refined", model, "part-0.parquet")
}

// createPrevious gives the models the figures of the previous pack, as they were and as they were published.
func createPrevious(ctx context.Context, db *sql.DB, s load.Snapshot, m load.Manifest) error {
	was := "select ''::varchar as figure, ''::varchar as breakdown, ''::varchar as category, ''::varchar as measure, 0::bigint as value, false as is_hidden limit 0"
	published := "select ''::varchar as figure, ''::varchar as breakdown, ''::varchar as category, ''::varchar as measure, 0::bigint as value, ''::varchar as _status limit 0"
	if file, there := s.Dataset(m, "figures"); there {
		was = "select figure, breakdown, category, measure, value, is_hidden from read_parquet(" + sql.Quote(refinedFile(s, "int_figures")) + ")"
		published = "select figure, breakdown, category, measure, value, _status from read_parquet(" + sql.Quote(file) + ")"
	}
	for _, statement := range []string{
		"create schema previous", "create table previous.figures as " + was, "create table previous.published_figures as " + published,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("open the previous figures: %w", err)
		}
	}
	return nil
}
