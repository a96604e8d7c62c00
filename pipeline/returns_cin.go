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
		{"cin", "upn_unknown_reference varchar", []row{{"upn_unknown_reference": c.UPNUnknown}}},
	}
}
