package custodians

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"careshare/reports"
	"careshare/sql"
)

// failing is a row for each subject, with all that is wrong with it. What is past due has been so since it was due, whenever a run saw
// it. A snapshot of before, or an agreement that leaves it out, has no urgency. A restricted record is named to nobody here.
const failing = `
	with reported as (
	    select coalesce(failure.urgency, 0) as urgency, failure.is_to_be_mended, replace(replace(failure.area, 'follow_up', 'follow-up'), '_', ' ') || ' ' || failure.subject as about, failure.person_id, failure.reason,
	        coalesce(reason.words, replace(failure.reason, '_', ' ')) as words,
	        case when matter.is_past_due then least(matter.due_at, failure.first_seen_at) else failure.first_seen_at end as since,
	        failure.first_seen_at, failure.age_days,
	        case when matter.follow_up_id is not null then coalesce('worker ' || matter.custodian_worker_id || coalesce(' ' || matter.custodian_name, ''), 'nobody')
	            else '' end as worker,
	        case when matter.escalation_level > 0 and matter.escalated_to_worker_id is distinct from matter.custodian_worker_id
	            then ', escalated to ' || coalesce('worker ' || matter.escalated_to_worker_id || coalesce(' ' || matter.escalated_to_name, ''), 'nobody')
	            else '' end as escalated,
	        child.name as child
	    from (from cpis_failures union all by name select null::integer as urgency where false) as failure
	    left join config.reasons as reason on reason.reason = 'cpis_' || failure.reason
	    left join cpis_follow_ups as matter on failure.area = 'follow_up' and matter.follow_up_id = failure.subject
	    left join (
	        select person_id, case when bool_or(is_restricted) then 'restricted record' else min(concat_ws(' ', given, family)) end as name
	        from (%s)
	        group by person_id
	    ) as child on child.person_id = failure.person_id
	)
	select is_to_be_mended, urgency, string_agg(words, '; ' order by reason <> 'past_due', words), about, coalesce(min(person_id)::varchar, ''), min(worker), min(escalated),
	    coalesce(min(child), ''), strftime(min(since) at time zone 'Europe/London', '%%Y-%%m-%%d %%H:%%M'),
	    max(age_days + date_diff('day', (since at time zone 'Europe/London')::date, (first_seen_at at time zone 'Europe/London')::date))::varchar
	from reported
	group by is_to_be_mended, urgency, about
	order by is_to_be_mended desc, urgency, min(since), about`

// named are the datasets that name children, of those that the agreement publishes.
func named(ctx context.Context, db *sql.DB) (query string, err error) {
	const columns = "select person_id, given, family, is_restricted from "
	query = "select null::bigint as person_id, null as given, null as family, false as is_restricted where false"
	for dataset, err := range sql.Texts(ctx, db, "select table_name from information_schema.columns where table_name in ('cpis_cohort', 'cpis_follow_ups') and column_name in ('given', 'family', 'is_restricted') group by table_name having count(*) = 3") {
		if err != nil {
			return "", err
		}
		query += " union all " + columns + dataset[0]
	}
	return query, nil
}

// urgencies are the groups of what is to be mended, as cpis_failures numbers them from one.
func urgencies() []string {
	return []string{"To fix, in no order of urgency: the agreement leaves it out", "A child was seen, and nobody is responsible", "Overdue follow-ups", "Messages that may be about another child",
		"Uploads or answers that failed", "Children on a plan or looked after now whom the NHS may not know",
		"Follow-ups to put right before their due time", "Other: plans that have ended, and children the council does not know"}
}

// failure is one subject and all that is wrong with it; since is London's time, year first.
type failure struct {
	isToMend                    bool
	urgency                     int
	wrong, about, person, child string
	worker, escalated           string // with whom it is, and to whom it has been escalated
	since, days                 string
}

func (f failure) whom() string { return f.worker + f.escalated }

func readFailures(ctx context.Context, db *sql.DB) (all []failure, err error) {
	children, err := named(ctx, db)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf(failing, children))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f failure
		if err := rows.Scan(&f.isToMend, &f.urgency, &f.wrong, &f.about, &f.person, &f.worker, &f.escalated, &f.child, &f.since, &f.days); err != nil {
			return nil, errors.New("a value that must be there is missing")
		}
		all = append(all, f)
	}
	return all, rows.Err()
}

// owners is for those who run CP-IS: what fails, by cause and worker, and what each custodian has open.
func owners(failed []failure, lists []*list) document {
	from := len(failed)
	if i := slices.IndexFunc(failed, func(f failure) bool { return !f.isToMend }); i >= 0 {
		from = i
	}
	toMend, forTheRecord, open := failed[:from], failed[from:], openTable(lists)
	d := document{title: "CP-IS problems and open follow-ups", marking: "OFFICIAL-SENSITIVE: for those who run CP-IS only.",
		sheet: []reports.Table{failuresSheet("to fix", "To fix", toMend), open}, lead: []string{
			fmt.Sprintf("%s to fix, the most urgent first, then the oldest. All times are UK time.", sentenceOf(len(toMend)))}}
	for i, title := range urgencies() {
		if of := slices.DeleteFunc(slices.Clone(toMend), func(f failure) bool { return f.urgency != i }); len(of) > 0 {
			d.page = append(d.page, reports.WorkSection{Title: title + ": " + strconv.Itoa(len(of)), Short: true, Twice: of[0].worker != "", Items: byCause(of)})
		}
	}
	if len(lists) > 0 {
		d.page = append(d.page, reports.WorkSection{Title: "Open follow-ups, by custodian", Short: true, Thrice: true, Items: openItems(lists)})
	}
	if len(forTheRecord) > 0 {
		const title = "No action needed"
		d.page = append(d.page, reports.WorkSection{Title: title, Short: true, Closed: true, Items: byCause(forTheRecord)})
		d.sheet = append(d.sheet, failuresSheet("no action", title, forTheRecord))
	}
	return d
}

