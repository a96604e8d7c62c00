package reports

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Part is one part of a weight, in bits, and the sum with all parts before it.
type Part struct {
	What, How string
	Bits, Sum float64
}

// Waterfall is a table of the parts of a weight with a chart in which each begins where the one before it ends.
func Waterfall(name, title string, notes []string, parts []Part) Table {
	var rows [][]Cell
	for _, p := range parts {
		rows = append(rows, []Cell{text(p.What), text(p.How), signed(p.Bits), signed(p.Sum)})
	}
	return Table{
		Name: name, Title: title, Notes: notes, Header: []string{"What", "How it agrees", "Bits", "Sum"}, Rows: rowsOf(rows), Count: len(rows), Numeric: []bool{false, false, true, true},
		Chart: &Chart{Title: "How the weight came about, part by part", Column: 2, Rows: len(parts)},
	}
}

// signed is a number of bits with one place and its sign, to be read without the colour of a bar.
func signed(bits float64) Cell { return Cell{Text: fmt.Sprintf("%+.1f", bits), Number: &bits} }

// fall draws a bar from one sum to the next: full for bits that speak for the match, an outline for those against.
type fall struct {
	from, to float64
	row      float64
}

func (f fall) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	const half = 0.3
	left, right := x(min(f.from, f.to)), x(max(f.from, f.to))
	if right-left < 1 { // nothing for or against is a line
		right = left + 1
	}
	corners := []vg.Point{{X: left, Y: y(f.row - half)}, {X: right, Y: y(f.row - half)}, {X: right, Y: y(f.row + half)}, {X: left, Y: y(f.row + half)}}
	if f.to >= f.from {
		c.FillPolygon(bar, corners)
		return
	}
	c.StrokeLines(draw.LineStyle{Color: bar, Width: 1.5}, append(corners, corners[0]))
}

func (c Chart) waterfall(p *plot.Plot, rows [][]Cell) error {
	var names []string
	numbers := plotter.XYLabels{}
	sum, least, most := 0.0, 0.0, 0.0
	for i, row := range rows {
		at, bits := float64(len(rows)-1-i), *row[c.Column].Number
		p.Add(fall{from: sum, to: sum + bits, row: at})
		least, most = min(least, sum+bits), max(most, sum+bits)
		numbers.XYs = append(numbers.XYs, plotter.XY{X: max(sum, sum+bits), Y: at})
		numbers.Labels = append(numbers.Labels, row[c.Column].Text)
		sum += bits
		names = append([]string{inLines(row[0].Text)}, names...)
	}
	labels, err := c.labels(numbers)
	if err != nil {
		return err
	}
	labels.Offset = vg.Point{X: 4}
	for i := range labels.TextStyle {
		labels.TextStyle[i].YAlign = -0.4
	}
	p.Add(labels)
	p.NominalY(names...)
	p.X.Label.Text, p.X.Label.TextStyle.Font, p.X.Label.TextStyle.Color = "bits", letters(labelSize), ink
	p.X.Min, p.X.Max = least-1, most+(most-least)*0.14+1
	p.Y.Min, p.Y.Max = -0.6, float64(len(rows))-0.4
	return nil
}
