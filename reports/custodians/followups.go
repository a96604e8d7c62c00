package custodians

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"careshare/reports"
	"careshare/sql"
)

// followUp is one open matter, its texts as they are shown; times are London's, year first, so that a sheet can be sorted by them.
type followUp struct {
	custodian, custodianName, escalatedTo, escalatedToName string
	isPastDue                                              bool
	level                                                  int64 // of escalation
	due, severity, state                                   string
	child, born, number, person, plans                     string
	seen                                                   string
	count                                                  int64
	place, seenBy, ask                                     string
	remark, rule, passedOnFrom, message                    string
}

// A restricted record is named to nobody but the allocated worker; its person number leads whoever may open it to it.
const open = `
	select coalesce(custodian_worker_id::varchar, 'nobody'), coalesce(custodian_name, ''),
	    coalesce(escalated_to_worker_id::varchar, ''), coalesce(escalated_to_name, ''), is_past_due, escalation_level,
	    strftime(due_at at time zone 'Europe/London', '%Y-%m-%d %H:%M'), severity, case state when 'seen' then 'looked at' else replace(state, '_', ' ') end,
	    case when person_id is null then 'not known to the council'
	        when is_restricted and custodian_rule <> 'allocated_worker' then 'restricted record'
	        else concat_ws(' ', given, family) end,
	    case when is_restricted and custodian_rule <> 'allocated_worker' then '' else coalesce(strftime(birth_date, '%Y-%m-%d'), '') end,
	    case when is_restricted and custodian_rule <> 'allocated_worker' then '' else coalesce(nhs_number, '') end,
	    coalesce(person_id::varchar, ''), coalesce(plan_types, 'none'),
	    strftime(first_accessed_at at time zone 'Europe/London', '%Y-%m-%d %H:%M'), count_accesses,
	    coalesce(organisation_name, '') || ' (' || coalesce(organisation_code, '') || ')',
	    coalesce(author_name || ', ', '') || coalesce(job_role, ''), coalesce(nominated_people, ''),
	    coalesce(replace(remark, '_', ' '), ''),
	    case custodian_rule when 'team_duty' then 'duty custodian of the team' when 'council_duty' then 'duty custodian of the council'
	        else replace(custodian_rule, '_', ' ') end, coalesce(passed_on_from_worker_id::varchar, ''), follow_up_id
	from cpis_follow_ups
	where state <> 'closed'
	order by is_past_due desc, due_at, follow_up_id`

func readFollowUps(ctx context.Context, db *sql.DB) (all []followUp, err error) {
	rows, err := db.QueryContext(ctx, open)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f followUp
		if err := rows.Scan(&f.custodian, &f.custodianName, &f.escalatedTo, &f.escalatedToName, &f.isPastDue, &f.level,
			&f.due, &f.severity, &f.state, &f.child, &f.born, &f.number, &f.person, &f.plans, &f.seen, &f.count,
			&f.place, &f.seenBy, &f.ask, &f.remark, &f.rule, &f.passedOnFrom, &f.message); err != nil {
			return nil, errors.New("a value that must be there is missing") // the engine's words would hold the others
		}
		all = append(all, f)
	}
	return all, rows.Err()
}

// byChild puts the visits of one child together, in the order of the first.
func byChild(of []followUp, why func(followUp) string) (items []reports.WorkItem) {
	at := map[string]int{}
	for _, f := range of {
		key := f.person
		if key == "" {
			key = f.number + "/" + f.message // nobody knows whether it is the same child
		}
		i, known := at[key]
		if !known {
			i = len(items)
			at[key] = i
			items = append(items, reports.WorkItem{Title: f.child, Facts: f.facts(), Fold: "How to record this in Mosaic"})
		}
		item := &items[i]
		item.IsLate = item.IsLate || f.isPastDue
		item.Lines = append(item.Lines, f.toDo(why(f)))
		item.Folded = append(item.Folded, "Visit of "+british(f.seen)+": follow-up step with message "+f.message+", closed with an outcome")
	}
	return items
}

// facts say who the child is.
func (f followUp) facts() string {
	var facts []string
	for _, more := range []struct{ words, value string }{{"born ", british(f.born)}, {"NHS number ", f.number}, {"person ", f.person}, {"plans: ", planWords(f.plans)}} {
		if more.value != "" {
			facts = append(facts, more.words+more.value)
		}
	}
	return strings.Join(facts, ", ")
}

