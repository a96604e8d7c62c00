package borough

import (
	"database/sql/driver"
	"fmt"
	"time"
)

const (
	firstWorker = 5_001
	firstTeam   = 301
	firstRole   = 8_001
)

func teams() []string {
	return []string{"Adult Front Door", "Adult Safeguarding", "Integrated Learning Disability", "Long Term Care North", "Long Term Care South",
		"Hospital Discharge", "Occupational Therapy", "Reablement", "Access and Assessment", "Family Intervention", "Children in Care",
		"Disabled Children", "Leaving Care", "Independent Reviewing"}
}

// relTypes are the personal relationships, by their ids from 1.
func relTypes() []struct{ description, category, kinship string } {
	return []struct{ description, category, kinship string }{
		{"Mother", "Child's Parents", "mother"}, {"Father", "Child's Parents", "father"},
		{"Daughter", "Child's Children", "daughter"}, {"Son", "Child's Children", "son"},
		{"Sister", "Child's Siblings", "sister"}, {"Brother", "Child's Siblings", "brother"},
		{"Spouse", "Other Family Relationships", "partner"}, {"Next of kin", "Other Family Relationships", ""},
		{"Advocate", "Other Family Relationships", ""}, {"Friend", "Other Family Relationships", ""},
	}
}

const (
	relNextOfKin = 8
	relAdvocate  = 9
)

// relType is the id of a kinship.
func relType(kinship string) int64 {
	for i, t := range relTypes() {
		if t.kinship == kinship {
			return int64(i + 1)
		}
	}
	return 0
}

// questions are the codes of the demo council's forms, by their mapping ids from firstMapping.
func questions() []string {
	return append([]string{"consent_asked_at", "consent_direction", "consent_datasets", "consent_decision", "consent_decided_by", "consent_capacity",
		"consent_capacity_assessed_on", "consent_needs_met", "consent_reason", "consent_asked_by_role", "consent_way_of_asking",
		"ais_communication_support", "ais_contact_method", "ais_information_format", "ais_professional_required",
		"assessment_outcome", "eligible_needs", "views_of_person", "risk_summary", "cpis_message_id", "cpis_outcome",
		"cld_route_of_access", "cld_event_outcome", "cld_primary_support_reason", "cld_accommodation_status", "cld_employment_status",
		"cld_client_funding_status", "cld_autism_spectrum_disorder", "cld_visual_impairment", "cld_hearing_impairment", "cld_dementia",
		"cld_assessment_type", "cld_method_of_assessment", "cld_eligible_needs_identified", "cld_total_hours_caring",
		"cld_review_reason", "cld_review_outcomes_achieved", "cld_method_of_review", "cld_service_type", "cld_service_component",
		"cld_delivery_mechanism", "cld_unit_cost", "cld_cost_frequency", "cld_planned_units_per_week", "cld_provider_cqc_location_name",
		"cld_provider_cqc_location_id", "cld_service_start", "cld_service_end"}, returnQuestions()...)
}

const firstMapping = 9_001

// mapping is the id of a question.
func mapping(question string) int64 {
	for i, code := range questions() {
		if code == question {
			return firstMapping + int64(i)
		}
	}
	return 0
}

// ethnicities are code, description and the code of the national returns.
func ethnicities() [][3]string {
	return [][3]string{{"A1", "White British", "WBRI"}, {"A2", "White Irish", "WIRI"}, {"A3", "Gypsy or Roma", "WROM"}, {"A9", "Any other White background", "WOTH"},
		{"B1", "White and Black Caribbean", "MWBC"}, {"B2", "White and Black African", "MWBA"}, {"B3", "White and Asian", "MWAS"}, {"B9", "Any other mixed background", "MOTH"},
		{"C1", "Indian", "AIND"}, {"C2", "Pakistani", "APKN"}, {"C3", "Bangladeshi", "ABAN"}, {"C4", "Chinese", "CHNE"}, {"C9", "Any other Asian background", "AOTH"},
		{"D1", "Caribbean", "BCRB"}, {"D2", "African", "BAFR"}, {"D9", "Any other Black background", "BOTH"}, {"E9", "Any other ethnic group", "OOTH"},
		{"X1", "Refused", "REFU"}, {"X2", "Not obtained", "NOBT"}}
}

// reference writes the tables that speak of no person.
func (m *mosaic) reference() {
	for i, t := range relTypes() {
		m.row("dm_personal_rel_types", int64(i+1), t.description, t.category, "N", "N")
	}
	m.row("dm_personal_rel_types", int64(carerRelType), "Unpaid carer", "Other Family Relationships", "Y", "N")
	for _, t := range []struct {
		id       int64
		isClosed bool
	}{{careActAssessment, false}, {carersAssessment, false}, {childAndFamilyAssessment, false}, {adultSafeguarding, false},
		{section47Enquiry, false}, {carePackage, false}, {reablement, false}, {occupationalTherapy, false}, {shortBreaks, false},
		{protectionConference, false}, {childInNeedPlan, false}, {earlyHelp, false}, {adopterApproval, false}, {consentRequest, false}, {accessibleInformation, false}, {adviceGiven, false}, {caseClosure, true}, {cpisFollowUp, false},
		{supportRequest, false}, {adultReview, false}, {carersSupport, false}, {carersTalk, false},
		{missingEpisode, false}, {careReview, false}, {careAdmission, false}, {careHealth, false}, {libertyOrder, false}, {adoptionPlanned, false}} {
		m.row("dm_workflow_step_types", t.id, flag(t.isClosed))
	}
	for i, code := range questions() {
		m.row("dm_cached_form_questions", firstMapping+int64(i), code)
	}
	for _, t := range [][2]string{{"ALLWKR", "Allocated worker"}, {"SOCWKR", "Social worker"}, {"OCCTH", "Occupational therapist"},
		{"IRO", "Independent reviewing officer"}, {"ADVOC", "Advocate"}} {
		m.row("dm_prof_rel_types", t[0], t[1])
	}
	for _, e := range ethnicities() {
		m.row("dm_ethnicities", e[0], e[1], e[2], e[2])
	}
	for i, source := range contactSources() {
		m.row("dm_step_source_types", int64(i+1), source)
	}
	for _, group := range needGroups() {
		m.row("dm_serv_user_group_types", group[0], group[1])
	}
	for i, name := range teams() {
		m.row("dm_organisations", firstTeam+int64(i), name)
	}
	m.staff()
	m.placementHosts()
}

// workers is how many the council has.
func (o Options) workers() int { return 30 + o.People/500 }

// staff writes the workers and the teams that they are of, with the team before for some.
func (m *mosaic) staff() {
	names := traditions()
	start := time.Date(m.now.Year()-6, time.April, 1, 0, 0, 0, 0, time.UTC)
	role := int64(firstRole)
	add := func(worker, team int64, from time.Time, to driver.Value) {
		m.row("dm_worker_roles", role, worker, team, from, to)
		role++
	}
	for i := range m.workers() {
		t := names[m.random.IntN(len(names))]
		worker := firstWorker + int64(i)
		m.row("dm_workers", worker, fmt.Sprintf("%s %s", m.pick(append(t.women, t.men...)...), m.pick(t.surnames...)))
		from := start.AddDate(0, m.between(0, 40), 0)
		if m.chance(30) {
			moved := from.AddDate(0, m.between(3, 20), 0)
			add(worker, m.team(), from, moved)
			from = moved
		}
		add(worker, firstTeam+int64(i%len(teams())), from, nil)
	}
}

func (m *mosaic) team() int64 { return firstTeam + int64(m.random.IntN(len(teams()))) }
