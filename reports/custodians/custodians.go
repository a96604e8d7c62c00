// Package custodians writes what people work from each day: for every custodian the open follow-ups, as a workbook and
// as a page, and for those who own the process what fails and who has what open. It reads finished tables and knows only layout.
package custodians

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"careshare/reports"
	"careshare/sql"
)

// Options say where the lists go and what each says of itself.
type Options struct {
	To      string
	Scratch string        // a private folder for what is only on its way
	About   reports.About // without its title
}

const nobody = "nobody"

// list is what one worker works from.
type list struct {
	worker, name  string
	own, climbing []followUp // theirs to do, and escalated to them
}

// Write writes custodian-<worker id>.html and .xlsx for each worker with anything open, and failures.html and .xlsx.
func Write(ctx context.Context, db *sql.DB, o Options) error {
	open, err := readFollowUps(ctx, db)
	if err != nil {
		return fmt.Errorf("read follow-ups: %w", err)
	}
	failures, err := readFailures(ctx, db)
	if err != nil {
		return fmt.Errorf("read failures: %w", err)
	}
	lists := share(open)
	for _, l := range lists {
		if err := o.write("custodian-"+l.worker, l.document()); err != nil {
			return err
		}
	}
	return o.write("failures", owners(failures, lists))
}

// share gives each follow-up to its custodian, and to the worker to whom it is escalated.
func share(open []followUp) []*list {
	lists := map[string]*list{}
	of := func(worker, name string) *list {
		if lists[worker] == nil {
			lists[worker] = &list{worker: worker, name: name}
		}
		return lists[worker]
	}
	for _, f := range open {
		own := of(f.custodian, f.custodianName)
		own.own = append(own.own, f)
		if f.escalatedTo != "" && f.escalatedTo != f.custodian {
			to := of(f.escalatedTo, f.escalatedToName)
			to.climbing = append(to.climbing, f)
		}
	}
	inOrder := slices.SortedFunc(maps.Values(lists), func(a, b *list) int {
		return slices.Compare([]string{a.worker}, []string{b.worker})
	})
	return inOrder
}

const howToRecord = "Record each in the case store as a follow-up step with the message named beside it, and close it with an outcome."

// document is one list in words: the tables of the page, and the sheets of the workbook.
type document struct {
	title       string
	intro       []string
	page, sheet []reports.Table
}

func (l *list) document() document {
	d := document{title: "CP-IS follow-ups of " + l.name + " (worker " + l.worker + ")", intro: []string{
		"Children seen in unscheduled care, the earliest due first. What is past its due time says PAST DUE. Times are London's.",
		howToRecord,
		"Official: for the person named above only."}}
	if l.worker == nobody {
		d.title = "CP-IS follow-ups that have no custodian"
	}
	d.add("follow-ups", fmt.Sprintf("Yours to follow up: %d", len(l.own)), l.own, followUp.why)
	if len(l.climbing) > 0 {
		d.add("escalated to you", fmt.Sprintf("Escalated to you: %d", len(l.climbing)), l.climbing, followUp.whyEscalated)
	}
	return d
}

// add has the list on the page and, to be printed, on a sheet of the same few columns; on another sheet each fact has a column of its
// own, to be sorted and filtered.
func (d *document) add(name, title string, of []followUp, why func(followUp) string) {
	var narrow, wide [][]string
	for _, f := range of {
		narrow, wide = append(narrow, f.narrow(why(f))), append(wide, f.wide(why(f)))
	}
	list := reports.TextTable(name, title, narrowHeader(), narrow)
	d.page = append(d.page, list)
	list.Notes, list.Widths = []string{howToRecord, "The next sheet has a column for each fact, to sort and filter by."}, narrowWidths()
	full := reports.TextTable(name+" in full", title+", a column for each fact", wideHeader(), wide)
	full.Widths, full.PagesWide = wideWidths(), 2
	d.sheet = append(d.sheet, list, full)
}

func (o Options) write(name string, d document) error {
	about := o.About
	about.Title = d.title
	err := reports.WriteFile(filepath.Join(o.To, name+".html"), func(w io.Writer) error {
		return reports.Letter(w, about, d.intro, d.page)
	})
	if err != nil {
		return fmt.Errorf("write %s.html: %w", name, err)
	}
	err = reports.WriteFile(filepath.Join(o.To, name+".xlsx"), func(w io.Writer) error {
		return reports.Workbook(w, o.Scratch, about, d.intro, d.sheet)
	})
	if err != nil {
		return fmt.Errorf("write %s.xlsx: %w", name, err)
	}
	return nil
}
