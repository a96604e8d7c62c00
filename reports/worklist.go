package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
)

//go:embed worklist.html
var worklistHTML string

// Worklist is a page that leads with what to do, in groups.
type Worklist struct {
	About
	Council  string
	Marking  string // who may read it
	Lead     []string
	Sections []WorkSection
}

// WorkSection is a heading with its items: cards, or a short list of one line each.
type WorkSection struct {
	Title, Lead   string
	Short         bool // a list of one line each
	Twice, Thrice bool // in two columns, or three
	Closed        bool // folded until a reader opens it
	Items         []WorkItem
}

// WorkItem is one child, worker or file.
type WorkItem struct {
	Title, Link, Facts string
	Lines              []string
	Fold               string // what opens the folded lines
	Folded             []string
	IsLate             bool
}

// ID names the section in the page.
func (s WorkSection) ID() string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(s.Title))
}

var worklistTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("worklist").Funcs(pageFuncs()).Parse(worklistHTML)
})

// WritePage writes the list as one page that needs nothing else: no script, no other file.
func (w Worklist) WritePage(to io.Writer) error {
	page, err := worklistTemplate()
	if err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	if err := page.Execute(to, w); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	return nil
}
