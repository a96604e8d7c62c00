package reports

import (
	"cmp"
	"slices"
	"strings"
)

// view is one table of the pack: a breakdown, with a column for each measure.
type view struct {
	section, title, by, heading string
	columns                     []viewColumn
	main                        int    // the column that the table is sorted by, and whose numbers have bars
	order                       orders // how rows are sorted
	most                        int    // rows on the page; 0: all
}

type viewColumn struct {
	figure, measure, heading string
	isShare                  bool // the percentage of the measure that it is part of, in place of the number
}

type orders int

const (
	bySize  orders = iota
	byName         // names that begin with a number, or days
	byGroup        // in groups that they add up to
)

// thePeriod is the pack's own period in the name of a measure.
const thePeriod = "PERIOD"

// The sections of the pack, in reading order. Each is a sheet of the workbook.
const (
	cpisSection     = "Children seen in unscheduled care (CP-IS)"
	sharingSection  = "Sharing between health and the council"
	consentSection  = "Consent"
	episodesSection = "Open episodes of care"
	recordsSection  = "NHS numbers and records held twice"
	qualitySection  = "Data quality"
)

// sheets are the sections' names in the workbook.
var sheets = []struct{ section, sheet string }{
	{cpisSection, "cp-is"}, {sharingSection, "sharing"}, {consentSection, "consent"}, {episodesSection, "episodes"},
	{recordsSection, "records"}, {qualitySection, "data quality"},
}

var consentColumns = []viewColumn{
	{figure: "consent_asked", measure: "asked in the " + thePeriod, heading: "Asked"},
	{figure: "consent_asked", measure: "given in the " + thePeriod, heading: "Given"},
	{figure: "consent_asked", measure: "refused in the " + thePeriod, heading: "Refused"},
	{figure: "consent_asked", measure: "no clear answer in the " + thePeriod, heading: "No clear answer"},
	{figure: "consent_asked", measure: "refused in the " + thePeriod, heading: "Refused, %", isShare: true},
}

var episodeColumns = []viewColumn{
	{figure: "open_episodes", measure: "open", heading: "Open now"},
	{figure: "open_episodes", measure: "opened in the " + thePeriod, heading: "Opened"},
	{figure: "open_episodes", measure: "closed in the " + thePeriod, heading: "Closed"},
}

var views = []view{
	{cpisSection, "Children to act on, by team", "team", "Team", []viewColumn{
		{figure: "cpis_due", measure: "past due", heading: "Overdue follow-up"},
		{figure: "cpis_first_looks", measure: "not looked at", heading: "Not looked at"},
		{figure: "cpis_children", measure: "without a matched NHS number", heading: "No matched NHS number"},
	}, 0, bySize, 0},
	{cpisSection, "Follow-ups of the last 28 days, by severity", "severity", "Severity", []viewColumn{
		{figure: "cpis_first_looks", measure: "children", heading: "Children"},
		{figure: "cpis_first_looks", measure: "looked at within a day", heading: "Looked at within a day"},
		{figure: "cpis_closures", measure: "closed in time", heading: "Closed in time"},
	}, 0, bySize, 0},
	{cpisSection, "Why the NHS does not know a child", "reason", "Reason", []viewColumn{
		{figure: "cpis_upload_failures", measure: "children", heading: "Children"},
	}, 0, bySize, 0},
	{cpisSection, "Children whom the NHS should know, by plan", "plan", "Plan", []viewColumn{
		{figure: "cpis_children", measure: "children", heading: "Children"},
		{figure: "cpis_children", measure: "without a matched NHS number", heading: "No matched NHS number"},
	}, 0, bySize, 0},
	{cpisSection, "Where children were seen in the last 28 days", "place", "Place", []viewColumn{
		{figure: "cpis_accesses", measure: "children seen", heading: "Children"},
	}, 0, bySize, 8},
	{cpisSection, "When children were seen in the last 28 days", "time of day", "Time of day", []viewColumn{
		{figure: "cpis_accesses", measure: "children seen", heading: "Children"},
	}, 0, byName, 0},
	{sharingSection, "People shared and withheld, by dataset", "dataset", "Dataset", []viewColumn{
		{figure: "sharing", measure: "people", heading: "People"},
		{figure: "sharing", measure: "shared", heading: "Shared"},
		{figure: "sharing", measure: "withheld", heading: "Withheld"},
		{figure: "sharing", measure: "shared", heading: "Shared, %", isShare: true},
	}, 2, byName, 0},
	{sharingSection, "Why people are withheld (a person can have several reasons)", "reason", "Reason", []viewColumn{
		{figure: "sharing", measure: "withheld, health to council", heading: "Health to council"},
		{figure: "sharing", measure: "withheld, council to health", heading: "Council to health"},
	}, 0, bySize, 10},
	{consentSection, "By team", "team", "Team", consentColumns, 0, bySize, 0},
	{consentSection, "By role of who asked", "role", "Role", consentColumns, 0, bySize, 0},
	{consentSection, "By way of asking", "way of asking", "Way of asking", consentColumns, 0, bySize, 0},
	{consentSection, "By reason given", "reason", "Reason", consentColumns, 0, bySize, 8},
	{episodesSection, "By service", "service", "Service", episodeColumns, 0, byGroup, 0},
	{episodesSection, "By team", "team", "Team", episodeColumns, 0, bySize, 0},
	{recordsSection, "How reliable NHS numbers are", "standing", "NHS number", []viewColumn{
		{figure: "nhs_number_standing", measure: "people", heading: "People"},
		{figure: "nhs_number_standing", measure: "adults", heading: "Adults"},
		{figure: "nhs_number_standing", measure: "children and unknown age", heading: "Children and unknown age"},
	}, 0, byName, 0},
	{recordsSection, "What health and the council both record", "field", "Field", []viewColumn{
		{figure: "integrated_records_by_field", measure: "people", heading: "People"},
		{figure: "integrated_records_by_field", measure: "recorded twice and equal", heading: "The same"},
		{figure: "integrated_records_by_field", measure: "recorded twice and different", heading: "Different"},
		{figure: "integrated_records_by_field", measure: "recorded once, by the council", heading: "Council only"},
		{figure: "integrated_records_by_field", measure: "recorded once, by health", heading: "Health only"},
	}, 2, bySize, 0},
	{recordsSection, "Integrated teams: counted by health, social care or both", "reason", "Activity", []viewColumn{
		{figure: "integrated_activity", measure: "items", heading: "Items"},
	}, 0, byGroup, 0},
	{recordsSection, "Visits on the same afternoon, by day", "day", "Day", []viewColumn{
		{figure: "visits_together", measure: "people", heading: "People"},
	}, 0, byName, 0},
	{qualitySection, "By source", "source", "Source", []viewColumn{
		{figure: "data_quality", measure: "rows held", heading: "Rows held"},
		{figure: "data_quality", measure: "rows quarantined", heading: "Not read"},
		{figure: "source_freshness", measure: "days old", heading: "Days old"},
	}, 1, bySize, 0},
	{qualitySection, "Causes, by source", "rule", "Cause", []viewColumn{
		{figure: "data_quality", measure: "rows quarantined", heading: "Rows not read"},
	}, 0, byGroup, 12},
}

