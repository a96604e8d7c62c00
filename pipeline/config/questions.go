package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// FormFields are what the models ask of a form; a council whose codes differ says so under consent.questions.
var FormFields = [...]string{
	"consent_asked_at", "consent_direction", "consent_datasets", "consent_decision", "consent_decided_by",
	"consent_capacity", "consent_capacity_assessed_on", "consent_needs_met", "consent_reason",
	"consent_asked_by_role", "consent_way_of_asking",
	"ais_communication_support", "ais_contact_method", "ais_information_format", "ais_professional_required",
	"cpis_message_id", "cpis_outcome",
}

// knownQuestions refuses a council's own code for what none of our fields is called, and names the key.
func knownQuestions(key string, fields []string, own map[string]string) error {
	var wrong []error
	for _, field := range slices.Sorted(maps.Keys(own)) {
		if !slices.Contains(fields, field) {
			wrong = append(wrong, fmt.Errorf("%s: no field is called %s", key, field))
		}
	}
	return errors.Join(wrong...)
}
