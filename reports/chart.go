package reports

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"slices"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// The page's colours; in the dark, its style sheet exchanges them.
var (
	ink = color.RGBA{R: 0x0b, G: 0x0c, B: 0x0c, A: 0xff}
	bar = color.RGBA{R: 0x1d, G: 0x70, B: 0xb8, A: 0xff}
)

const (
	chartWidth  = 420 // points; a phone shows them about as large as its own text
	labelSize   = 12  // points; the page draws at 11, so that a wider typeface has room
	labelLength = 30  // characters on a line
)

// svg draws a table's chart: bars with their numbers at the end, so that no colour has to be told from another.
func (c Chart) svg(rows [][]Cell) (template.HTML, error) {
	p := plot.New()
	p.BackgroundColor = color.Transparent
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Tick.Label.Font = letters(labelSize)
		axis.Tick.Label.Color, axis.Color, axis.Tick.Color = ink, ink, ink
	}
	pitch := 24
	if slices.ContainsFunc(rows[:c.Rows], func(row []Cell) bool { return strings.Contains(inLines(row[0].Text), "\n") }) {
		pitch = 30
	}
	height := vg.Length(30 + pitch*c.Rows)
	draws := c.bars
	if c.Line {
		height, draws = 220, c.line
	}
	if c.Waterfall {
		height, draws = height+24, c.waterfall
	}
	if err := draws(p, rows[:c.Rows]); err != nil {
		return "", fmt.Errorf("draw %s: %w", c.Title, err)
	}
	canvas := vgsvg.New(chartWidth, height)
	p.Draw(draw.New(canvas))
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return "", fmt.Errorf("draw %s: %w", c.Title, err)
	}
	return inline(out.String(), c.Title), nil
}

// inline makes a picture that stands alone into one that stands in a page, with a name for who cannot see it.
func inline(svg, title string) template.HTML {
	_, rest, _ := strings.Cut(svg, "<svg")
	_, rest, _ = strings.Cut(rest, "viewBox=")
	return template.HTML(`<svg role="img" aria-label="` + template.HTMLEscapeString(title) + `" viewBox=` + rest)
}

func (c Chart) bars(p *plot.Plot, rows [][]Cell) error {
	var values plotter.Values
	var names []string
	numbers := plotter.XYLabels{}
	for i := len(rows) - 1; i >= 0; i-- { // the first row on top
		value, label := 0.0, rows[i][c.Column].Text
		if n := rows[i][c.Column].Number; n != nil {
			value, label = *n, fmt.Sprintf("%.0f", *n)
		}
		values = append(values, value)
		names = append(names, inLines(rows[i][0].Text))
		numbers.XYs = append(numbers.XYs, plotter.XY{X: value, Y: float64(len(names) - 1)})
		numbers.Labels = append(numbers.Labels, label)
	}
	bars, err := plotter.NewBarChart(values, 14)
	if err != nil {
		return err
	}
	bars.Horizontal, bars.Color, bars.LineStyle.Width = true, bar, 0
	labels, err := c.labels(numbers)
	if err != nil {
		return err
	}
	labels.Offset = vg.Point{X: 4}
	for i := range labels.TextStyle {
		labels.TextStyle[i].YAlign = -0.4
	}
	p.Add(bars, labels)
	p.NominalY(names...)
	p.HideX()
	p.X.Min = 0
	p.X.Max = max(p.X.Max, 1) * 1.12
	p.Y.Min, p.Y.Max = -0.6, float64(len(rows))-0.4
	return nil
}

func (c Chart) line(p *plot.Plot, rows [][]Cell) error {
	points := plotter.XYLabels{}
	var names []string
	for i, row := range rows {
		names = append(names, row[0].Text)
		if n := row[c.Column].Number; n != nil {
			points.XYs = append(points.XYs, plotter.XY{X: float64(i), Y: *n})
			points.Labels = append(points.Labels, fmt.Sprintf("%.0f", *n))
		}
	}
	if len(points.XYs) > 0 {
		line, dots, err := plotter.NewLinePoints(points.XYs)
		if err != nil {
			return err
		}
		line.Color, line.Width, dots.Color, dots.Shape = bar, 2, bar, draw.CircleGlyph{}
		labels, err := c.labels(points)
		if err != nil {
			return err
		}
		labels.Offset = vg.Point{X: -8, Y: 6}
		p.Add(line, dots, labels)
	}
	p.NominalX(names...)
	p.X.Tick.Label.Rotation, p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = 0.8, -1, -0.5
	p.Y.Min = 0
	p.Y.Max = max(p.Y.Max, 1) * 1.15
	p.X.Min, p.X.Max = -0.5, float64(len(rows))-0.5
	return nil
}

func (c Chart) labels(at plotter.XYLabels) (*plotter.Labels, error) {
	labels, err := plotter.NewLabels(at)
	if err != nil {
		return nil, err
	}
	for i := range labels.TextStyle {
		labels.TextStyle[i].Font, labels.TextStyle[i].Color = letters(labelSize), ink
	}
	return labels, nil
}

func letters(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}

// inLines puts a long name on two lines, between words: names that begin alike, cut short, could not be told apart. What is longer
// still stands whole in the table beside the chart.
func inLines(name string) string {
	if utf8.RuneCountInString(name) <= labelLength {
		return name
	}
	var first string
	words := strings.Fields(name)
	for len(words) > 0 && utf8.RuneCountInString(first)+1+utf8.RuneCountInString(words[0]) <= labelLength {
		first, words = strings.TrimSpace(first+" "+words[0]), words[1:]
	}
	return strings.TrimSpace(first + "\n" + shortened(strings.Join(words, " ")))
}

func shortened(name string) string {
	if letters := []rune(name); len(letters) > labelLength {
		return string(letters[:labelLength-1]) + "…"
	}
	return name
}
