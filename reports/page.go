package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"sync"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed base.css
	baseCSS string
)

// pageTable is a table as the page's template reads it.
type pageTable struct {
	Table
	ID    string
	Shown [][]Cell
	Plain int // how many rows come before the totals
	SVG   template.HTML
}

// Page writes tables under their headings as one page that needs nothing else: no script, no other file.
func Page(w io.Writer, p Pack) error {
	type section struct {
		Section
		ID     string
		Tables []pageTable
	}
	view := struct {
		About
		Council  string
		Intro    []string
		Sections []section
	}{About: p.About, Council: p.Council, Intro: p.Intro}
	for _, s := range p.Sections {
		shown := section{Section: s, ID: strings.NewReplacer("_", "-", " ", "-").Replace(s.Figure)}
		for i, t := range s.Tables {
			table, err := shownTable(t, fmt.Sprintf("%s-%d", shown.ID, i+1))
			if err != nil {
				return err
			}
			shown.Tables = append(shown.Tables, table)
		}
		view.Sections = append(view.Sections, shown)
	}
	page, err := pageTemplate()
	if err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	if err := page.Execute(w, view); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

// pageTemplate is parsed once, however many pages a run writes.
var pageTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("page").Funcs(pageFuncs()).Parse(pageHTML)
})

func pageFuncs() template.FuncMap {
	return template.FuncMap{"clock": onTheClock, "number": numeral, "sentence": sentence, "style": func() template.CSS { return template.CSS(baseCSS) }}
}

// numeral spells a number that a template holds by value or by pointer.
func numeral(n any) string {
	switch n := n.(type) {
	case *float64:
		return spelt(*n)
	case float64:
		return spelt(n)
	}
	return ""
}

func shownTable(t Table, id string) (pageTable, error) {
	shown := pageTable{Table: t, ID: id}
	for row, err := range t.Rows {
		if err != nil {
			return pageTable{}, err
		}
		shown.Shown = append(shown.Shown, row)
	}
	shown.Plain = len(shown.Shown) - t.Totals
	if t.Chart == nil {
		return shown, nil
	}
	var err error
	shown.SVG, err = t.Chart.svg(shown.Shown)
	return shown, err
}

// spelt writes a number with thousands parted, as GOV.UK does.
func spelt(n float64) string {
	if n != float64(int64(n)) {
		return strconv.FormatFloat(n, 'f', 1, 64)
	}
	digits := strconv.FormatInt(int64(n), 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + strings.TrimSuffix(s[1:], ".") + "."
}
