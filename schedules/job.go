package schedules

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// Plan is schedules.yaml.
type Plan struct {
	BankHolidays string `yaml:"bank_holidays"` // a CSV file as bank_holidays.csv; empty: the program's own list
	Ledger       string `yaml:"ledger"`        // folder of the ledger; empty: schedules/ in the lake
	Jobs         []Job  `yaml:"jobs"`
}

// Job is one entry of the plan. It is text only: what it does is known to who carries it out.
type Job struct {
	Name       string `yaml:"name"`
	Timing     `yaml:",inline"`
	Verb       []string      `yaml:"job"`         // one of the program's verbs and its arguments, a word an item
	Period     string        `yaml:"period"`      // day, week, month, quarter or year: the last whole one before a slot is what the slot covers
	CatchUp    string        `yaml:"catch_up"`    // skip, latest (where empty) or all
	StaleAfter time.Duration `yaml:"stale_after"` // a slot not begun by then is skipped; 0: never, with skip 15m
	Attempts   int           `yaml:"attempts"`    // in all, the first included; 0: 4
	RetryAfter time.Duration `yaml:"retry_after"` // before the second attempt, doubled before each other; 0: 5m
	Recipients []string      `yaml:"recipients"`  // who is to be told
}

const (
	skip   = "skip"
	latest = "latest"
	all    = "all"
)

// Validate says every thing that is wrong with a plan, not only the first.
func (p Plan) Validate(known Holidays) error {
	var wrong []error
	names := map[string]bool{}
	for i, job := range p.Jobs {
		if names[job.Name] {
			wrong = append(wrong, fmt.Errorf("jobs[%d].name: there is another job %s", i, job.Name))
		}
		names[job.Name] = true
		for _, err := range job.validate(known) {
			wrong = append(wrong, fmt.Errorf("jobs[%d].%w", i, err))
		}
	}
	if len(p.Jobs) == 0 {
		wrong = append(wrong, errors.New("jobs: name at least one"))
	}
	return errors.Join(wrong...)
}

// validate says what is wrong, each after the key that it is about.
func (j Job) validate(known Holidays) (wrong []error) {
	_, _, wrong = j.parse()
	if _, err := j.Schedule(known); err != nil && len(wrong) == 0 {
		wrong = append(wrong, err)
	}
	check := func(ok bool, rule string) {
		if !ok {
			wrong = append(wrong, errors.New(rule))
		}
	}
	check(regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`).MatchString(j.Name), "name: lower-case letters, digits and dashes")
	check(len(j.Verb) > 0, "job: name one of the program's verbs")
	check(slices.Contains([]string{"", "day", "week", "month", "quarter", "year"}, j.Period), "period: must be day, week, month, quarter or year")
	check(slices.Contains([]string{"", skip, latest, all}, j.CatchUp), "catch_up: must be skip, latest or all")
	check(j.StaleAfter >= 0, "stale_after: must not be negative")
	check(j.RetryAfter >= 0, "retry_after: must not be negative")
	check(j.Attempts >= 0 && j.Attempts <= mostAttempts, "attempts: must be between 1 and 100, or be left out")
	check(j.RetryAfter <= 31*24*time.Hour, "retry_after: at most 744h, a month")
	return wrong
}

// Caps on what a plan may say: more is a slip of the pen.
const (
	mostAttempts = 100
	longestWait  = 24 * time.Hour
)

func (j Job) staleAfter() time.Duration {
	if j.StaleAfter == 0 && j.CatchUp == skip {
		return 15 * time.Minute
	}
	return j.StaleAfter
}

// backoff is how long to wait after so many failed attempts, at most a day; ok is false where there is no other.
func (j Job) backoff(failed int) (wait time.Duration, ok bool) {
	attempts, wait := j.Attempts, j.RetryAfter
	if attempts == 0 {
		attempts = 4
	}
	if wait == 0 {
		wait = 5 * time.Minute
	}
	for range failed - 1 {
		wait = min(2*wait, longestWait)
	}
	return wait, failed < attempts
}

// Covers is the last whole period before a slot, half-open, by the job's own wall clock; zero times without a period.
func (j Job) Covers(slot time.Time) (from, to time.Time, err error) {
	zone, err := j.Location()
	if err != nil || j.Period == "" {
		return from, to, err
	}
	local := slot.In(zone)
	year, month, day := local.Date()
	years, months, days := 0, 0, 0
	switch j.Period {
	case "day":
		days = 1
	case "week": // from Monday
		day -= (int(local.Weekday()) + 6) % 7
		days = 7
	case "month":
		day, months = 1, 1
	case "quarter":
		month, day, months = month-(month-1)%3, 1, 3
	case "year":
		month, day, years = time.January, 1, 1
	}
	to = time.Date(year, month, day, 0, 0, 0, 0, zone)
	return to.AddDate(-years, -months, -days), to, nil
}