// View is one table of the pack as it is shown.
type View struct {
	Section, Title, Heading string
	Columns                 []ViewColumn
	Rows                    []ViewRow
	Main                    int // which column has bars
	Most                    int // how many rows the page shows; 0: all
}

// ViewColumn is a heading, and whether it is a percentage.
type ViewColumn struct {
	Heading string
	IsShare bool
}

// ViewRow is one category. A group is followed by the rows that it is the sum of.
type ViewRow struct {
	Name             string
	Cells, Past      []Cell // Past: the number in the pack before
	IsGroup, IsTotal bool
	IsOwn            bool // is within the group above it
}

// isShown says whether the row tells of anything: a number that is shown and not nought.
func (r ViewRow) isShown() bool {
	return slices.ContainsFunc(r.Cells, func(c Cell) bool { return c.isNumber() && *c.Number != 0 })
}

func viewsOf(figures []figure, period string) (made []View) {
	at := map[[4]string]figure{}
	for _, f := range figures {
		at[[4]string{f.figure, f.breakdown, f.category, f.measure}] = f
	}
	for _, v := range views {
		shown := v.made(figures, at, period)
		if v.isOfPeriod() && shown.isMostlyHidden() {
			if year := v.made(figures, at, "year"); !year.isMostlyHidden() || len(year.shownRows()) > len(shown.shownRows()) {
				shown = year
				shown.Title += ", in the last twelve months"
			}
		}
		if len(shown.Rows) > 0 {
			made = append(made, shown)
		}
	}
	return made
}

func (v view) isOfPeriod() bool {
	return slices.ContainsFunc(v.columns, func(c viewColumn) bool { return strings.HasSuffix(c.measure, thePeriod) })
}

// isMostlyHidden says that a reader would see more shorthand than numbers.
func (v View) isMostlyHidden() bool {
	hidden, all := 0, 0
	for _, row := range v.Rows {
		for _, cell := range row.Cells {
			if !row.IsTotal && !row.IsGroup {
				all++
				if cell.Text == suppressed {
					hidden++
				}
			}
		}
	}
	return hidden*2 > all
}

func (v View) shownRows() []ViewRow {
	return slices.DeleteFunc(slices.Clone(v.Rows), func(r ViewRow) bool { return !r.isShown() || r.IsTotal })
}

