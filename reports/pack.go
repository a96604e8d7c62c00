package reports

import (
	"context"
	dbsql "database/sql"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"careshare/sql"
)

// Pack is the managers' pack: a section for each figure.
type Pack struct {
	About
	Speaks   string   // for which time, in words
	Intro    []string // sentences before the first section, instead of the words on suppressed numbers
	Sections []Section
}

// Section is one figure with its definition and its tables.
type Section struct {
	Figure, Title                                                  string
	Why, Numerator, Denominator, Source, KnownLimits, Model, Query string
	Tables                                                         []Table
}

// sections are the pack in reading order: the figure, its title, and the measure that its charts show.
var sections = [...]struct {
	figure, title, measure string
	line                   bool
}{
	{"open_episodes", "Open episodes of care", "open", false},
	{"open_episodes_by_month", "Open episodes of care, month by month", "open", true},
	{"consent_asked", "Consent asked, given and refused", "refused in the " + thePeriod, false},
	{"sharing", "Sharing both ways", "withheld", false},
	{"nhs_number_standing", "NHS number coverage", "people", false},
	{"visits_together", "Visits that could be made together", "people", false},
	{"integrated_records_by_field", "Recorded by health and by the council", "recorded twice and different", false},
	{"integrated_activity", "Integrated teams, by both regimes", "items", false},
	{"cpis_children", "CP-IS: children whom the NHS should know", "without a matched NHS number", false},
	{"cpis_upload_failures", "CP-IS: what keeps children from the NHS", "children", false},
	{"cpis_accesses", "CP-IS: where and when children were seen", "children seen", false},
	{"cpis_first_looks", "CP-IS: how soon somebody looked", "not looked at", false},
	{"cpis_closures", "CP-IS: how soon follow-ups were closed", "open", false},
	{"cpis_due", "CP-IS: open beyond the due time", "past due", false},
	{"data_quality", "Data quality", "rows quarantined", false},
	{"data_quality_trend", "Data quality, snapshot by snapshot", "all sources", true},
	{"source_freshness", "Freshness of each source", "days old", false},
}

// thePeriod stands for the pack's own in the name of a measure.
const thePeriod = "PERIOD"

// Span is what a pack speaks for beside its as-at moment.
type Span struct {
	Period string // week or month: its flows are counted, and the pack before it is compared with
	Words  string // which one
}

// figure is one published number.
type figure struct {
	figure, breakdown, category, within, measure, partOf, status, previousStatus string
	value, previous, percent                                                     dbsql.NullFloat64
}

// ReadPack reads the published datasets figures and figure_definitions.
func ReadPack(ctx context.Context, db *sql.DB, about About, span Span) (Pack, error) {
	figures, err := readFigures(ctx, db, span.Period)
	if err != nil {
		return Pack{}, fmt.Errorf("read figures: %w", err)
	}
	figures = slices.DeleteFunc(figures, func(f figure) bool { return isOfAnother(f.measure, span.Period) })
	defined, err := readDefinitions(ctx, db)
	if err != nil {
		return Pack{}, fmt.Errorf("read the figures' definitions: %w", err)
	}
	pack := Pack{About: about, Speaks: span.Words}
	for _, s := range sections {
		section := defined[s.figure] // nothing to count, as with no data at all, has none
		section.Figure, section.Title = s.figure, s.title
		of := slices.DeleteFunc(slices.Clone(figures), func(f figure) bool { return f.figure != s.figure })
		section.Tables = tablesOf(section, of, strings.ReplaceAll(s.measure, thePeriod, span.Period), s.line)
		pack.Sections = append(pack.Sections, section)
	}
	return pack, nil
}

// isOfAnother says whether a measure is of a period that the pack does not speak for.
func isOfAnother(measure, period string) bool {
	_, of, found := strings.Cut(measure, " in the ")
	return found && of != period
}

