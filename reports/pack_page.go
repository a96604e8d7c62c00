package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
)

var (
	//go:embed pack.html
	packHTML string
	//go:embed pack.css
	packCSS string
)

var packTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("pack").Funcs(pageFuncs()).Funcs(template.FuncMap{
		"packStyle": func() template.CSS { return template.CSS(packCSS) },
	}).Parse(packHTML)
})

// WritePage writes the pack as one page that needs nothing else: no script, no other file.
func (p ManagersPack) WritePage(w io.Writer) error {
	page, err := packTemplate()
	if err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	if err := page.Execute(w, p); err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	return nil
}

// Big is the headline itself.
func (l Line) Big() string {
	switch {
	case l.Status == "too few to show":
		return suppressed
	case l.Unit == "percent" && l.Percent.Valid:
		return spelt(math.Round(l.Percent.Float64)) + "%"
	case l.Value.Valid:
		return spelt(l.Value.Float64)
	}
	return notAvailable
}

// OutOfWords are the numbers behind a percentage, or the percentage behind a number.
func (l Line) OutOfWords() string {
	switch {
	case !l.Value.Valid || !l.OutOf.Valid:
		return ""
	case l.Unit == "percent":
		return spelt(l.Value.Float64) + " of " + spelt(l.OutOf.Float64)
	}
	return "of " + spelt(l.OutOf.Float64)
}

// Moved is a change in words, with its unit.
func (l Line) Moved() string {
	words := "up "
	if l.Change.Float64 < 0 {
		words = "down "
	}
	if l.Unit == "percent" {
		return words + spelt(math.Round(math.Abs(l.Change.Float64))) + " points"
	}
	return words + spelt(math.Abs(l.Change.Float64))
}

// ChangeWords compare with the pack before.
func (l Line) ChangeWords(period string) string {
	if !l.Change.Valid {
		return "No " + period + " before to compare"
	}
	if math.Round(math.Abs(l.Change.Float64)) == 0 {
		return "No change in a " + period
	}
	way := ""
	isUp := l.Change.Float64 > 0
	switch {
	case l.Better == "neutral":
	case (l.Better == "up") == isUp:
		way = ": better"
	default:
		way = ": worse"
	}
	sign := "▼ "
	if isUp {
		sign = "▲ "
	}
	return sign + l.Moved() + way
}

// StatusWords say how the headline is against its target. Colour says it too, and never alone.
func (l Line) StatusWords() string {
	switch l.Status {
	case "meets target", "misses target":
		target := spelt(l.Target.Float64)
		if l.Unit == "percent" {
			target += "%"
		}
		return sentenceCase(strings.ReplaceAll(l.Status, "target", "the target of "+target))
	}
	return sentenceCase(l.Status)
}

// Class is the tile's colour.
func (l Line) Class() string { return strings.TrimSuffix(l.Status, " target") }

// HasPrevious says whether there is a pack to compare with.
func (p ManagersPack) HasPrevious() bool {
	return slices.ContainsFunc(p.Headlines, func(l Line) bool { return l.Change.Valid })
}

// Action is what is to be done, how often, and the teams with the most of it.
type Action struct{ Title, Count, Teams string }

// ToDo puts the teams of each action beside it.
func (p ManagersPack) ToDo() (all []Action) {
	for _, l := range p.Actions {
		if l.Team == "" {
			all = append(all, Action{Title: l.Title, Count: l.Big()})
			continue
		}
		last := &all[len(all)-1]
		if last.Teams != "" {
			last.Teams += ", "
		}
		last.Teams += l.Team + " " + l.Big()
	}
	return all
}

// NotDrawn are the series that have no line yet.
func (p ManagersPack) NotDrawn() string {
	var names []string
	for _, t := range p.Trends {
		if !t.IsDrawn() {
			names = append(names, t.Series)
		}
	}
	return strings.Join(names, "; ")
}

