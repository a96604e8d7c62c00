package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"careshare/load/fault"
	"careshare/load/strictyaml"
	"careshare/reports"
	"careshare/schedules"

	"github.com/spf13/cobra"
)

// readPlan reads a plan and its bank holidays, and holds every job to the program's verbs and the configuration's recipients.
// Errors name file, line and key; all that is wrong is said at once.
func (c Config) readPlan(path string) (schedules.Plan, schedules.Holidays, error) {
	var plan schedules.Plan
	data, err := readYAML(path, &plan)
	if err != nil {
		return plan, schedules.Holidays{}, err
	}
	known, err := holidays(from(filepath.Dir(path), plan.BankHolidays))
	if err != nil {
		return plan, known, usage(strictyaml.AtLines(path, data, fmt.Errorf("bank_holidays: %w", err)))
	}
	wrong := []error{plan.Validate(known)}
	for i, job := range plan.Jobs {
		if err := c.checkJob(job); err != nil {
			wrong = append(wrong, fmt.Errorf("jobs[%d].%w", i, err))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return plan, known, usage(strictyaml.AtLines(path, data, err))
	}
	return plan, known, nil
}

func holidays(path string) (schedules.Holidays, error) {
	if path == "" {
		return schedules.England()
	}
	file, err := os.Open(path)
	if err != nil {
		return schedules.Holidays{}, err
	}
	defer file.Close()
	return schedules.ReadHolidays(file)
}

// checkJob says what of a job could not be carried out at any of its slots, after the key that it is about.
func (c Config) checkJob(job schedules.Job) error {
	if len(job.Verb) == 0 {
		return nil // the plan's own rule says it
	}
	if _, err := command(job, time.Time{}); err != nil {
		return err
	}
	return c.checkRecipients(job)
}

// checkSchedules looks at the plan as the scheduler reads it; a council may have none.
func (p *program) checkSchedules(c Config, path string) []checkedLine {
	s := &scheduling{program: p, path: path}
	if _, err := os.Stat(s.planPath()); path == "" && errors.Is(err, fs.ErrNotExist) {
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

// nextOf says how many jobs there are, and which is due next.
func (s *scheduling) nextOf(k *schedules.Keeper) string {
	words := ", " + reports.Counted(len(k.Plan.Jobs), "job")
	var next schedules.Job
	var at time.Time
	for _, job := range k.Plan.Jobs {
		for _, slot := range k.Next(job.Name, s.Now(), 1) {
			if at.IsZero() || slot.Before(at) {
				next, at = job, slot
			}
		}
	}
	if at.IsZero() {
		return words
	}
	return fmt.Sprintf("%s, next %s on %s", words, next.Name, shown(next, at))
}

// apart are the errors that one error joins.
func apart(err error) (each []error) {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []error{err}
	}
	for _, one := range joined.Unwrap() {
		each = append(each, apart(one)...)
	}
	return each
}

// knownName is an argument that must be one of those names.
func knownName(what string, names []string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if !slices.Contains(names, args[0]) {
			return fault.WithHint(fmt.Errorf("there is no %s %s", what, args[0]), "the "+what+"s are "+strings.Join(names, ", "))
		}
		return nil
	}
}
