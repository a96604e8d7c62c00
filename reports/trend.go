package reports

import (
	"context"
	dbsql "database/sql"
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"

	"careshare/sql"
)

// Trend is one series as a statistical process control chart, as the published dataset trends has it.
type Trend struct {
	Series, Unit, Better, Spacing string
	Variation, Assurance          string // of the series, as the dataset has them
	Points                        int64  // how many are shown; limits from 12 on
	Mean, Lower, Upper, Target    dbsql.NullFloat64
	IsClipped                     bool
	Rows                          []TrendPoint
}

// TrendPoint is one point; a suppressed one has no value.
type TrendPoint struct {
	On        time.Time
	Value     dbsql.NullFloat64
	Variation string   // common cause, improvement, concern or neutral; empty without limits
	Rules     []string // those that the point meets, in words
}

func readTrends(ctx context.Context, db *sql.DB) (trends []Trend, err error) {
	err = read(ctx, db, `select series, unit, better, spacing, series_variation, series_assurance, count_points, mean, lower_limit, upper_limit,
		target, is_clipped, point_on, value, coalesce(variation, ''), is_outside_limits, is_in_run, is_in_trend, is_near_limit
		from trends order by position, point_on`, func(row *dbsql.Rows) error {
		var t Trend
		var p TrendPoint
		var rules [4]bool
		if err := row.Scan(&t.Series, &t.Unit, &t.Better, &t.Spacing, &t.Variation, &t.Assurance, &t.Points, &t.Mean, &t.Lower, &t.Upper,
			&t.Target, &t.IsClipped, &p.On, &p.Value, &p.Variation, &rules[0], &rules[1], &rules[2], &rules[3]); err != nil {
			return err
		}
		for i, words := range []string{"outside the limits", "one of 7 in a row on one side of the mean", "one of 7 in a row in one direction", "2 of 3 near a limit"} {
			if rules[i] {
				p.Rules = append(p.Rules, words)
			}
		}
		if len(trends) == 0 || trends[len(trends)-1].Series != t.Series {
			trends = append(trends, t)
		}
		last := &trends[len(trends)-1]
		last.Rows = append(last.Rows, p)
		if t.Mean.Valid { // a suppressed point has none
			last.Mean, last.Lower, last.Upper = t.Mean, t.Lower, t.Upper
		}
		last.IsClipped = last.IsClipped || t.IsClipped
		return nil
	})
	return trends, err
}

// IsDrawn says that there is a line to draw.
func (t Trend) IsDrawn() bool { return t.Points >= 2 }

// Label is when a point was, as short as its axis needs.
func (t Trend) Label(p TrendPoint) string {
	if t.Spacing == "month" {
		return p.On.Format("Jan 2006")
	}
	return p.On.Format("2 Jan 2006")
}

// Words say what the chart shows, for those who do not see it and for those who do.
func (t Trend) Words() string {
	var words []string
	switch t.Variation {
	case "too few points":
		words = append(words, fmt.Sprintf("No limits yet: %s of the 12 that they need.", Counted(t.Points, "point")))
	case "common cause":
		words = append(words, "Common cause: no significant change.")
	case "improvement":
		words = append(words, "Special cause: improvement.")
	case "concern":
		words = append(words, "Special cause: concern.")
	default:
		words = append(words, "Special cause: "+strings.TrimPrefix(t.Variation, "neutral, ")+", neither better nor worse.")
	}
	switch t.Assurance {
	case "always meets":
		words = append(words, "The target will be met.")
	case "never meets":
		words = append(words, "The target will be missed unless something changes.")
	case "hit and miss":
		words = append(words, "The target may be met or missed.")
	}
	if t.IsClipped {
		words = append(words, "Limits stop at what is possible.")
	}
	return strings.Join(words, " ")
}

// The chart's frame in pixels: as wide as half a page.
const (
	trendWidth, trendHeight         = 520, 190
	trendLeft, trendRight           = 46, 12
	trendTop, trendBottom           = 10, 26
	trendNames                      = 5 // names under the axis, about
	markSize                float64 = 4
)

