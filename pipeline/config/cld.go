package config

import (
	"errors"
	"fmt"
	"slices"
)

// ClientLevelData says how the council records adult social care. No published table of the case store holds it, so it is read
// from the council's own workflow steps and their forms.
type ClientLevelData struct {
	Request     []int64           `yaml:"request"` // workflow step types, by the event that they are
	Assessment  []int64           `yaml:"assessment"`
	Service     []int64           `yaml:"service"` // each line of the form that names a service is one
	Review      []int64           `yaml:"review"`
	UnpaidCarer []int64           `yaml:"unpaid_carer"` // those of them that are about an unpaid carer, where the form does not say
	Questions   map[string]string `yaml:"questions"`    // our field: the council's question code; absent: the same
}

// CLDPersonFields are what the models ask of a form of adult social care about the person, whichever event the form is of.
func CLDPersonFields() []string {
	return []string{
		"cld_primary_support_reason", "cld_accommodation_status", "cld_employment_status", "cld_client_funding_status",
		"cld_autism_spectrum_disorder", "cld_visual_impairment", "cld_hearing_impairment", "cld_dementia",
	}
}

// CLDFields are all that the models ask of a form: of the person, then of the event.
func CLDFields() []string {
	return append(CLDPersonFields(),
		"cld_client_type", "cld_event_outcome", "cld_event_description", "cld_route_of_access", "cld_assessment_type",
		"cld_eligible_needs_identified", "cld_method_of_assessment", "cld_total_hours_caring", "cld_service_type", "cld_service_component",
		"cld_delivery_mechanism", "cld_provider_cqc_location_name", "cld_provider_cqc_location_id", "cld_review_reason",
		"cld_review_outcomes_achieved", "cld_method_of_review", "cld_unit_cost", "cld_cost_frequency", "cld_planned_units_per_week",
		"cld_service_start", "cld_service_end")
}

// EventSteps are the step types by event.
func (d ClientLevelData) EventSteps() map[string][]int64 {
	return map[string][]int64{"Request": d.Request, "Assessment": d.Assessment, "Service": d.Service, "Review": d.Review}
}

func (d ClientLevelData) validate() error {
	var wrong []error
	events := slices.Concat(d.Request, d.Assessment, d.Service, d.Review)
	for i, id := range d.UnpaidCarer {
		if !slices.Contains(events, id) {
			wrong = append(wrong, fmt.Errorf("returns.client_level_data.unpaid_carer[%d]: step type %d is not an event", i, id))
		}
	}
	return errors.Join(append(wrong, knownQuestions("returns.client_level_data.questions", CLDFields(), d.Questions))...)
}