// readFigures reads them in the order in which they are shown: what begins with a number by that number, as ages do, and before it what
// begins with none; what was opened in a period before what was closed.
func readFigures(ctx context.Context, db *sql.DB, period string) ([]figure, error) {
	rows, err := db.QueryContext(ctx, fmt.Sprintf(`select figure, breakdown, category, coalesce(within, ''), measure, coalesce(part_of, ''),
		_status, _previous_%[1]s_status, cast(value as double), cast(previous_%[1]s_value as double), percent_of_measure
		from figures order by figure, breakdown, within, category,
			try_cast(regexp_extract(measure, '^[0-9]+') as integer) nulls first, measure like 'closed in the %%', measure`, period))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var figures []figure
	for rows.Next() {
		var f figure
		if err := rows.Scan(&f.figure, &f.breakdown, &f.category, &f.within, &f.measure, &f.partOf, &f.status,
			&f.previousStatus, &f.value, &f.previous, &f.percent); err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	return figures, rows.Err()
}

func readDefinitions(ctx context.Context, db *sql.DB) (map[string]Section, error) {
	rows, err := db.QueryContext(ctx, "select figure, why, numerator, denominator, source, known_limits, model, query from figure_definitions")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	defined := map[string]Section{}
	for rows.Next() {
		var s Section
		if err := rows.Scan(&s.Figure, &s.Why, &s.Numerator, &s.Denominator, &s.Source, &s.KnownLimits, &s.Model, &s.Query); err != nil {
			return nil, err
		}
		defined[s.Figure] = s
	}
	return defined, rows.Err()
}

// notes are the definition in sentences.
func (s Section) notes() []string {
	return []string{
		"Counts: " + s.Numerator + ".", "Out of: " + s.Denominator + ".", "Source: " + s.Source + ".",
		"Known limits: " + s.KnownLimits + ".", "Model: " + s.Model,
	}
}

// tablesOf makes a table of each breakdown; the whole stands in each as its last row.
func tablesOf(s Section, figures []figure, measure string, line bool) []Table {
	var breakdowns []string
	for _, f := range figures {
		if f.breakdown != "all" && !slices.Contains(breakdowns, f.breakdown) {
			breakdowns = append(breakdowns, f.breakdown)
		}
	}
	if len(breakdowns) == 0 {
		breakdowns = []string{"all"}
	}
	var tables []Table
	for _, breakdown := range breakdowns {
		tables = append(tables, tableOf(s, figures, breakdown, measure, line))
	}
	return tables
}

func tableOf(s Section, figures []figure, breakdown, measure string, line bool) Table {
	title := s.Title
	if breakdown != "all" && breakdown != "month" {
		title += ", by " + breakdown
	}
	g := grid{figures: figures, breakdown: breakdown, chart: measure}
	g.read()
	rows := g.rows()
	t := Table{Models: s.Query != "", Name: sheetName(s.Figure, breakdown), Title: title, Notes: s.notes(), Header: g.header(), Rows: rowsOf(rows), Count: len(rows), Totals: len(g.wholes)}
	t.Widths = packWidths(rows)
	t.Numeric, t.Hides = make([]bool, len(t.Header)), true
	for i := range t.Numeric {
		t.Numeric[i] = i > 0
	}
	if column := slices.Index(g.measures, measure); column >= 0 && slices.ContainsFunc(rows[:len(g.parts)], func(row []Cell) bool { return row[column+1].isNumber() }) {
		t.Chart = &Chart{Title: title + ": " + measure, Column: column + 1, Line: line, Rows: len(g.parts)}
	}
	return t
}

// packWidths are as narrow as names and numbers allow: what table and chart need is what they are made smaller by on paper.
func packWidths(rows [][]Cell) []float64 {
	const least, most, count = 14, 52, 15
	longest := 0
	for _, row := range rows {
		longest = max(longest, utf8.RuneCountInString(row[0].Text))
	}
	widths := []float64{min(max(wider*float64(longest)+2*indent, least), most)}
	for range rows[0][1:] {
		widths = append(widths, count)
	}
	return widths
}

// sheetName is short and unique: a sheet's name has at most 31 characters.
func sheetName(figure, breakdown string) string {
	name := strings.NewReplacer("_", " ", "nhs_number_standing", "nhs numbers").Replace(figure)
	if breakdown != "all" {
		name = strings.Replace(name, "open episodes by month", "open episodes", 1) + " by " + breakdown
	}
	return name[:min(len(name), 30)]
}

// modelsSheet is where a workbook has the models.
const modelsSheet = "models"

// PackWorkbook writes the pack as an accessible workbook with charts.
func PackWorkbook(w io.Writer, scratch string, p Pack) error {
	notes := []string{
		"Numbers of people are rounded, each by itself, so that totals may not be the sum of their parts.",
		"A definition stands above each table; its last line leads to the model that makes its numbers.",
	}
	if p.Speaks != "" {
		notes = append([]string{"This pack speaks for " + strings.ToLower(p.Speaks[:1]) + p.Speaks[1:] + "."}, notes...)
	}
	var tables []Table
	var models [][]Cell
	for _, s := range p.Sections {
		tables = append(tables, s.Tables...)
		if s.Query != "" {
			models = append(models, []Cell{text(s.Title), text(s.Model), text(s.Query)})
		}
	}
	if len(models) > 0 {
		tables = append(tables, Table{
			Name: modelsSheet, Title: "The models that make the figures", Header: []string{"Figure", "Model", "Query"},
			Widths: []float64{36, 36, 110}, Rows: rowsOf(models), Count: len(models),
		})
	}
	return Workbook(w, scratch, p.About, notes, tables)
}
