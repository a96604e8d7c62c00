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
	Council string
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

const howToRecord = "Record each as a follow-up step with its message, and close it with an outcome."

// document is one list in words: the page, and the sheets of the workbook.
type document struct {
	title, marking string
	lead           []string
	page           []reports.WorkSection
	sheet          []reports.Table
}

func (l *list) document() document {
	d := document{title: "CP-IS follow-ups of " + l.name + " (worker " + l.worker + ")", marking: "OFFICIAL-SENSITIVE: for " + l.name + " only.", lead: []string{
		l.next(), "Children seen in unscheduled care, the earliest due first. All times are UK time."}}
	if l.worker == nobody {
		d.title, d.marking = "CP-IS follow-ups that have no custodian", "OFFICIAL-SENSITIVE: for those who run CP-IS only."
	}
	d.add("follow-ups", fmt.Sprintf("Yours to follow up: %s", reports.Counted(len(l.own), "visit")), l.own, followUp.why)
	if len(l.climbing) > 0 {
		d.add("escalated to you", fmt.Sprintf("Escalated to you: %s", reports.Counted(len(l.climbing), "visit")), l.climbing, followUp.whyEscalated)
	}
	return d
}

// next is what to do first, in a sentence.
func (l *list) next() string {
	late, first := 0, ""
	for _, f := range l.own {
		if f.isPastDue {
			late++
		} else if first == "" {
			first = f.due
		}
	}
	switch {
	case late > 0:
		return fmt.Sprintf("Do next: act on the %s marked PAST DUE, and record an outcome for each.", reports.Counted(late, "visit"))
	case len(l.own) > 0:
		return fmt.Sprintf("Do next: act on the first visit by %s, and record an outcome.", british(first))
	}
	return "Do next: ask the custodians below why their follow-ups are late, or act yourself."
}

// cards is up to how many visits a list has a card for each child; a longer one has a line.
const cards = 30

// add has the list on the page child by child and, to be printed, on a sheet of a few columns; on another sheet each fact has a
// column of its own, to be sorted and filtered.
func (d *document) add(name, title string, of []followUp, why func(followUp) string) {
	var narrow, wide [][]string
	for _, f := range of {
		narrow, wide = append(narrow, f.narrow(why(f))), append(wide, f.wide(why(f)))
	}
	if len(of) > 0 {
		d.page = append(d.page, reports.WorkSection{Title: title, Short: len(of) > cards, Items: byChild(of, why)})
	}
	list := reports.TextTable(name, title, narrowHeader(), narrow)
	list.Notes, list.Widths = []string{howToRecord, "The next sheet has a column for each fact, to sort and filter by."}, narrowWidths()
	full := reports.TextTable(name+" in full", title+", a column for each fact", wideHeader(), wide)
	full.Widths, full.PagesWide = wideWidths(), 2
	d.sheet = append(d.sheet, list, full)
}

func (o Options) write(name string, d document) error {
	about := o.About
	about.Title = d.title
	err := reports.WriteFile(filepath.Join(o.To, name+".html"), func(w io.Writer) error {
		return reports.Worklist{About: about, Council: o.Council, Marking: d.marking, Lead: d.lead, Sections: d.page}.WritePage(w)
	})
	if err != nil {
		return fmt.Errorf("write %s.html: %w", name, err)
	}
	err = reports.WriteFile(filepath.Join(o.To, name+".xlsx"), func(w io.Writer) error {
		return reports.Workbook(w, o.Scratch, about, append(d.lead, d.marking), d.sheet)
	})
	if err != nil {
		return fmt.Errorf("write %s.xlsx: %w", name, err)
	}
	return nil
}
