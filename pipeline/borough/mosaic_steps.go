package borough

import "time"

// step writes a workflow step, its subjects and its form answers.
func (m *mosaic) step(l *life, s step) (id, subgroup int64) {
	id, subgroup = m.workflowStep(s)
	for _, subject := range s.subjects {
		m.row("dm_subgroup_subjects", subgroup, subject, "PER")
	}
	if m.chance(0.5) { // the same number, but of an organisation
		m.row("dm_subgroup_subjects", subgroup, l.personID-1, "ORG")
	}
	if s.isContact {
		m.row("dm_step_source_details", id, 1+id%int64(len(contactSources())))
	}
	for _, r := range s.requests {
		m.request(id, subgroup, r)
	}
	if len(s.needs) > 0 {
		f := m.form(id, subgroup, subjectOf(l, s))
		for _, n := range s.needs {
			f.says(n.question, n.code)
		}
	}
	if isAssessment(s.typeID) && !s.started.IsZero() {
		m.assessment(id, subgroup, subjectOf(l, s), !s.completed.IsZero())
	}
	return id, subgroup
}

// subjectOf names the subject of a form where the step has one subject only.
func subjectOf(l *life, s step) int64 {
	if len(s.subjects) == 1 {
		return l.personID
	}
	return 0
}

func isAssessment(typeID int64) bool {
	return stepKind(typeID) != "service"
}

func (m *mosaic) workflowStep(s step) (id, subgroup int64) {
	id, subgroup = 700_000+m.next("dm_workflow_steps"), 300_000+m.next("dm_subgroup_subjects")
	m.row("dm_workflow_steps", id, s.typeID, subgroup, s.status, moment(s.incoming), moment(s.started), moment(s.completed), moment(s.cancelled),
		m.worker(), m.team(), flag(s.typeID == section47Enquiry), flag(s.typeID == childAndFamilyAssessment), flag(s.isContact),
		moment(s.strategy), moment(s.conference), text(s.category), "N", nil, nil)
	return id, subgroup
}

// form is one form of a step, being filled in.
type form struct {
	*mosaic
	step, subgroup, id, subject int64
}

func (m *mosaic) form(step, subgroup, subject int64) form {
	return form{m, step, subgroup, m.next("dm_cached_form_answers"), subject}
}

// answer writes one answer in a row of the form; nothing where nothing was answered.
func (f form) answer(question string, row int, words string, at time.Time) {
	if words == "" && at.IsZero() {
		return
	}
	f.row("dm_cached_form_answers", f.step, f.id, int64(row), mapping(question), known(f.subject), f.subgroup, text(words), moment(at))
}

func (f form) says(question, words string)         { f.answer(question, 1, words, time.Time{}) }
func (f form) dates(question string, at time.Time) { f.answer(question, 1, "", at) }

// request writes one consent request's answers.
func (m *mosaic) request(step, subgroup int64, r request) {
	f := m.form(step, subgroup, r.subject)
	f.dates("consent_asked_at", r.askedAt)
	f.says("consent_direction", r.direction)
	if len(r.datasets) == 0 {
		f.says("consent_datasets", "all")
	}
	for i, dataset := range r.datasets {
		f.answer("consent_datasets", i+1, dataset, time.Time{})
	}
	f.says("consent_decision", r.decision)
	f.says("consent_decided_by", r.decidedBy)
	f.says("consent_capacity", r.capacity)
	f.dates("consent_capacity_assessed_on", r.assessedOn)
	f.says("consent_needs_met", r.needsMet)
	f.says("consent_asked_by_role", m.pick("Social worker", "Social worker", "Care coordinator", "Occupational therapist"))
	f.says("consent_way_of_asking", m.pick("in person", "in person", "telephone", "written", "proxy"))
	if r.decision == "refused" || r.decision == "withdrawn" {
		f.says("consent_reason", m.pick("Prefers to tell each service", "Worried who will see it", "Gave no reason", "Wants to speak to the family first"))
	}
}

// assessment writes a few of the questions that every assessment asks.
func (m *mosaic) assessment(step, subgroup, subject int64, isDone bool) {
	f := m.form(step, subgroup, subject)
	f.says("views_of_person", m.pick("Wants to stay at home", "Would like help in the mornings", "Feels safe", "Wants fewer visits", "Asked for an interpreter"))
	if isDone {
		f.says("assessment_outcome", m.pick("Care and support plan", "Information and advice", "No further action", "Review in six weeks"))
	}
	if m.chance(50) {
		f.answer("eligible_needs", 1, m.pick("Nutrition", "Personal hygiene", "Toilet"), time.Time{})
		f.answer("eligible_needs", 2, m.pick("Home safety", "Relationships", "Work and learning"), time.Time{})
	}
	if m.chance(20) {
		f.says("risk_summary", m.pick("Falls", "Self-neglect", "None seen", "Fire"))
	}
}
