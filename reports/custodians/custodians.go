// Package custodians writes what people work from each day: for every custodian the open follow-ups, as a workbook and
// as a page, and for those who own the process the failures. It reads finished tables and knows only layout.
package custodians

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"careshare/sql"
)

// Options say where the lists go and for when they speak.
type Options struct {
	To   string
	AsAt time.Time
}

// list is one document: a table with its heading.
type list struct {
	File    string // name without its ending: a worker's id, never a name
	Title   string
	Intro   string
	Columns []string
	Rows    [][]string
	Urgent  []bool // of each row: past its due time, or to be mended
}

const open = `
	select coalesce(custodian_worker_id::varchar, 'nobody') as custodian, coalesce(custodian_name, '') as name,
	    is_past_due, severity, due_at, state,
	    case when person_id is null then 'not known to the council'
	        when is_restricted and custodian_rule <> 'allocated_worker' then 'restricted record'
	        else concat_ws(' ', given, family) end as child,
	    coalesce(person_id::varchar, '') as person, nhs_number, coalesce(strftime(birth_date, '%d/%m/%Y'), '') as born,
	    coalesce(plan_types, 'none') as plans, first_accessed_at, count_accesses, coalesce(organisation_name, '') || ' (' || coalesce(organisation_code, '') || ')' as place,
	    coalesce(author_name || ', ', '') || coalesce(job_role, '') as seen_by, coalesce(nominated_people, '') as ask,
	    coalesce(replace(remark, '_', ' '), '') as remark, replace(custodian_rule, '_', ' ') as rule, follow_up_id
	from cpis_follow_ups
	where state <> 'closed'
	order by custodian_worker_id nulls last, is_past_due desc, due_at, follow_up_id`

const failing = `
	select failure.area, failure.subject, coalesce(reason.words, replace(failure.reason, '_', ' ')) as words,
	    coalesce(failure.person_id::varchar, '') as person, failure.first_seen_at, failure.age_days, failure.is_to_be_mended
	from cpis_failures as failure
	left join config.reasons as reason on reason.reason = 'cpis_' || failure.reason
	order by failure.is_to_be_mended desc, failure.age_days desc, failure.area, failure.subject, failure.reason`

// Write writes custodian-<worker id>.html and .xlsx for each custodian with anything open, and failures.html and .xlsx.
func Write(ctx context.Context, db *sql.DB, o Options) error {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return err
	}
	w := writer{Options: o, zone: zone}
	lists, err := w.custodians(ctx, db)
	if err != nil {
		return err
	}
	failures, err := w.failures(ctx, db)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.To, 0o700); err != nil {
		return err
	}
	for _, l := range append(lists, failures) {
		if err := w.write(l); err != nil {
			return err
		}
	}
	return nil
}

type writer struct {
	Options
	zone *time.Location
}

func (w writer) custodians(ctx context.Context, db *sql.DB) (lists []*list, err error) {
	rows, err := db.QueryContext(ctx, open)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var l *list
	for rows.Next() {
		var custodian, name, severity, state, child, person, number, born, plans, place, seenBy, ask, remark, rule, key string
		var isPastDue bool
		var due, seen time.Time
		var count int64
		if err := rows.Scan(&custodian, &name, &isPastDue, &severity, &due, &state, &child, &person, &number, &born, &plans,
			&seen, &count, &place, &seenBy, &ask, &remark, &rule, &key); err != nil {
			return nil, errors.New("a follow-up cannot be listed: a value that must be there is missing")
		}
		if file := "custodian-" + custodian; l == nil || l.File != file {
			l = w.custodian(file, custodian, name)
			lists = append(lists, l)
		}
		l.add(isPastDue, w.due(due, isPastDue), severity, state, child, person, number, born, plans, w.at(seen), strconv.FormatInt(count, 10),
			place, seenBy, ask, remark, rule, key)
	}
	return lists, rows.Err()
}

func (w writer) custodian(file, custodian, name string) *list {
	title := "CP-IS follow-ups of " + name + " (worker " + custodian + ")"
	if custodian == "nobody" {
		title = "CP-IS follow-ups that have no custodian"
	}
	return &list{File: file, Title: title,
		Intro: "Children seen in unscheduled care who are yours to follow up, most pressing first. Record each in the case store as a follow-up step with the message named in the last column, and close it with an outcome.",
		Columns: []string{"Due", "Severity", "State", "Child", "Person", "NHS number", "Born", "Plans", "Seen at", "Times", "Place", "Seen by", "Whom to ask",
			"Remark", "Yours because", "Message"}}
}

func (w writer) failures(ctx context.Context, db *sql.DB) (*list, error) {
	l := &list{File: "failures", Title: "CP-IS failures",
		Intro:   "What keeps a child from the NHS, an answer from being believed or a notification from its custodian. What must be mended comes first, oldest first.",
		Columns: []string{"To be mended", "Area", "About", "What is wrong", "Person", "Since", "Days"}}
	rows, err := db.QueryContext(ctx, failing)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var area, subject, words, person string
		var since time.Time
		var days int64
		var isUrgent bool
		if err := rows.Scan(&area, &subject, &words, &person, &since, &days, &isUrgent); err != nil {
			return nil, errors.New("a failure cannot be listed: a value that must be there is missing")
		}
		l.add(isUrgent, map[bool]string{true: "yes", false: "no"}[isUrgent], area, subject, words, person, w.at(since), strconv.FormatInt(days, 10))
	}
	return l, rows.Err()
}

func (l *list) add(isUrgent bool, cells ...string) {
	l.Rows, l.Urgent = append(l.Rows, cells), append(l.Urgent, isUrgent)
}

func (w writer) at(t time.Time) string { return t.In(w.zone).Format("02/01/2006 15:04") }

// due says lateness in words, since colour alone tells nobody who cannot see it.
func (w writer) due(t time.Time, isPast bool) string {
	if isPast {
		return "PAST DUE since " + w.at(t)
	}
	return w.at(t)
}

func (w writer) write(l *list) error {
	path := filepath.Join(w.To, l.File)
	if err := w.page(l, path+".html"); err != nil {
		return fmt.Errorf("write %s.html: %w", l.File, err)
	}
	if err := w.workbook(l, path+".xlsx"); err != nil {
		return fmt.Errorf("write %s.xlsx: %w", l.File, err)
	}
	return nil
}