// OpenNow explains two numbers of open episodes side by side: the headline is as at the pack, the chart as at the end of a month.
func (p ManagersPack) OpenNow() string {
	month := slices.IndexFunc(p.Trends, func(t Trend) bool { return strings.HasPrefix(t.Series, "Open episodes") })
	now := slices.IndexFunc(p.Headlines, func(l Line) bool { return l.Title == "Open episodes of care" })
	if month < 0 || now < 0 || len(p.Trends[month].Rows) == 0 || !p.Headlines[now].Value.Valid {
		return ""
	}
	last := p.Trends[month].Rows[len(p.Trends[month].Rows)-1]
	if !last.Value.Valid {
		return ""
	}
	return fmt.Sprintf("Open episodes: %s at the end of %s, the chart's last point; %s at %s, the headline.", spelt(last.Value.Float64),
		last.On.Format("January 2006"), p.Headlines[now].Big(), onTheClock(p.AsAt))
}

// Special says which rules a point meets.
func (t TrendPoint) Special() string {
	if len(t.Rules) == 0 {
		return ""
	}
	return t.Variation + ": " + strings.Join(t.Rules, "; ")
}

// PackSection is a heading with its tables.
type PackSection struct {
	Title, ID string
	Views     []View
	Unshown   string // tables of which every number is suppressed
}

// Sections are the tables that show something, under their headings.
func (p ManagersPack) Sections() (all []PackSection) {
	for _, s := range sheets {
		section := PackSection{Title: s.section, ID: strings.ReplaceAll(s.sheet, " ", "-")}
		var unshown []string
		for _, v := range p.Views {
			switch {
			case v.Section != s.section:
			case len(v.shownRows()) == 0:
				unshown = append(unshown, v.Title)
			default:
				section.Views = append(section.Views, v)
			}
		}
		section.Unshown = strings.Join(unshown, "; ")
		if len(section.Views) > 0 || section.Unshown != "" {
			all = append(all, section)
		}
	}
	return all
}

// Region names the table's frame, which a keyboard can scroll.
func (v View) Region() string { return "Table: " + v.Section + ", " + v.Title }

// Shown are the rows of the page: those with a number, up to as many as the page has room for, and the total.
func (v View) Shown() (rows []ViewRow) {
	for _, r := range v.Rows {
		if r.isShown() && (v.Most == 0 || len(rows) < v.Most || r.IsTotal) {
			rows = append(rows, r)
		}
	}
	return rows
}

// Left says which rows the page leaves out.
func (v View) Left() string {
	var words, hidden []string
	for _, r := range v.Rows {
		if !r.isShown() && !r.IsTotal && !r.IsGroup {
			hidden = append(hidden, r.Name)
		}
	}
	if more := len(v.Rows) - len(hidden) - len(v.Shown()); more > 0 {
		words = append(words, fmt.Sprintf("%s more in the workbook.", Counted(int64(more), "row")))
	}
	switch {
	case len(hidden) > 6:
		words = append(words, fmt.Sprintf("None, or too few to show: %d others.", len(hidden)))
	case len(hidden) > 0:
		words = append(words, "None, or too few to show: "+strings.Join(hidden, ", ")+".")
	}
	return strings.Join(words, " ")
}

// Class is how a row stands out.
func (r ViewRow) Class() string {
	switch {
	case r.IsTotal:
		return "total"
	case r.IsGroup:
		return "group"
	case r.IsOwn:
		return "own"
	}
	return ""
}

// Number is a cell's number, a percentage with its decimal.
func (v View) Number(c Cell, column int) string {
	if v.Columns[column].IsShare {
		return fmt.Sprintf("%.1f", *c.Number)
	}
	return spelt(*c.Number)
}

// Bar is a line under the number of the main column, as long as the number is large.
func (v View) Bar(r ViewRow, column int) template.HTML {
	if column != v.Main || r.IsTotal || r.IsGroup || len(v.shownRows()) < 3 {
		return ""
	}
	most := 0.0
	for _, row := range v.Rows {
		if n := row.Cells[column].Number; n != nil && !row.IsTotal && !row.IsGroup {
			most = max(most, *n)
		}
	}
	if most == 0 {
		return ""
	}
	return template.HTML(fmt.Sprintf(`<span class="bar" style="width:%.0f%%"></span>`, 100**r.Cells[column].Number/most))
}
