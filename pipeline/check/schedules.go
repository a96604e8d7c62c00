package check

import (
	"errors"
	"io/fs"
	"os"

	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/scheduling"
)

// checkSchedules looks at the plan as the scheduler reads it; a council may have none.
func checkSchedules(s scheduling.Scheduler, c config.Config) []checkedLine {
	if _, err := os.Stat(s.PlanPath()); s.Plan == "" && errors.Is(err, fs.ErrNotExist) {
		return []checkedLine{{"schedules", true, "there is no schedules.yaml: nothing is done by itself"}}
	}
	keeper, err := s.KeeperOf(c)
	if err != nil {
		var lines []checkedLine
		for _, one := range scheduling.Apart(err) {
			lines = append(lines, checkedLine{"schedules", false, exit.OneLine(one)})
		}
		return lines
	}
	warning, err := keeper.Horizon()
	if err != nil {
		return []checkedLine{{"schedules", false, exit.OneLine(scheduling.Busy(err))}}
	}
	if warning != "" {
		warning = "; " + warning
	}
	return []checkedLine{{"schedules", true, s.PlanPath() + s.NextOf(keeper) + warning}}
}
