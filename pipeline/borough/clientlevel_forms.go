package borough

import (
	"fmt"
	"time"
)

// The words are those of Client Level Data, Release 2, where its list is public, else of Release 1; where neither is, the
// demo council's own.

// about is what a request says about the person.
func (a *adultMaker) about() []said {
	form := []said{
		{"cld_primary_support_reason", 1, a.pick("Physical Support: Access & mobility only", "Physical Support: Personal care support",
			"Physical Support: Personal care support", "Support with Memory & Cognition", "Learning Disability Support", "Mental Health Support",
			"Sensory Support: Support for visual impairment", "Social Support: Support for Social Isolation/Other"), time.Time{}},
		{"cld_accommodation_status", 1, a.pick("Owner occupier or shared ownership scheme", "Tenant: Private landlord",
			"Tenant: Local authority or other social housing provider", "Settled mainstream housing with family or friends",
			"Sheltered housing, extra care housing or other sheltered housing"), time.Time{}},
		{"cld_employment_status", 1, a.pick("Not in paid employment", "Not in paid employment", "In paid employment"), time.Time{}},
		{"cld_client_funding_status", 1, a.pick("Fully funded by the council", "Part funded by the client"), time.Time{}},
	}
	for _, question := range []string{"cld_autism_spectrum_disorder", "cld_visual_impairment", "cld_hearing_impairment", "cld_dementia"} {
		if a.chance(40) {
			form = append(form, said{question, 1, a.pick("Yes", "No", "No", "No"), time.Time{}})
		}
	}
	return form
}

func (a *adultMaker) requestForm(outcome string, isFirst bool) []said {
	form := []said{
		{"cld_route_of_access", 1, a.pick("Community / Other route", "Community / Other route", "Discharge from Hospital", "Diversion from Hospital Services"), time.Time{}},
		{"cld_event_outcome", 1, outcome, time.Time{}},
	}
	if isFirst {
		form = append(form, a.about()...)
	}
	return form
}

func (a *adultMaker) assessment() []said {
	return []said{
		{"cld_assessment_type", 1, a.pick("Long term assessment", "Long term assessment", "Short term assessment"), time.Time{}},
		{"cld_method_of_assessment", 1, a.pick("Face to face", "Face to face", "Telephone"), time.Time{}},
		{"cld_eligible_needs_identified", 1, a.pick("Yes", "Yes", "No"), time.Time{}},
		{"cld_event_outcome", 1, a.pick("Progress to support planning or services", "Progress to support planning or services",
			"Progress to reablement/ST-Max", "NFA: Support declined", "NFA: No services offered for other reason"), time.Time{}},
	}
}

func (a *adultMaker) carersAssessment() []said {
	return []said{
		{"cld_assessment_type", 1, "Carer assessment", time.Time{}},
		{"cld_method_of_assessment", 1, a.pick("Face to face", "Telephone"), time.Time{}},
		{"cld_event_outcome", 1, a.pick("Progress to support planning or services", "NFA: Information and advice or signposting"), time.Time{}},
		{"cld_total_hours_caring", 1, a.pick("1-19 hours", "20-49 hours", "50 or more hours"), time.Time{}},
	}
}

func (a *adultMaker) review() []said {
	return []said{
		{"cld_review_reason", 1, a.pick("Planned", "Planned", "Unplanned"), time.Time{}},
		{"cld_review_outcomes_achieved", 1, a.pick("Fully achieved", "Partially achieved", "Not achieved"), time.Time{}},
		{"cld_method_of_review", 1, a.pick("Face to face", "Face to face", "Telephone"), time.Time{}},
		{"cld_event_outcome", 1, a.pick("Continuation of support or services", "Continuation of support or services", "Progress to support planning or services"), time.Time{}},
	}
}

// services are the lines of a package: one or two for care, one for reablement and for equipment. They end with the person.
func (a *adultMaker) services(s step, began, end time.Time) []said {
	outcome := "Continuation of support or services"
	if !end.IsZero() && !end.After(a.now) {
		outcome = a.pick("NFA: Support ended as planned", "NFA: Support ended for other reason", "NFA: Self-funded client or under 12wk disregard")
	} else {
		end = time.Time{}
	}
	if died := a.recorded.death; !died.IsZero() && (end.IsZero() || !end.Before(died)) {
		end, outcome = died, "NFA: Deceased"
	}
	var form []said
	for row := range a.lines(s) {
		form = append(form, a.line(s.typeID, row+1)...)
		form = append(form, said{"cld_event_outcome", row + 1, outcome, time.Time{}}, said{"cld_service_start", row + 1, "", midnight(began)})
		if !end.IsZero() {
			form = append(form, said{"cld_service_end", row + 1, "", midnight(end)})
		}
	}
	return form
}

func (a *adultMaker) lines(s step) int {
	if s.typeID == carePackage && a.chance(25) {
		return 2
	}
	return 1
}

// line is one service; the second of a package is never the same as the first.
func (a *adultMaker) line(typeID int64, row int) []said {
	kind, component, mechanism := "Long term support: Community", a.pick("Home support or domiciliary care", "Community supported living", "Shared Lives", "Extra care housing"),
		a.pick("CASSR managed personal budget", "CASSR managed personal budget", "CASSR commissioned support")
	switch {
	case typeID == reablement:
		kind, component, mechanism = "Short term support: ST-Max", "Reablement", "CASSR commissioned support"
	case typeID == occupationalTherapy:
		kind, component, mechanism = "Short term support: Ongoing low level", "Equipment", ""
	case row == 2 && a.chance(50):
		kind, component, mechanism = "Short term support: Other short term", a.pick("Short term residential care", "Short term nursing care"), "CASSR managed personal budget"
	case row == 2:
		component, mechanism = "Direct payment", "Direct payment"
	}
	form := []said{{"cld_service_type", row, kind, time.Time{}}, {"cld_service_component", row, component, time.Time{}}}
	if mechanism != "" {
		form = append(form, said{"cld_delivery_mechanism", row, mechanism, time.Time{}})
	}
	if typeID != carePackage {
		return form
	}
	return append(form, a.costs(row)...)
}

func (a *adultMaker) costs(row int) []said {
	return []said{
		{"cld_unit_cost", row, fmt.Sprintf("%d.%02d", a.between(18, 32), a.between(0, 99)), time.Time{}},
		{"cld_cost_frequency", row, "Hourly", time.Time{}},
		{"cld_planned_units_per_week", row, fmt.Sprintf("%d.50", a.between(3, 28)), time.Time{}},
		{"cld_provider_cqc_location_name", row, a.pick("Albion Home Care", "Lea Bridge Support", "Marsh Lane Living"), time.Time{}},
		{"cld_provider_cqc_location_id", row, fmt.Sprintf("1-%09d", a.between(100_000_000, 999_999_999)), time.Time{}},
	}
}

func (a *adultMaker) carersService(started time.Time) []said {
	form := []said{
		{"cld_service_type", 1, "Unpaid carer support: Direct to unpaid carer", time.Time{}},
		{"cld_service_component", 1, "Direct payment", time.Time{}},
		{"cld_delivery_mechanism", 1, "Direct payment", time.Time{}},
		{"cld_event_outcome", 1, "Continuation of support or services", time.Time{}},
		{"cld_service_start", 1, "", midnight(started)},
	}
	return append(form, a.costs(1)[:3]...)
}