// SVG draws the chart: the line, its mean and limits, the target, and a mark for each point whose shape says what its colour says.
func (t Trend) SVG() template.HTML {
	least, most := t.bounds()
	step := wholeStep(most - least)
	least, most = math.Floor(least/step)*step, math.Ceil(most/step)*step
	if most == least {
		most += step
	}
	x := func(i int) float64 {
		return trendLeft + float64(i)*float64(trendWidth-trendLeft-trendRight)/float64(max(1, len(t.Rows)-1))
	}
	y := func(v float64) float64 {
		return trendHeight - trendBottom - (v-least)/(most-least)*float64(trendHeight-trendTop-trendBottom)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="spc" role="img" aria-label="%s" viewBox="0 0 %d %d">`, template.HTMLEscapeString("Chart: "+t.Series+". "+t.Words()), trendWidth, trendHeight)
	for v := least; v <= most+step/2; v += step {
		fmt.Fprintf(&b, `<line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`,
			trendLeft, trendWidth-trendRight, y(v), y(v), trendLeft-5, y(v)+4, spelt(v)+t.sign())
	}
	every := (len(t.Rows) + trendNames - 1) / trendNames
	for i := len(t.Rows) - 1; i >= 0; i -= max(1, every) { // the newest has its name
		anchor := "middle"
		if i == len(t.Rows)-1 {
			anchor = "end"
		} else if i == 0 {
			anchor = "start"
		}
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="%s">%s</text>`, x(i), trendHeight-8, anchor, t.axisName(t.Rows[i]))
	}
	for _, l := range []struct {
		at    dbsql.NullFloat64
		class string
	}{{t.Lower, "limit"}, {t.Upper, "limit"}, {t.Mean, "mean"}, {t.Target, "target"}} {
		if l.at.Valid {
			fmt.Fprintf(&b, `<line class="%s" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/>`, l.class, trendLeft, trendWidth-trendRight, y(l.at.Float64), y(l.at.Float64))
		}
	}
	t.drawLine(&b, x, y)
	for i, p := range t.Rows {
		if p.Value.Valid {
			b.WriteString(mark(x(i), y(p.Value.Float64), p.Variation))
		}
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// axisName is a point's name under the axis, where there is little room.
func (t Trend) axisName(p TrendPoint) string {
	if t.Spacing == "month" {
		return p.On.Format("Jan 06")
	}
	return p.On.Format("2 Jan")
}

func (t Trend) sign() string {
	if t.Unit == "percent" {
		return "%"
	}
	return ""
}

// drawLine leaves out what is suppressed: a gap, and no nought.
func (t Trend) drawLine(b *strings.Builder, x func(int) float64, y func(float64) float64) {
	path, isOpen := "", false
	for i, p := range t.Rows {
		if !p.Value.Valid {
			isOpen = false
			continue
		}
		to := "L"
		if !isOpen {
			to = "M"
		}
		path, isOpen = path+fmt.Sprintf("%s%.1f %.1f", to, x(i), y(p.Value.Float64)), true
	}
	fmt.Fprintf(b, `<path class="line" d="%s"/>`, path)
}

// bounds hold every point and line. Counts begin at nought where that leaves the line legible.
func (t Trend) bounds() (least, most float64) {
	least, most = math.Inf(1), math.Inf(-1)
	take := func(v dbsql.NullFloat64) {
		if v.Valid {
			least, most = min(least, v.Float64), max(most, v.Float64)
		}
	}
	for _, v := range []dbsql.NullFloat64{t.Lower, t.Upper, t.Mean, t.Target} {
		take(v)
	}
	for _, p := range t.Rows {
		take(p.Value)
	}
	if least >= 0 && least < most/2 {
		least = 0
	}
	return least, most
}

// wholeStep is a step of 1, 2 or 5 times a power of ten, and never less than one: there is no quarter of a person.
func wholeStep(span float64) float64 {
	const lines = 4
	power := math.Pow(10, math.Floor(math.Log10(max(span/lines, 1))))
	for _, times := range []float64{1, 2, 5} {
		if span/(power*times) <= lines {
			return power * times
		}
	}
	return power * 10
}

// mark is a point: a circle for common cause, a square for concern, a diamond for improvement, a triangle for neutral change.
func mark(x, y float64, variation string) string {
	const s = markSize
	switch {
	case variation == "concern":
		return fmt.Sprintf(`<rect class="concern" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, x-s, y-s, 2*s, 2*s)
	case variation == "improvement":
		return fmt.Sprintf(`<path class="improvement" d="M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f %.1fz"/>`, x, y-s*1.4, s*1.4, s*1.4, -s*1.4, s*1.4, -s*1.4, -s*1.4)
	case strings.HasPrefix(variation, "neutral"):
		return fmt.Sprintf(`<path class="neutral" d="M%.1f %.1fl%.1f %.1fh%.1fz"/>`, x, y-s*1.3, s*1.3, s*2.4, -s*2.6)
	}
	return fmt.Sprintf(`<circle class="common" cx="%.1f" cy="%.1f" r="%.1f"/>`, x, y, s)
}

// icon is a ring with a sign in it, beside the words that say the same.
func icon(class, sign string) template.HTML {
	return template.HTML(`<svg class="icon ` + class + `" aria-hidden="true" viewBox="0 0 40 40"><circle cx="20" cy="20" r="17"/>` + sign + `</svg>`)
}

// VariationIcon shows the newest point: a wave for common cause, an arrow for a special cause, up or down.
func (t Trend) VariationIcon() template.HTML {
	up := `<path d="M11 28L28 12M28 12h-9M28 12v9"/>`
	down := `<path d="M11 12L28 28M28 28h-9M28 28v-9"/>`
	arrow := func(isUp bool) string {
		if isUp {
			return up
		}
		return down
	}
	switch {
	case t.Variation == "too few points":
		return icon("common", `<path d="M12 20h3M19 20h3M26 20h3"/>`)
	case t.Variation == "improvement":
		return icon("improvement", arrow(t.Better == "up"))
	case t.Variation == "concern":
		return icon("concern", arrow(t.Better == "down"))
	case strings.HasPrefix(t.Variation, "neutral"):
		return icon("neutral", arrow(t.Variation == "neutral, up"))
	}
	return icon("common", `<path d="M9 22q5 -12 11 -2t11 -2"/>`)
}

// AssuranceIcon shows the target against the limits: P for pass, F for fail, a question mark between.
func (t Trend) AssuranceIcon() template.HTML {
	switch t.Assurance {
	case "always meets":
		return icon("improvement", `<path d="M15 29V11h7a5 5 0 0 1 0 10h-7"/>`)
	case "never meets":
		return icon("concern", `<path d="M15 29V11h11M15 20h9"/>`)
	case "hit and miss":
		return icon("common", `<path d="M15 15a5 5 0 1 1 7 5q-2 1 -2 4M20 28v1"/>`)
	}
	return ""
}
