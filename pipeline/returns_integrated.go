package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Integrated says which teams work for health and social care at once, who else records what they do, and which of the two
// systems leads where both record one thing.
type Integrated struct {
	Teams   []int64           `yaml:"teams"`   // dm_organisations
	Senders []string          `yaml:"senders"` // health senders whose contacts with the teams' people are the teams' own
	Leads   map[string]string `yaml:"leads"`   // council or health, by field
}

// comparedFields are what both systems may record of a person.
func comparedFields() []string {
	return []string{"family_name", "given_name", "birth_date", "gender", "nhs_number", "date_of_death", "postcode", "dementia", "autism_spectrum_disorder"}
}

func (i Integrated) validate() error {
	var wrong []error
	for field, system := range i.Leads {
		if !slices.Contains(comparedFields(), field) {
			wrong = append(wrong, fmt.Errorf("returns.integrated.leads: no field is called %s; the fields are %s", field, strings.Join(comparedFields(), ", ")))
		}
		if system != "council" && system != "health" {
			wrong = append(wrong, fmt.Errorf("returns.integrated.leads.%s: must be council or health", field))
		}
	}
	return errors.Join(wrong...)
}

// relations are the teams, senders and leading systems as the models read them.
func (i Integrated) relations() []relation {
	teams, senders, leads := []row{}, []row{}, []row{}
	for _, id := range i.Teams {
		teams = append(teams, row{"team_id": id})
	}
	for _, sender := range i.Senders {
		senders = append(senders, row{"sender": sender})
	}
	for field, system := range i.Leads {
		leads = append(leads, row{"field": field, "leads": system})
	}
	return []relation{
		{"integrated_teams", "team_id bigint", teams},
		{"integrated_senders", "sender varchar", senders},
		{"integrated_leads", "field varchar, leads varchar", leads},
	}
}
