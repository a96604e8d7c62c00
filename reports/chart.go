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

// svg draws a table's waterfall with its numbers at the ends of the bars, so that no colour has to be told from another.
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
	height := vg.Length(54 + pitch*c.Rows)
	if err := c.waterfall(p, rows[:c.Rows]); err != nil {
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