// planWords spell out the codes of plans.
func planWords(plans string) string {
	return strings.NewReplacer("UCPP", "unborn child protection plan (UCPP)", "CPP", "child protection plan (CPP)", "LAC", "looked after (LAC)").Replace(plans)
}

// toDo is one visit and what to do about it.
func (f followUp) toDo(why string) string {
	due := "Due " + f.dueInWords()
	if f.isPastDue {
		due = f.dueInWords()
	}
	ask := ""
	if f.ask != "" {
		ask = ". Ask " + f.ask
	} else if f.seenBy != "" {
		ask = ". Seen by " + f.seenBy
	}
	stands := f.severity + " severity, " + f.state
	if f.remark != "" {
		stands += ", " + f.remark
	}
	return due + ": seen " + british(f.seen) + times(f.count) + " at " + f.place + ask + ". " + strings.ToUpper(stands[:1]) + stands[1:] + ". Yours: " + why + "."
}

func narrowHeader() []string {
	return []string{"Due", "Child", "Seen", "By, and whom to ask", "How it stands", "Yours because", "Message"}
}

func (f followUp) narrow(why string) []string {
	child := f.child
	for _, more := range []struct{ words, value string }{{"born ", british(f.born)}, {"NHS number ", f.number}, {"person ", f.person}, {"plans: ", f.plans}} {
		if more.value != "" {
			child += ", " + more.words + more.value
		}
	}
	by := f.seenBy
	if f.ask != "" {
		by = strings.TrimSpace(by + " ask: " + f.ask)
	}
	stands := f.severity + " severity, " + f.state
	if f.remark != "" {
		stands += ": " + f.remark
	}
	return []string{f.dueInWords(), child, british(f.seen) + times(f.count) + " at " + f.place, by, stands, why, f.message}
}

// narrowWidths are no more than a page across takes, so that the list is printed as large as it is written.
func narrowWidths() []float64 { return []float64{14, 27, 24, 27, 13, 24, 21} }

// The child stands first, and beside whatever is on the second page.
func wideHeader() []string {
	return []string{"Child", "Person", "NHS number", "Born", "Plans", "Past due", "Due", "Severity", "State", "Remark",
		"Seen at", "Times", "Place", "Seen by", "Whom to ask", "Yours because", "Message"}
}

func wideWidths() []float64 {
	return []float64{22, 10, 13, 13, 9, 13, 18, 11, 13, 18, 18, 8, 24, 24, 24, 24, 24}
}

func (f followUp) wide(why string) []string {
	late := ""
	if f.isPastDue {
		late = pastDue
	}
	return []string{f.child, f.person, f.number, f.born, f.plans, late, f.due, f.severity, f.state, f.remark,
		f.seen, strconv.FormatInt(f.count, 10), f.place, f.seenBy, f.ask, why, f.message}
}

// pastDue says lateness in words, since colour alone tells nobody who cannot see it.
const pastDue = "PAST DUE"

func (f followUp) dueInWords() string {
	if f.isPastDue {
		return pastDue + " since " + british(f.due)
	}
	return british(f.due)
}

// british turns a day or moment that begins with its year into one that begins with its day.
func british(moment string) string {
	if moment == "" {
		return ""
	}
	return moment[8:10] + "/" + moment[5:7] + "/" + moment[:4] + moment[10:]
}

// why is the rule that made it this custodian's, and whom it came from.
func (f followUp) why() string {
	why := f.rule
	if f.passedOnFrom != "" {
		why += ", passed on from worker " + f.passedOnFrom
	}
	switch {
	case f.level > 0 && f.escalatedTo == f.custodian:
		why += fmt.Sprintf("; escalated (level %d), to you too", f.level)
	case f.level > 0 && f.escalatedTo != "":
		why += fmt.Sprintf("; escalated (level %d) to worker %s %s", f.level, f.escalatedTo, f.escalatedToName)
	}
	return why
}

func (f followUp) whyEscalated() string {
	return fmt.Sprintf("escalated, level %d; custodian is worker %s %s (%s)", f.level, f.custodian, f.custodianName, f.rule)
}

// times is said only of more than one look.
func times(n int64) string {
	if n == 1 {
		return ""
	}
	return ", " + strconv.FormatInt(n, 10) + " times"
}
