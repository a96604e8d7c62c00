package custodians

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"careshare/reports"
	"careshare/sql"
)

const failing = `
	select failure.is_to_be_mended, replace(failure.area, '_', ' '), failure.subject,
	    coalesce(reason.words, replace(failure.reason, '_', ' ')), coalesce(failure.person_id::varchar, ''),
	    strftime(failure.first_seen_at at time zone 'Europe/London', '%d/%m/%Y %H:%M'), failure.age_days::varchar
	from cpis_failures as failure
	left join config.reasons as reason on reason.reason = 'cpis_' || failure.reason
	order by failure.is_to_be_mended desc, failure.age_days desc, failure.area, failure.subject, failure.reason`

// failures are what somebody must mend, and what is told for the record only.
type failures struct{ toMend, forTheRecord [][]string }

func readFailures(ctx context.Context, db *sql.DB) (all failures, err error) {
	rows, err := db.QueryContext(ctx, failing)
	if err != nil {
		return all, err
	}
	defer rows.Close()
	for rows.Next() {
		isToMend, cells := false, make([]string, 6)
		if err := rows.Scan(&isToMend, &cells[0], &cells[1], &cells[2], &cells[3], &cells[4], &cells[5]); err != nil {
			return all, errors.New("a value that must be there is missing")
		}
		if isToMend {
			all.toMend = append(all.toMend, cells)
		} else {
			all.forTheRecord = append(all.forTheRecord, cells)
		}
	}
	return all, rows.Err()
}

// owners is for those who own the process: what fails, and what each custodian has open.
func owners(failed failures, lists []*list) document {
	tables := []reports.Table{failuresTable("to mend", "To be mended", failed.toMend), openTable(lists)}
	if len(failed.forTheRecord) > 0 {
		tables = append(tables, failuresTable("for the record", "For the record, nothing to mend", failed.forTheRecord))
	}
	return document{title: "CP-IS: what fails, and who has what open", page: tables, sheet: tables, intro: []string{
		"What keeps a child from the NHS, an answer from being believed or a notification from its custodian, oldest first. Times are London's.",
		"Official: for those who own the process only."}}
}

func failuresTable(name, title string, of [][]string) reports.Table {
	t := reports.TextTable(name, title+": "+strconv.Itoa(len(of)), []string{"Area", "About", "What is wrong", "Person", "Since", "Days"}, of)
	t.Widths = []float64{16, 44, 60, 12, 18, 8}
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