func (v view) made(figures []figure, at map[[4]string]figure, period string) View {
	made := View{Section: v.section, Title: v.title, Heading: v.heading, Main: v.main, Most: v.most}
	for _, c := range v.columns {
		made.Columns = append(made.Columns, ViewColumn{c.heading, c.isShare})
	}
	type part struct{ category, within string }
	var parts []part
	for _, f := range figures {
		isOurs := f.breakdown == v.by && slices.ContainsFunc(v.columns, func(c viewColumn) bool { return c.figure == f.figure })
		if isOurs && !slices.ContainsFunc(parts, func(p part) bool { return p.category == f.category }) {
			parts = append(parts, part{f.category, f.within})
		}
	}
	row := func(category, breakdown string) ViewRow {
		r := ViewRow{Name: category}
		for _, c := range v.columns {
			f, found := at[[4]string{c.figure, breakdown, category, strings.ReplaceAll(c.measure, thePeriod, period)}]
			r.add(f, found, c.isShare)
		}
		return r
	}
	wholes := map[string]ViewRow{}
	for _, p := range parts {
		if _, known := wholes[p.within]; !known && p.within != "" {
			if breakdown, found := v.breakdownOf(figures, p.within); found {
				wholes[p.within] = row(p.within, breakdown)
			}
		}
	}
	rows := make([]ViewRow, 0, len(parts))
	group := map[string]string{}
	for _, p := range parts {
		rows = append(rows, row(p.category, v.by))
		group[p.category] = p.within
	}
	made.Rows = v.sorted(rows, group, wholes)
	return made
}

func (r *ViewRow) add(f figure, found, isShare bool) {
	cell, past := text(notAvailable), text(notAvailable)
	if found {
		cell, past = f.shown(), f.past()
		if isShare {
			cell, past = f.share(), text(notAvailable)
		}
	}
	r.Cells, r.Past = append(r.Cells, cell), append(r.Past, past)
}

// breakdownOf is the breakdown in which a category is that others are within.
func (v view) breakdownOf(figures []figure, category string) (string, bool) {
	for _, f := range figures {
		if f.category == category && f.breakdown != v.by && slices.ContainsFunc(v.columns, func(c viewColumn) bool { return c.figure == f.figure }) {
			return f.breakdown, true
		}
	}
	return "", false
}

// sorted puts the rows in order, each group before its own, and what all add up to last.
func (v view) sorted(rows []ViewRow, group map[string]string, wholes map[string]ViewRow) []ViewRow {
	size := func(r ViewRow) float64 {
		if n := r.Cells[v.main].Number; n != nil {
			return *n
		}
		return -1
	}
	isRest := func(r ViewRow) int { // what is not recorded says least
		if slices.Contains([]string{"no team recorded", "not recorded", "other", "unknown"}, r.Name) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(rows, func(a, b ViewRow) int {
		if v.order == byName {
			return cmp.Compare(a.Name, b.Name)
		}
		return cmp.Or(cmp.Compare(isRest(a), isRest(b)), cmp.Compare(size(b), size(a)), cmp.Compare(a.Name, b.Name))
	})
	names := make([]string, 0, len(rows))
	for _, r := range rows {
		names = append(names, r.Name)
	}
	if v.order != byGroup {
		for i := range rows {
			rows[i].Name = inWords(unnumbered(rows[i].Name, names))
		}
		if total, found := wholes["all"]; found {
			total.Name, total.IsTotal = "Total", true
			rows = append(rows, total)
		}
		return rows
	}
	return v.grouped(rows, group, wholes, size)
}

func (v view) grouped(rows []ViewRow, group map[string]string, wholes map[string]ViewRow, size func(ViewRow) float64) (all []ViewRow) {
	var groups []ViewRow
	var names []string
	for name, whole := range wholes {
		whole.Name, whole.IsGroup = name, true
		groups, names = append(groups, whole), append(names, name)
	}
	slices.SortFunc(groups, func(a, b ViewRow) int {
		return cmp.Or(cmp.Compare(size(b), size(a)), cmp.Compare(a.Name, b.Name))
	})
	for _, g := range groups {
		var own []ViewRow
		for _, r := range rows {
			if group[r.Name] == g.Name {
				r.Name, r.IsOwn = strings.TrimPrefix(r.Name, g.Name+", "), true
				own = append(own, r)
			}
		}
		g.Name = inWords(unnumbered(g.Name, names))
		if len(own) == 1 && strings.EqualFold(own[0].Name, g.Name) { // a group of itself alone
			g.IsGroup = false
			own = nil
		}
		all = append(append(all, g), own...)
	}
	return all
}

// inWords is a source or a dataset as its readers call it.
func inWords(name string) string {
	words := map[string]string{
		"casestore": "Case management system", "cpis": "CP-IS", "trace": "NHS number trace", "optout": "National data opt-out", "reference": "Reference lists",
	}
	if known, found := words[name]; found {
		return known
	}
	if sender, found := strings.CutPrefix(name, "health-"); found {
		return "Health: " + sender
	}
	return strings.ReplaceAll(name, "nhs number", "NHS number")
}

// unnumbered is a name without the number by which it and all of its fellows are sorted: "1 verified", "2 traced".
func unnumbered(name string, fellows []string) string {
	for _, fellow := range fellows {
		if len(fellow) < 3 || fellow[0] < '1' || fellow[0] > '9' || fellow[1] != ' ' {
			return name
		}
	}
	return name[2:]
}
