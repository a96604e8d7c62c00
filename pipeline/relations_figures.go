package pipeline

import (
	"time"

	"careshare/london"
	"careshare/schedules"
)

// figureRelations are what the figures read beside the sources: the rule for small numbers, their own definitions, and the
// periods that packs speak for.
func figureRelations(in inputs) ([]relation, error) {
	periods, err := periodsBefore(in.asAt)
	if err != nil {
		return nil, err
	}
	preset := in.config.Reports.SmallNumbers
	rule, _ := smallNumbers(preset) // Validate has seen it
	definitions := []row{}
	for _, model := range in.models.Tables {
		if model.Folder != "figures" {
			continue
		}
		definitions = append(definitions, row{
			"figure": model.Name, "why": model.Why, "numerator": model.Measure.Numerator, "denominator": model.Measure.Denominator,
			"source": model.Measure.Source, "known_limits": model.Measure.KnownLimits, "model": "sql/figures/" + model.Name + ".sql", "query": model.Query,
		})
	}
	return []relation{
		{"small_numbers", "preset varchar, hidden_from bigint, hidden_to bigint, round_to bigint", []row{{"preset": preset, "hidden_from": rule.HiddenFrom, "hidden_to": rule.HiddenTo, "round_to": rule.RoundTo}}},
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

// packPeriods are what a pack can speak for: the last whole one before the as-at moment.
var packPeriods = [...]string{"week", "month"}
