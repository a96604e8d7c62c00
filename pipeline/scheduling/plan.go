package scheduling

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"careshare/load/strictyaml"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/schedules"
)

// readPlan reads a plan and its bank holidays, and holds every job to the program's commands and the configuration's recipients.
// Errors name file, line and key; all that is wrong is said at once.
func readPlan(c config.Config, path string, line func(schedules.Job, time.Time) ([]string, error)) (schedules.Plan, schedules.Holidays, error) {
	var plan schedules.Plan
	data, err := config.ReadYAML(path, &plan)
	if err != nil {
		return plan, schedules.Holidays{}, err
	}
	known, err := holidays(config.ResolvePath(filepath.Dir(path), plan.BankHolidays))
	if err != nil {
		return plan, known, exit.Usage(strictyaml.AtLines(path, data, fmt.Errorf("bank_holidays: %w", err)))
	}
	wrong := []error{plan.Validate(known)}
	for i, job := range plan.Jobs {
		if err := CheckJob(c, job, line); err != nil {
			wrong = append(wrong, fmt.Errorf("jobs[%d].%w", i, err))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return plan, known, exit.Usage(strictyaml.AtLines(path, data, err))
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

// CheckJob says what of a job could not be carried out at any of its slots, after the key that it is about.
func CheckJob(c config.Config, job schedules.Job, line func(schedules.Job, time.Time) ([]string, error)) error {
	if len(job.Verb) == 0 {
		return nil // the plan's own rule says it
	}
	if _, err := line(job, time.Time{}); err != nil {
		return err
	}
	return checkRecipients(c, job)
}

// Apart are the errors that one error joins.
func Apart(err error) (each []error) {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []error{err}
	}
	for _, one := range joined.Unwrap() {
		each = append(each, Apart(one)...)
	}
	return each
}
