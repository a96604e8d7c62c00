package pipeline

import (
	"time"

	"careshare/schedules"
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

// relations are the terms as the census's models read them, and the calendar of its deadlines.
func (c ChildrenInNeed) relations(holidays schedules.Holidays) []relation {
	days := []row{}
	for _, day := range holidays.Days() {
		days = append(days, row{"day": day.Format(time.DateOnly)})
	}
	return []relation{
		{"bank_holidays", "day date", days},
		{"cin_plan_steps", "workflow_step_type_id bigint", steps(c.NeedPlan)},
		{"early_help_steps", "workflow_step_type_id bigint", steps(c.EarlyHelp)},
		{"adopter_steps", "workflow_step_type_id bigint", steps(c.Adopters)},
		{"annex_a_professionals", "prof_rel_type_code varchar, role varchar", append(professionals(c.ReviewingOfficer, "reviewing_officer"), professionals(c.PersonalAdvisor, "personal_advisor")...)},
		{"cin", "upn_unknown_reference varchar", []row{{"upn_unknown_reference": c.UPNUnknown}}},
	}
}

func professionals(types []string, role string) []row {
	rows := []row{}
	for _, code := range types {
		rows = append(rows, row{"prof_rel_type_code": code, "role": role})
	}
	return rows
}
