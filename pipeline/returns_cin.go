package pipeline

import (
	"time"

	"careshare/schedules"
)

// ChildrenInNeed says what the census of children in need cannot tell from the case store's published tables.
type ChildrenInNeed struct {
	NeedPlan   []int64 `yaml:"need_plan"`   // step types that are child in need plans
	UPNUnknown string  `yaml:"upn_unknown"` // type of the person reference that says why a pupil number is not known
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
		{"cin", "upn_unknown_reference varchar", []row{{"upn_unknown_reference": c.UPNUnknown}}},
	}
}
