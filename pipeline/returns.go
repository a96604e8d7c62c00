package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"careshare/schedules"
	"careshare/sql"
)

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

// returnFields are what the returns' models ask of forms.
func returnFields() []string {
	return []string{
		"return_missing_type", "return_health_check", "return_immunisations", "return_teeth_check", "return_substance_misuse",
		"return_intervention_received", "return_intervention_offered", "return_adopted_by_carer", "return_adopters",
		"return_adopters_sex", "return_adopters_status", "return_previous_permanence", "return_previous_permanence_authority",
		"return_previous_permanence_on", "return_liberty_order_from", "return_liberty_order_to",
	}
}

// stepKinds are the returns' own step types.
func (r Returns) stepKinds() []row {
	rows := []row{}
	for kind, types := range r.Steps {
		for _, id := range types {
			rows = append(rows, row{"workflow_step_type_id": id, "kind": kind})
		}
	}
	return rows
}

func (r Returns) groups() []row {
	rows := []row{}
	for _, group := range r.UnaccompaniedGroups {
		rows = append(rows, row{"full_group_type": group})
	}
	return rows
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
		wrong = append(wrong, errors.New("returns.finished_years: must lie between 0 and 10"))
	}
	wrong = append(wrong, r.validateSteps(), knownQuestions("returns.questions", returnFields(), r.Questions))
	return errors.Join(append(wrong, r.ClientLevelData.validate(), r.Integrated.validate())...)
}

// period is one return's window: from its first to its last day, and the day up to which it is known.
type period struct {
	Return    string `json:"return_name"` // 903, cin, cld, annex-a
	Year      int    `json:"year"`
	StartsOn  string `json:"starts_on"`
	EndsOn    string `json:"ends_on"`
	AsAt      string `json:"as_at"`
	IsCurrent bool   `json:"is_current"` // the one in progress, or the newest
}

// before is the same return's window a year earlier, which is over.
func (p period) before() period {
	return periodOf(p.Return, p.Year-1, date(p.Year-1, time.December, 31))
}

func (p period) folder() string { return fmt.Sprintf("%s-%d", p.Return, p.Year) }

// returnNames are the returns that careshare makes.
func returnNames() []string { return []string{"903", "cin", "cld", "annex-a"} }

// periodOf is a return's window of a year as known on a day. Children's collections run from 1 April to 31 March and are
// named by the year in which they end; adult data are twelve months to the end of a quarter, a year's newest whole one;
// the inspectors' lists end on the day itself.
func periodOf(name string, year int, today time.Time) period {
	var first, last time.Time
	switch name {
	case "cld":
		last = date(year, time.December, 31)
		if quarter := lastQuarter(today); quarter.Before(last) {
			last = quarter
		}
		first = last.AddDate(0, 0, 1).AddDate(-1, 0, 0)
	case "annex-a":
		first, last = today.AddDate(-1, 0, 0), today
		if first.Day() == last.Day() { // 29 February has none a year before: 1 March, where the twelve months begin
			first = first.AddDate(0, 0, 1)
		}
	default:
		first, last = date(year-1, time.April, 1), date(year, time.March, 31)
	}
	asAt := last
	if today.Before(last) {
		asAt = today
	}
	return period{name, year, first.Format(time.DateOnly), last.Format(time.DateOnly), asAt.Format(time.DateOnly), year == currentYear(name, today)}
}

// currentYear names the year in progress on a day; of the adults' return the year of the last whole quarter.
func currentYear(name string, today time.Time) int {
	switch {
	case name == "cld":
		return lastQuarter(today).Year()
	case name != "annex-a" && !today.Before(date(today.Year(), time.April, 1)):
		return today.Year() + 1
	}
	return today.Year()
}

// lastQuarter is the last day of the last quarter that is over.
func lastQuarter(today time.Time) time.Time {
	return date(today.Year(), (today.Month()-1)/3*3+1, 1).AddDate(0, 0, -1)
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// periods are what a run makes: of the children's collections the year in progress and those finished before it.
func (r Returns) periods(today time.Time) []period {
	var all []period
	for _, name := range returnNames() {
		current := currentYear(name, today)
		all = append(all, periodOf(name, current, today))
		if name != "903" && name != "cin" {
			continue
		}
		for back := 1; back <= r.FinishedYears; back++ {
			all = append(all, periodOf(name, current-back, today))
		}
	}
	return all
}

// returnRelations are the windows to make, who submits, and every list that lies beside the returns' models.
func (c Config) returnRelations(periods []period) ([]relation, error) {
	lists, err := listRelations(c.rules())
	if err != nil {
		return nil, err
	}
	holidays, err := schedules.England()
	r := c.Returns
	return append(slices.Concat(lists, r.ChildrenInNeed.relations(holidays), r.ClientLevelData.relations(), r.Integrated.relations()),
		relation{"return_periods", "return_name varchar, year integer, starts_on date, ends_on date, as_at date, is_current boolean", periods},
		relation{"return_authority", "ons_code varchar, authority_number varchar, name varchar", []row{{
			"ons_code": r.LocalAuthority, "authority_number": r.AuthorityNumber, "name": r.Name,
		}}},
		relation{"return_steps", "workflow_step_type_id bigint, kind varchar", r.stepKinds()},
		relation{"return_unaccompanied_groups", "full_group_type varchar", r.groups()},
	), err
}

// listRelations are the lists that lie beside the returns' models: codes, columns and rules by year.
func listRelations(rules fs.FS) ([]relation, error) {
	lists, err := sql.Lists(rules)
	var relations []relation
	for _, list := range lists {
		relations = append(relations, relation{list.Name, list.Columns, listRows(list)})
	}
	return relations, err
}

// listRows are a list's rows by its columns' names.
func listRows(list sql.List) []row {
	columns := strings.Split(list.Columns, ", ")
	rows := []row{}
	for _, line := range list.Rows {
		one := row{}
		for i, column := range columns {
			if name, _, _ := strings.Cut(column, " "); line[i] != "" {
				one[name] = line[i]
			}
		}
		rows = append(rows, one)
	}
	return rows
}
