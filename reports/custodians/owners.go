package custodians

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"careshare/reports"
	"careshare/sql"
)

// failing is a row for each subject, with all that is wrong with it. What is past due has been so since it was due, whenever a run saw it.
// A snapshot of before, or an agreement that leaves it out, has no urgency.
const failing = `
	with told as (
	    select coalesce(failure.urgency, 0) as urgency, failure.is_to_be_mended, replace(replace(failure.area, 'follow_up', 'follow-up'), '_', ' ') || ' ' || failure.subject as about, failure.person_id, failure.reason,
	        coalesce(reason.words, replace(failure.reason, '_', ' ')) as words,
	        case when matter.is_past_due then least(matter.due_at, failure.first_seen_at) else failure.first_seen_at end as since,
	        failure.first_seen_at, failure.age_days,
	        case when matter.follow_up_id is not null then coalesce('worker ' || matter.custodian_worker_id || coalesce(' ' || matter.custodian_name, ''), 'nobody')
	            || case when matter.escalation_level > 0 and matter.escalated_to_worker_id is distinct from matter.custodian_worker_id
	                then ', escalated to ' || coalesce('worker ' || matter.escalated_to_worker_id || coalesce(' ' || matter.escalated_to_name, ''), 'nobody')
	                else '' end
	            else '' end as whom
	    from (from cpis_failures union all by name select null::integer as urgency where false) as failure
	    left join config.reasons as reason on reason.reason = 'cpis_' || failure.reason
	    left join cpis_follow_ups as matter on failure.area = 'follow_up' and matter.follow_up_id = failure.subject
	)
	select is_to_be_mended, urgency, string_agg(words, '; ' order by reason <> 'past_due', words), about, coalesce(min(person_id)::varchar, ''), min(whom),
	    strftime(min(since) at time zone 'Europe/London', '%Y-%m-%d %H:%M'),
	    max(age_days + date_diff('day', (since at time zone 'Europe/London')::date, (first_seen_at at time zone 'Europe/London')::date))::varchar
	from told
	group by is_to_be_mended, urgency, about
	order by is_to_be_mended desc, urgency, min(since), about`

// urgencies are the groups of what is to be mended, as cpis_failures numbers them from one.
func urgencies() []string {
	return []string{"To be mended, in no order of urgency: the agreement leaves it out", "A child was seen, and nobody acts", "A child was seen, and nobody acted in time", "A message may tell of another child",
		"An upload or its answer went wrong", "A child is on a plan or looked after now, and the NHS may not know",
		"A follow-up must be put right before its due time", "The rest: what has ended, or whom the council does not know"}
}

// failure is one subject and all that is wrong with it; since is London's time, year first.
type failure struct {
	isToMend                                bool
	urgency                                 int
	wrong, about, person, whom, since, days string
}

func readFailures(ctx context.Context, db *sql.DB) (all []failure, err error) {
	rows, err := db.QueryContext(ctx, failing)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f failure
		if err := rows.Scan(&f.isToMend, &f.urgency, &f.wrong, &f.about, &f.person, &f.whom, &f.since, &f.days); err != nil {
			return nil, errors.New("a value that must be there is missing")
		}
		all = append(all, f)
	}
	return all, rows.Err()
}

// owners is for those who own the process: what fails, and what each custodian has open.
func owners(failed []failure, lists []*list) document {
	from := len(failed)
	if i := slices.IndexFunc(failed, func(f failure) bool { return !f.isToMend }); i >= 0 {
		from = i
	}
	toMend, forTheRecord, open := failed[:from], failed[from:], openTable(lists)
	d := document{title: "CP-IS: what fails, and who has what open", page: append(urgentTables(toMend), open),
		sheet: []reports.Table{failuresSheet("to mend", "To be mended", toMend), open}, intro: []string{
			fmt.Sprintf("To be mended: %d, in the order to act in: whoever may come to harm first, and then what has stood longest. Times are London's.", len(toMend)),
			"Official: for those who own the process only."}}
	if len(forTheRecord) > 0 {
		const title = "For the record, nothing to mend"
		d.page = append(d.page, failuresTable("for the record", title, forTheRecord))
		d.sheet = append(d.sheet, failuresSheet("for the record", title, forTheRecord))
	}
	return d
}

// urgentTables is a table for each group that has anything.
func urgentTables(toMend []failure) (tables []reports.Table) {
	for i, title := range urgencies() {
		of := slices.DeleteFunc(slices.Clone(toMend), func(f failure) bool { return f.urgency != i })
		if len(of) > 0 {
			tables = append(tables, failuresTable(fmt.Sprint("urgency ", i), title, of))
		}
	}
	if len(tables) == 0 {
		tables = []reports.Table{failuresTable("to mend", "To be mended", nil)}
	}
	return tables
}

// failuresTable is one group on the page; with whom it lies stands there where it lies with anybody.
func failuresTable(name, title string, of []failure) reports.Table {
	isWithSomebody := slices.ContainsFunc(of, func(f failure) bool { return f.whom != "" })
	header := []string{"What is wrong", "Since", "Days", "Person", "About"}
	if isWithSomebody {
		header = append(header, "With")
	}
	var rows [][]string
	for _, f := range of {
		row := []string{f.wrong, british(f.since), f.days, f.person, f.about}
		if isWithSomebody {
			row = append(row, f.whom)
		}
		rows = append(rows, row)
	}
	return reports.TextTable(name, title+": "+strconv.Itoa(len(of)), header, rows)
}

// failuresSheet is all groups on one sheet, to be sorted and filtered.
func failuresSheet(name, title string, of []failure) reports.Table {
	var rows [][]string
	for _, f := range of {
		rows = append(rows, []string{strconv.Itoa(f.urgency) + " " + urgencies()[f.urgency], f.wrong, f.since, f.days, f.person, f.about, f.whom})
	}
	t := reports.TextTable(name, title+": "+strconv.Itoa(len(of)), []string{"Order to act in", "What is wrong", "Since", "Days", "Person", "About", "With"}, rows)
	t.Widths = []float64{25, 33, 18, 7, 11, 32, 24}
	return t
}

// openTable is what each custodian has open, whoever is furthest behind first.
func openTable(lists []*list) reports.Table {
	late := func(l *list) (n int) {
		for _, f := range l.own {
			if f.isPastDue {
				n++
			}
		}
		return n
	}
	lists = slices.Clone(lists)
	slices.SortStableFunc(lists, func(a, b *list) int { return cmp.Compare(late(b), late(a)) })
	var open [][]string
	for _, l := range lists {
		open = append(open, []string{l.worker, l.name, strconv.Itoa(len(l.own)), strconv.Itoa(late(l)), strconv.Itoa(len(l.climbing))})
	}
	custodians := reports.TextTable("custodians", "Who has what open",
		[]string{"Worker", "Name", "Open", "Past due", "Escalated to them"}, open)
	custodians.Widths = []float64{12, 40, 10, 12, 20}
	return custodians
}
