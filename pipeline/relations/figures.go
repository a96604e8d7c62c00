package relations

import (
	"time"

	"careshare/pipeline/config"
	"careshare/schedules"
	"careshare/schedules/london"
)

// figureRelations are what the figures read beside the sources: the rule for small numbers, their own definitions, and the
// periods that packs speak for.
func figureRelations(in Inputs) ([]Relation, error) {
	periods, err := periodsBefore(in.AsAt)
	if err != nil {
		return nil, err
	}
	preset := in.Config.Reports.SmallNumbers
	rule, _ := config.SmallNumbersOf(preset) // Validate has seen it
	definitions := []Row{}
	for _, model := range in.Models.Tables {
		if model.Folder != "figures" {
			continue
		}
		definitions = append(definitions, Row{
			"figure": model.Name, "why": model.Why, "numerator": model.Measure.Numerator, "denominator": model.Measure.Denominator,
			"source": model.Measure.Source, "known_limits": model.Measure.KnownLimits, "model": "sql/figures/" + model.Name + ".sql", "query": model.Query,
		})
	}
	return []Relation{
		{"small_numbers", "preset varchar, hidden_from bigint, hidden_to bigint, round_to bigint", []Row{{"preset": preset, "hidden_from": rule.HiddenFrom, "hidden_to": rule.HiddenTo, "round_to": rule.RoundTo}}},
		{"figures", "figure varchar, why varchar, numerator varchar, denominator varchar, source varchar, known_limits varchar, model varchar, query varchar", definitions},
		{"pack_periods", "period varchar, from_at timestamp, until_at timestamp", periods},
	}, nil
}

// periodsBefore are the last whole week and month before a moment, and the twelve months that end with that one, by the clock
// on the wall in London; half-open. The year is for numbers that are too small in a month.
func periodsBefore(asAt time.Time) (rows []Row, err error) {
	for _, period := range PackPeriods {
		from, until, err := schedules.Job{Period: period}.Covers(asAt)
		if err != nil {
			return nil, err
		}
		rows = append(rows, Row{"period": period, "from_at": from.Format(london.WallClock), "until_at": until.Format(london.WallClock)})
		if period == "month" {
			rows = append(rows, Row{"period": "year", "from_at": from.AddDate(0, -11, 0).Format(london.WallClock), "until_at": until.Format(london.WallClock)})
		}
	}
	return rows, nil
}

// PackPeriods are what a pack can speak for: the last whole one before the as-at moment.
var PackPeriods = [...]string{"week", "month"}
