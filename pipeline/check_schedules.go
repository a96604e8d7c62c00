package pipeline

import (
	"errors"
	"io/fs"
	"os"
)

// checkSchedules looks at the plan as the scheduler reads it; a council may have none.
func checkSchedules(s scheduler, c Config) []checkedLine {
	if _, err := os.Stat(s.planPath()); s.path == "" && errors.Is(err, fs.ErrNotExist) {
		return []checkedLine{{"schedules", true, "there is no schedules.yaml: nothing is done by itself"}}
	}
	keeper, err := s.keeperOf(c)
	if err != nil {
		var lines []checkedLine
		for _, one := range apart(err) {
			lines = append(lines, checkedLine{"schedules", false, withHint(one)})
		}
		return lines
	}
	warning, err := keeper.Horizon()
	if err != nil {
		return []checkedLine{{"schedules", false, withHint(busy(err))}}
	}
	if warning != "" {
		warning = "; " + warning
	}
	return []checkedLine{{"schedules", true, s.planPath() + s.nextOf(keeper) + warning}}
}