func sentenceOf(n int) string {
	if n == 0 {
		return "No problems"
	}
	return reports.Counted(n, "problem")
}

// byCause puts together what is wrong in the same way with the same worker, and names the children.
func byCause(of []failure) (items []reports.WorkItem) {
	const shown = 6 // names; the others are folded
	type key struct{ wrong, worker string }
	var keys []key
	names, seen, causes := map[key][]string{}, map[string]bool{}, map[string]int{}
	for _, f := range of {
		k := key{f.wrong, f.worker}
		if names[k] == nil {
			keys = append(keys, k)
		}
		if _, known := causes[k.wrong]; !known {
			causes[k.wrong] = len(causes)
		}
		child := cmp.Or(f.person, f.about)
		if one := k.wrong + "|" + k.worker + "|" + child; !seen[one] { // with the oldest of the child's own
			seen[one] = true
			names[k] = append(names[k], f.name())
		}
	}
	slices.SortStableFunc(keys, func(a, b key) int { return cmp.Compare(causes[a.wrong], causes[b.wrong]) })
	for i, k := range keys {
		cause := sentenceCase(k.wrong) + ":"
		item := reports.WorkItem{Title: cause, Lines: names[k]}
		if k.worker != "" {
			if i == 0 || keys[i-1].wrong != k.wrong {
				items = append(items, reports.WorkItem{Title: cause})
			}
			item.Title = sentenceCase(k.worker) + ":"
		}
		if more := len(names[k]) - shown; more > 0 {
			item.Lines, item.Fold, item.Folded = names[k][:shown], fmt.Sprintf("and %d more", more), names[k][shown:]
		}
		for _, list := range [][]string{item.Lines, item.Folded} {
			for i := range list {
				if i < len(list)-1 {
					list[i] += ","
				}
			}
		}
		items = append(items, item)
	}
	return items
}

func sentenceCase(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// name is the child, or what it is about where that is no child, and for how long.
func (f failure) name() string {
	name := f.child
	switch {
	case f.person == "":
		name = f.about
	case name == "":
		name = "person " + f.person
	default:
		name += " (" + f.person + ")"
	}
	if n, _ := strconv.Atoi(f.days); n > 0 {
		name += ", " + reports.Counted(n, "day")
	}
	return name
}

// openItems lead to each custodian's page, whoever is furthest behind first.
func openItems(lists []*list) (items []reports.WorkItem) {
	for _, l := range furthestBehind(lists) {
		words := fmt.Sprintf("%d open, %d past due", len(l.own), l.late())
		if len(l.climbing) > 0 {
			words += fmt.Sprintf(", %d escalated to them", len(l.climbing))
		}
		title := l.name
		if title == "" {
			title = "worker " + l.worker
		}
		items = append(items, reports.WorkItem{Title: title, Link: "custodian-" + l.worker + ".html", Lines: []string{words}})
	}
	return items
}

func (l *list) late() (n int) {
	for _, f := range l.own {
		if f.isPastDue {
			n++
		}
	}
	return n
}

func furthestBehind(lists []*list) []*list {
	lists = slices.Clone(lists)
	slices.SortStableFunc(lists, func(a, b *list) int { return cmp.Compare(b.late(), a.late()) })
	return lists
}

// failuresSheet is all groups on one sheet, to be sorted and filtered.
func failuresSheet(name, title string, of []failure) reports.Table {
	var rows [][]string
	for _, f := range of {
		rows = append(rows, []string{strconv.Itoa(f.urgency) + " " + urgencies()[f.urgency], f.wrong, f.since, f.days, f.person, f.about, f.whom()})
	}
	t := reports.TextTable(name, title+": "+strconv.Itoa(len(of)), []string{"Order to act in", "What is wrong", "Since", "Days", "Person", "About", "With"}, rows)
	t.Widths = []float64{25, 33, 18, 7, 11, 32, 24}
	return t
}

// openTable is what each custodian has open, whoever is furthest behind first.
func openTable(lists []*list) reports.Table {
	var open [][]string
	for _, l := range furthestBehind(lists) {
		open = append(open, []string{l.worker, l.name, strconv.Itoa(len(l.own)), strconv.Itoa(l.late()), strconv.Itoa(len(l.climbing))})
	}
	custodians := reports.TextTable("custodians", "Open follow-ups, by custodian",
		[]string{"Worker", "Name", "Open", "Past due", "Escalated to them"}, open)
	custodians.Widths = []float64{12, 40, 10, 12, 20}
	return custodians
}
