package borough

import "time"

// adultForm writes the answers of adult social care on a step. Ids are of a range of their own, so that those of other rows
// stay what they are.
func (m *mosaic) adultForm(step, subgroup, subject int64, answers []said) {
	if len(answers) == 0 {
		return
	}
	f := form{m, step, subgroup, firstAdultForm + m.next("adult forms"), subject}
	for _, a := range answers {
		f.answer(a.question, a.row, a.words, a.day)
	}
}

const (
	firstAdultForm = 6_000_000
	firstAdultStep = 7_000_000
	carerRelType   = 101 // unpaid carer: no contact to be told of
	firstCarer     = 8_000_000
)

// adultSteps writes the steps that adult social care adds, and who cares for whom.
func (m *mosaic) adultSteps(l *life, adult adultCare) {
	for i, s := range adult.steps {
		id := firstAdultStep + m.next("adult steps")
		at := (l.personID + int64(i)) * 7
		m.row("dm_workflow_steps", id, s.typeID, id, s.status, moment(s.incoming), moment(s.started), moment(s.completed), nil,
			firstWorker+at%int64(m.workers()), firstTeam+at%int64(adultTeams), "N", "N", "N", nil, nil, nil, "N", nil, nil)
		m.row("dm_subgroup_subjects", id, l.personID, "PER")
		m.adultForm(id, id, l.personID, s.form)
	}
	for _, c := range adult.carers {
		m.row("dm_personal_relationships", firstCarer+m.next("carers"), c.of, int64(carerRelType), c.by, m.now.AddDate(-3, 0, 0).Truncate(24*time.Hour), nil,
			"Other Family Relationships", "N", "N", "Y")
	}
}

// adultTeams are the first of the teams, which are those of adults.
const adultTeams = 8
