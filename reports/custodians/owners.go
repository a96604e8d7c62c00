package custodians

import (
	"context"
	"errors"
	"strconv"

	"careshare/reports"
	"careshare/sql"
)

const failing = `
	select case when failure.is_to_be_mended then 'yes' else 'no' end, replace(failure.area, '_', ' '), failure.subject,
	    coalesce(reason.words, replace(failure.reason, '_', ' ')), coalesce(failure.person_id::varchar, ''),
	    strftime(failure.first_seen_at at time zone 'Europe/London', '%d/%m/%Y %H:%M'), failure.age_days::varchar
	from cpis_failures as failure
	left join config.reasons as reason on reason.reason = 'cpis_' || failure.reason
	order by failure.is_to_be_mended desc, failure.age_days desc, failure.area, failure.subject, failure.reason`

func readFailures(ctx context.Context, db *sql.DB) (all [][]string, err error) {
	rows, err := db.QueryContext(ctx, failing)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		cells := make([]string, 7)
		if err := rows.Scan(&cells[0], &cells[1], &cells[2], &cells[3], &cells[4], &cells[5], &cells[6]); err != nil {
			return nil, errors.New("a value that must be there is missing")
		}
		all = append(all, cells)
	}
	return all, rows.Err()
}

// owners is for those who own the process: what fails, and what each custodian has open.
func owners(failures [][]string, lists []*list) document {
	failing := reports.TextTable("failures", "What fails: "+strconv.Itoa(len(failures)),
		[]string{"To be mended", "Area", "About", "What is wrong", "Person", "Since", "Days"}, failures)
	failing.Widths = []float64{14, 16, 44, 60, 12, 18, 8}
	var open [][]string
	for _, l := range lists {
		late := 0
		for _, f := range l.own {
			if f.isPastDue {
				late++
			}
		}
		open = append(open, []string{l.worker, l.name, strconv.Itoa(len(l.own)), strconv.Itoa(late), strconv.Itoa(len(l.climbing))})
	}
	custodians := reports.TextTable("custodians", "Who has what open",
		[]string{"Worker", "Name", "Open", "Past due", "Escalated to them"}, open)
	custodians.Widths = []float64{12, 40, 10, 12, 20}
	tables := []reports.Table{failing, custodians}
	return document{title: "CP-IS: what fails, and who has what open", page: tables, sheet: tables, intro: []string{
		"What keeps a child from the NHS, an answer from being believed or a notification from its custodian. What must be mended comes first, oldest first.",
		"Official: for those who own the process only."}}
}
