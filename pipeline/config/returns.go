package config

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// ChildrenInNeed says what the census of children in need cannot tell from the case store's published tables.
type ChildrenInNeed struct {
	NeedPlan   []int64 `yaml:"need_plan"`   // step types that are child in need plans
	UPNUnknown string  `yaml:"upn_unknown"` // type of the person reference that says why a pupil number is not known
	EarlyHelp  []int64 `yaml:"early_help"`  // step types that are early help assessments
	Adopters   []int64 `yaml:"adopters"`    // step types that are the approval of those who would adopt

	ReviewingOfficer []string `yaml:"reviewing_officer"` // types of professional relationships, dm_prof_rel_types
	PersonalAdvisor  []string `yaml:"personal_advisor"`
}

// validateSteps holds the returns' own kinds of steps to those that the models know: a slip of the pen would leave them unread.
func (r Returns) validateSteps() error {
	known := []string{"admission", "health", "deprivation_of_liberty", "adoption", "missing"}
	var wrong []error
	for _, kind := range slices.Sorted(maps.Keys(r.Steps)) {
		if !slices.Contains(known, kind) {
			wrong = append(wrong, fmt.Errorf("returns.steps.%s: the kinds are %s", kind, strings.Join(known, ", ")))
		}
	}
	return errors.Join(wrong...)
}

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

// Returns say who submits the statutory returns, and which years of them a run makes.
type Returns struct {
	LocalAuthority  string `yaml:"local_authority"`  // ONS code, such as E09000012
	AuthorityNumber string `yaml:"authority_number"` // the three digits of the Department for Education
	Name            string `yaml:"name"`
	FinishedYears   int    `yaml:"finished_years"` // collection years that are made beside the one in progress

	ChildrenInNeed      ChildrenInNeed     `yaml:"children_in_need"`
	ClientLevelData     ClientLevelData    `yaml:"client_level_data"`
	Integrated          Integrated         `yaml:"integrated"`
	Folder              string             `yaml:"folder"`               // postcodes.csv and social_workers.csv; empty: the council has neither
	Steps               map[string][]int64 `yaml:"steps"`                // workflow step types by what they record
	Questions           map[string]string  `yaml:"questions"`            // our field: the council's question code; absent: the same
	UnaccompaniedGroups []string           `yaml:"unaccompanied_groups"` // service user groups of unaccompanied children seeking asylum
}

// ReturnFields are what the returns' models ask of forms.
func ReturnFields() []string {
	return []string{
		"return_missing_type", "return_health_check", "return_immunisations", "return_teeth_check", "return_substance_misuse",
		"return_intervention_received", "return_intervention_offered", "return_adopted_by_carer", "return_adopters",
		"return_adopters_sex", "return_adopters_status", "return_previous_permanence", "return_previous_permanence_authority",
		"return_previous_permanence_on", "return_liberty_order_from", "return_liberty_order_to",
		"return_interview_offered", "return_interview_accepted", "return_fostering_for_adoption",
	}
}

var (
	onsCode     = regexp.MustCompile(`^[EW]\d{8}$`)
	threeDigits = regexp.MustCompile(`^\d{3}$`)
)

func (r Returns) validate() error {
	var wrong []error
	if r.LocalAuthority != "" && !onsCode.MatchString(r.LocalAuthority) {
		wrong = append(wrong, errors.New("returns.local_authority: must be an ONS code such as E09000012"))
	}
	if r.AuthorityNumber != "" && !threeDigits.MatchString(r.AuthorityNumber) {
		wrong = append(wrong, errors.New("returns.authority_number: must be three digits"))
	}
	if r.FinishedYears < 0 || r.FinishedYears > 10 {
		wrong = append(wrong, errors.New("returns.finished_years: must be between 0 and 10"))
	}
	wrong = append(wrong, r.validateSteps(), knownQuestions("returns.questions", ReturnFields(), r.Questions))
	return errors.Join(append(wrong, r.ClientLevelData.validate(), r.Integrated.validate())...)
}
