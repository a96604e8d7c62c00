package borough

import (
	"database/sql/driver"
	"errors"
	"strconv"
	"time"
)

// The demo council's own step types for what no reporting table holds.
const (
	missingEpisode  = 701
	careReview      = 702
	careAdmission   = 703
	careHealth      = 704
	libertyOrder    = 705
	adoptionPlanned = 706
)

// returnQuestions are the codes of the demo council's forms for the returns.
func returnQuestions() []string {
	return []string{"return_missing_type", "return_health_check", "return_immunisations", "return_teeth_check", "return_substance_misuse",
		"return_intervention_received", "return_intervention_offered", "return_adopted_by_carer", "return_adopters", "return_adopters_sex",
		"return_adopters_status", "return_previous_permanence", "return_previous_permanence_authority", "return_previous_permanence_on",
		"return_liberty_order_from", "return_liberty_order_to", "return_interview_offered", "return_interview_accepted", "return_fostering_for_adoption"}
}

// placementHosts writes where carers and homes are.
func (m *mosaic) placementHosts() {
	since := time.Date(m.now.Year()-20, time.April, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range hosts() {
		m.row("dm_placement_carer_addresses", c.id, c.place.postcode, since, nil)
	}
}

// inCare writes what was done for a child in care.
func (m *mosaic) inCare(l *life) {
	facts := &l.care.inCare
	if !facts.isNoted {
		return
	}
	m.homeBefore(l, facts.homePost)
	if !facts.unaccompanied.IsZero() {
		m.row("dm_service_user_groups", l.personID, "Unaccompanied asylum seeking child", facts.unaccompanied, nil)
	}
	for _, r := range facts.reviews {
		status := statusBy(r.at)
		if r.isUnsettled {
			status = "PAUSED"
		}
		m.eventAs(l, careReview, status, r.at, r.at, "N", moment(r.at), text(r.code))
	}
	for _, a := range facts.absences {
		f := m.event(l, missingEpisode, a.start, a.end, "Y")
		f.says("return_missing_type", a.kind)
		if a.kind == "missing" {
			f.says("return_interview_offered", "Yes")
			f.says("return_interview_accepted", [...]string{"Yes", "No"}[l.personID%2])
		}
	}
	for _, a := range facts.admissions {
		f := m.event(l, careAdmission, a.at, a.at, "N")
		f.says("return_previous_permanence", a.permanence)
		f.says("return_previous_permanence_authority", a.from)
		f.dates("return_previous_permanence_on", a.permanenceOn)
	}
	for _, h := range facts.health {
		m.healthYear(l, h)
	}
	for _, at := range facts.offences {
		m.row("dm_offences", m.next("dm_offences"), l.personID, at, "Y")
	}
	for _, p := range facts.liberty {
		f := m.event(l, libertyOrder, p.start, p.start, "N")
		f.dates("return_liberty_order_from", p.start)
		f.dates("return_liberty_order_to", p.end)
	}
	for _, s := range facts.situations {
		m.row("dm_former_looked_after", l.personID, s.at, s.inTouch, text(s.activity), text(s.accommodation), text(s.suitable))
	}
	if facts.plan != nil {
		m.adoption(l, facts.plan)
	}
}

// statusBy is the status of a step that ended at a moment, or goes on.
func statusBy(end time.Time) string {
	if end.IsZero() {
		return "STARTED"
	}
	return "COMPLETED"
}

// event writes a step that is done or goes on, and opens its form.
func (m *mosaic) event(l *life, typeID int64, from, to time.Time, isMissing string) form {
	return m.eventAs(l, typeID, statusBy(to), from, to, isMissing, nil, nil)
}

func (m *mosaic) eventAs(l *life, typeID int64, status string, from, to time.Time, isMissing string, reviewed, part driver.Value) form {
	id, subgroup := 700_000+m.next("dm_workflow_steps"), 300_000+m.next("dm_subgroup_subjects")
	m.row("dm_workflow_steps", id, typeID, subgroup, status, from, from, moment(to), nil, m.worker(), m.team(), "N", "N", "N", nil, nil, nil, isMissing, reviewed, part)
	m.row("dm_subgroup_subjects", subgroup, l.personID, "PER")
	return m.form(id, subgroup, l.personID)
}

// homeBefore writes the address that the child had on the day when care began, where it is not the present one.
func (m *mosaic) homeBefore(l *life, postcode string) {
	for _, s := range l.care.spells {
		if day := midnight(s.start); postcode != "" && l.care.inCare.unaccompanied.IsZero() {
			m.address(l.personID, day, day.AddDate(0, 0, 1), m.former(), postcode, false)
		}
	}
	if postcode != "" {
		m.row("dm_placement_carer_addresses", parentHost+l.personID, postcode, time.Date(m.now.Year()-20, time.April, 1, 0, 0, 0, 0, time.UTC), nil)
	}
}

func (m *mosaic) healthYear(l *life, h healthYear) {
	var score driver.Value
	if h.score >= 0 {
		score = int64(h.score)
	}
	m.row("dm_health_assessments", m.next("dm_health_assessments"), l.personID, h.at, flag(h.score >= 0), score, text(h.reason))
	f := m.event(l, careHealth, h.at, h.at, "N")
	f.says("return_health_check", h.check)
	f.says("return_immunisations", h.immunisations)
	f.says("return_teeth_check", h.teeth)
	f.says("return_substance_misuse", h.misuse)
	f.says("return_intervention_received", h.received)
	f.says("return_intervention_offered", h.offered)
}

func (m *mosaic) adoption(l *life, plan *adoptionPlan) {
	f := m.event(l, adoptionPlanned, plan.decided, plan.decided, "N")
	m.row("dm_workflow_steps_people_vw", f.step, l.personID, moment(plan.decided), moment(plan.matched), moment(plan.ceased), text(plan.reason))
	f.says("return_adopted_by_carer", plan.byCarer)
	f.says("return_adopters", plan.adopters)
	f.says("return_adopters_sex", plan.sexes)
	f.says("return_adopters_status", plan.marriage)
}

// writeReference writes what the returns need beside the case store: where postcodes lie, and social workers' registrations.
func writeReference(o Options) (writer, error) {
	if err := makeFolder(o.path("returns")); err != nil {
		return nil, err
	}
	postcodes, err := createTruth(o.path("returns", "postcodes.csv"), "postcode", "local_authority", "easting", "northing")
	if err != nil {
		return nil, err
	}
	for _, p := range append(places("home"), places("carer")...) {
		err = errors.Join(err, postcodes.write(p.postcode, p.authority, p.easting, p.northing))
	}
	if err := errors.Join(err, postcodes.close()); err != nil {
		return nil, err
	}
	workers, err := createTruth(o.path("returns", "social_workers.csv"), "worker_id", "registration_number")
	if err != nil {
		return nil, err
	}
	for i := range o.workers() {
		err = errors.Join(err, workers.write(strconv.Itoa(firstWorker+i), "SW"+strconv.Itoa(100_000+i*37)))
	}
	return written{}, errors.Join(err, workers.close())
}

// written was written whole when it was opened.
type written struct{}

func (written) add(*life) error { return nil }
func (written) close() error    { return nil }
