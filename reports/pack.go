package reports

import (
	"context"
	dbsql "database/sql"
	"fmt"
	"slices"
	"strings"

	"careshare/sql"
)

// ManagersPack is one page that answers a manager's questions, and the details behind it.
type ManagersPack struct {
	About
	Council     string
	RoundTo     int // numbers of people are rounded to a multiple of it
	Span        Span
	Headlines   []Line
	Actions     []Line
	Changes     []Line
	Quality     []Line
	Trends      []Trend
	Views       []View
	Definitions []Definition
}

// Span is what a pack covers beside its as-at moment.
type Span struct {
	Period string // week or month: its flows are counted, and the pack before it is compared with
	Words  string // which one
}

// Line is one row of the published dataset pack_summary.
type Line struct {
	Part, Title, Unit, Better, Status, Team, Words                   string
	Value, OutOf, Percent, Previous, PreviousPercent, Change, Target dbsql.NullFloat64
}

// Definition says how to read one figure, and which model makes it.
type Definition struct {
	Figure, Why, Numerator, Denominator, Source, KnownLimits, Model, Query string
}

// figure is one published number.
type figure struct {
	figure, breakdown, category, within, measure, status, previousStatus string
	value, previous, percent                                             dbsql.NullFloat64
}

// ReadPack reads the published datasets of a pack that says what it is about. It works out nothing.
func ReadPack(ctx context.Context, db *sql.DB, pack ManagersPack) (ManagersPack, error) {
	span := pack.Span
	figures, err := readFigures(ctx, db, span.Period)
	if err != nil {
		return pack, fmt.Errorf("read figures: %w", err)
	}
	pack.Views = viewsOf(figures, span.Period)
	if pack.Definitions, err = readDefinitions(ctx, db); err != nil {
		return pack, fmt.Errorf("read the figures' definitions: %w", err)
	}
	if pack.Trends, err = readTrends(ctx, db); err != nil {
		return pack, fmt.Errorf("read trends: %w", err)
	}
	lines, err := readLines(ctx, db, span.Period)
	if err != nil {
		return pack, fmt.Errorf("read the summary: %w", err)
	}
	for _, l := range lines {
		switch l.Part {
		case "headline":
			pack.Headlines = append(pack.Headlines, l)
		case "action":
			pack.Actions = append(pack.Actions, l)
		case "change":
			pack.Changes = append(pack.Changes, l)
		default:
			pack.Quality = append(pack.Quality, l)
		}
	}
	return pack, nil
}

// read gives each row of a query to scan.
func read(ctx context.Context, db *sql.DB, query string, scan func(row *dbsql.Rows) error, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func readLines(ctx context.Context, db *sql.DB, period string) (lines []Line, err error) {
	err = read(ctx, db, `select part, title, unit, better, status, coalesce(team, ''), coalesce(words, ''), cast(value as double),
		cast(out_of as double), percent, cast(previous_value as double), previous_percent, change, target
		from pack_summary where period = ? order by part, position`, func(row *dbsql.Rows) error {
		var l Line
		defer func() { lines = append(lines, l) }()
		return row.Scan(&l.Part, &l.Title, &l.Unit, &l.Better, &l.Status, &l.Team, &l.Words, &l.Value, &l.OutOf, &l.Percent,
			&l.Previous, &l.PreviousPercent, &l.Change, &l.Target)
	}, period)
	return lines, err
}

func readFigures(ctx context.Context, db *sql.DB, period string) (figures []figure, err error) {
	if !slices.Contains([]string{"week", "month"}, period) {
		return nil, fmt.Errorf("unknown period %q", period)
	}
	err = read(ctx, db, fmt.Sprintf(`select figure, breakdown, category, coalesce(within, ''), measure,
		_status, _previous_%[1]s_status, cast(value as double), cast(previous_%[1]s_value as double), percent_of_measure
		from figures order by figure, breakdown, category, measure`, period), func(row *dbsql.Rows) error {
		var f figure
		defer func() { figures = append(figures, f) }()
		return row.Scan(&f.figure, &f.breakdown, &f.category, &f.within, &f.measure, &f.status, &f.previousStatus,
			&f.value, &f.previous, &f.percent)
	})
	return figures, err
}

func readDefinitions(ctx context.Context, db *sql.DB) (all []Definition, err error) {
	err = read(ctx, db, "select figure, why, numerator, denominator, source, known_limits, model, query from figure_definitions order by figure",
		func(row *dbsql.Rows) error {
			var d Definition
			defer func() { all = append(all, d) }()
			return row.Scan(&d.Figure, &d.Why, &d.Numerator, &d.Denominator, &d.Source, &d.KnownLimits, &d.Model, &d.Query)
		})
	return all, err
}

// Title is the figure's name in words.
func (d Definition) Title() string {
	return sentenceCase(strings.NewReplacer("_", " ", "nhs", "NHS", "cpis", "CP-IS").Replace(d.Figure))
}

func sentenceCase(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (f figure) shown() Cell {
	if !f.value.Valid {
		return text(suppressed)
	}
	return number(f.value.Float64)
}

func (f figure) share() Cell {
	switch {
	case f.percent.Valid:
		return number(f.percent.Float64)
	case f.value.Valid:
		return text(notAvailable) // out of none
	}
	return text(suppressed)
}

func (f figure) past() Cell {
	switch {
	case f.previousStatus == "not available":
		return text(notAvailable)
	case !f.previous.Valid:
		return text(suppressed)
	}
	return number(f.previous.Float64)
}
