package consent

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// The histories are made of the rows that a case store holds. A row whose column `lost` is set cannot be read: it is in the
// quarantine, with what is left of it.

type person struct {
	id                          int64
	number, given, home, marked string // marked: dm_persons.restricted
	birth                       time.Time
	lost                        string
}

type step struct {
	id, kind, group    int64 // kind 401 asks for consent
	status             string
	started, completed time.Time
	lost               string
}

type answer struct {
	step, form, subject, group int64
	field, text                string
	at                         time.Time
	lost                       string
}

type member struct {
	group, person int64
	kind          string
	lost          string
}

// reference is what a record says of another record.
type reference struct {
	id, person int64
	kind, text string
	lost       string
}

// history is what the case store holds about a few people who have nothing to do with anybody else.
type history struct {
	id      int64
	people  []person
	steps   []step
	answers []answer
	members []member

	references []reference
}

const (
	consentStep = 401
	otherStep   = 101
	window      = 7 * 24 * time.Hour
)

// asAt is the moment of the run, on London's wall clock.
var asAt = time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC)

// datasets are those that the histories ask about.
var datasets = map[string]struct{ direction, gate string }{
	"visits":          {"in", "ask_each_time"},
	"medications":     {"in", "ask_each_time"},
	"case_status":     {"out", "objection"},
	"allocated_teams": {"out", "objection"},
}

var fields = []string{"consent_asked_at", "consent_direction", "consent_datasets", "consent_decision", "consent_decided_by",
	"consent_capacity", "consent_capacity_assessed_on", "consent_needs_met", "consent_reason", "another_question"}

// maker makes up one history after the other.
type maker struct {
	*rand.Rand
	numbers int64
}

func (m *maker) pick(words ...string) string { return words[m.IntN(len(words))] }
func (m *maker) chance(percent int) bool     { return m.IntN(100) < percent }

// moment is mostly in the past, sometimes one of a few that others have too, sometimes in the future or blank.
func (m *maker) moment() time.Time {
	switch {
	case m.chance(5):
		return time.Time{}
	case m.chance(6):
		return asAt.Add(time.Duration(1+m.IntN(2000)) * time.Hour)
	case m.chance(25):
		return asAt.AddDate(0, 0, -[]int{1, 3, 20, 30}[m.IntN(4)])
	case m.chance(4): // a year that cannot be true
		return time.Date([]int{202, 1026, 1926, 1999}[m.IntN(4)], 10, 1+m.IntN(28), 12, 0, 0, 0, time.UTC)
	case m.chance(5): // the clocks went back an hour: the same wall clock twice
		return time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)
	}
	return asAt.Add(-time.Duration(1+m.IntN(40*24*60)) * time.Minute)
}

// nhsNumber is the next number with a valid check digit.
func (m *maker) nhsNumber() string {
	for {
		m.numbers++
		nine := fmt.Sprintf("%09d", 400_000_000+m.numbers)
		sum := 0
		for i, digit := range nine {
			sum += int(digit-'0') * (10 - i)
		}
		if check := (11 - sum%11) % 11; check < 10 {
			return nine + fmt.Sprint(check)
		}
	}
}

func (m *maker) birth() time.Time {
	years := []int{5, 12, 15, 16, 17, 18, 30, 80}[m.IntN(8)]
	return time.Date(2026-years, 11, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, m.IntN(60)-30)
}

func (m *maker) history(id int64) *history {
	h := &history{id: id}
	base := id * 100
	first := person{id: base + 1, given: "Ann", birth: m.birth(), marked: m.mark(), home: m.pick("E8 1AA", "E8 2AA", "")}
	if m.chance(70) {
		first.number = m.nhsNumber()
	}
	second := person{id: base + 2, given: "Ben", birth: m.birth(), marked: m.mark(), home: first.home}
	h.people = []person{first, second}
	if m.chance(40) {
		double := first
		double.id, double.marked = base+3, m.mark()
		switch m.IntN(4) {
		case 0:
			double.number = ""
		case 1:
			double.number, double.home = "", ""
		case 2:
			double.given, double.birth = "Anne", m.birth() // only the number is the same, if there is one
		default:
			double.number, double.home = "", m.pick("E8 1AA", "E8 3AA")
		}
		h.people = append(h.people, double)
	}
	for _, p := range h.people {
		h.members = append(h.members, member{group: base + p.id%100, person: p.id, kind: "PER"})
	}
	h.members = append(h.members, member{base + 10, base + 1, "PER", ""}, member{base + 10, base + 2, m.pick("PER", "PER", "PER", "PERSON", "ORG"), ""})
	for i := range m.IntN(5) {
		if m.chance(50) {
			m.tidyRequest(h, base+20+int64(i))
		} else {
			m.request(h, base+20+int64(i))
		}
	}
	if m.chance(25) {
		m.refer(h)
	}
	for range 2 {
		if m.chance(12) {
			m.lose(h)
		}
	}
	return h
}

// refer writes that a record is a duplicate of another: by its number, among other words, by its NHS number, or so that nobody can
// tell which it is. The fourth is nobody here.
func (m *maker) refer(h *history) {
	base := h.id * 100
	other := base + int64(1+m.IntN(4))
	r := reference{id: base + 1, person: base + int64(1+m.IntN(3)), kind: m.pick("Duplicate of", "Duplicate of", "Duplicate of", "duplicate of", "Passport"), text: id(other)}
	switch m.IntN(8) {
	case 0, 1:
		r.text = m.pick("record "+r.text, r.text+" (merged)", "0"+r.text)
	case 2, 3:
		if at := int(other - base - 1); at < len(h.people) && h.people[at].number != "" {
			number := h.people[at].number
			r.text = m.pick(number, number[:3]+" "+number[3:6]+" "+number[6:])
		}
	case 4:
		r.text = m.pick("", "see the file", r.text+" or "+id(base+2), m.nhsNumber())
	}
	h.references = append(h.references, r)
	if m.chance(12) {
		h.people[m.IntN(len(h.people))].lost = m.pick("person_id", "restricted")
	}
}

func (m *maker) mark() string { return m.pick("N", "N", "N", "N", "N", "N", "N", "Y", "", "X") }

// tidyRequest makes up one asking of the first person as forms should be, or with one thing wrong.
func (m *maker) tidyRequest(h *history, id int64) {
	base := h.id * 100
	moment := asAt.AddDate(0, 0, -1-m.IntN(9))
	s := step{id: id, kind: consentStep, group: base + 1, status: "COMPLETED", started: moment.Add(-time.Hour), completed: moment.Add(time.Hour)}
	decider := m.pick("self", "self", "gillick competent child")
	if age(h.people[0].birth, asAt) < 16 {
		decider = m.pick("parental responsibility", "parental responsibility", "gillick competent child")
	}
	said := map[string]string{"consent_direction": m.pick("in", "out"), "consent_datasets": "all", "consent_decision": m.pick("given", "given", "refused"),
		"consent_decided_by": decider, "consent_capacity": "has capacity", "consent_needs_met": "yes"}
	form := moment
	switch m.IntN(13) {
	case 12:
		form = []time.Time{moment.AddDate(-100, 0, 0), moment.AddDate(-2000, 0, 0), moment.AddDate(-2, 0, 0), moment.AddDate(0, 0, -366), moment.AddDate(-14, 0, 0)}[m.IntN(5)]
	case 0:
		s.status = m.pick("STARTED", "DELETED", "INCOMING")
	case 1:
		s.completed = asAt.Add(time.Hour)
	case 2:
		form = asAt.Add(time.Hour)
	case 3:
		said["consent_capacity"] = m.pick("no capacity", "lacks capacity")
	case 4:
		said["consent_decided_by"] = m.pick("a neighbour", "attorney")
	case 5:
		said["consent_direction"] = "both"
	case 6:
		form, s.completed = time.Time{}, moment.AddDate(-[]int{100, 1824}[m.IntN(2)], 0, 0)
	}
	h.steps = append(h.steps, s)
	h.answers = append(h.answers, answer{step: id, form: 1, group: s.group, field: "consent_asked_at", at: form})
	for i, field := range fields[1:8] {
		if said[field] != "" {
			h.answers = append(h.answers, answer{step: id, form: int64(i + 2), group: s.group, field: field, text: said[field]})
		}
	}
}

// request makes up one asking, with everything that forms get wrong.
func (m *maker) request(h *history, id int64) {
	base := h.id * 100
	s := step{id: id, kind: consentStep, group: base + []int64{1, 1, 1, 1, 2, 3, 10, 10, 99}[m.IntN(9)], status: "COMPLETED", started: m.moment(), completed: m.moment()}
	if m.chance(20) {
		s.status = m.pick("STARTED", "INCOMING", "REOPENED", "CANCELLED", "DELETED", "Finished")
	}
	if m.chance(6) {
		s.kind = otherStep
	}
	h.steps = append(h.steps, s)
	subject := int64(0)
	if m.chance(40) {
		subject = base + int64(1+m.IntN(4)) // the fourth is nobody here
	}
	if m.chance(5) {
		subject = -1
	}
	row := int64(0)
	says := func(field, text string, at time.Time) {
		row++
		h.answers = append(h.answers, answer{step: id, form: row, subject: subject, group: s.group, field: field, text: text, at: at})
	}
	if m.chance(70) {
		says("consent_asked_at", "", m.moment())
	}
	if m.chance(95) {
		says("consent_direction", m.pick("in", "out", "in", "out", "in", "out", "both", ""), time.Time{})
	}
	for range m.IntN(4) {
		says("consent_datasets", m.pick("all", "all", "visits", "medications", "case status", "allocated_teams", "visitz", ""), time.Time{})
	}
	for range []int{0, 1, 1, 1, 1, 1, 1, 1, 1, 2}[m.IntN(10)] {
		says("consent_decision", m.pick("given", "Given", "given", "given", "refused", "refused", "withdrawn", "not sought", "declined", ""), time.Time{})
	}
	if m.chance(95) {
		says("consent_decided_by", m.pick("self", "self", "self", "gillick competent child", "parental responsibility", "parental responsibility", "attorney", "best interests", "a neighbour", ""), time.Time{})
	}
	if m.chance(70) {
		says("consent_capacity", m.pick("has capacity", "has capacity", "lacks capacity", "not assessed", "no capacity", ""), time.Time{})
	}
	if m.chance(40) {
		says("consent_capacity_assessed_on", "", m.moment())
	}
	if m.chance(95) {
		says("consent_needs_met", m.pick("yes", "yes", "yes", "yes", "no", "partly"), time.Time{})
	}
	if m.chance(10) {
		says(m.pick("consent_reason", "another_question"), "refused", time.Time{})
	}
}

// lose makes one column of one row unreadable.
func (m *maker) lose(h *history) {
	switch kind := m.IntN(11); {
	case kind == 10 && len(h.references) > 0:
		h.references[0].lost = m.pick("person_id", "reference_type", "reference", "reference_id")
	case kind < 4 && len(h.answers) > 0:
		h.answers[m.IntN(len(h.answers))].lost = m.pick("workflow_step_id", "mapping_id", "subject_person_id", "subgroup_id", "text_answer", "date_answer")
	case kind < 7 && len(h.steps) > 0:
		h.steps[m.IntN(len(h.steps))].lost = m.pick("workflow_step_id", "workflow_step_type_id", "subgroup_id", "step_status", "started_on")
	case kind < 9:
		h.members[m.IntN(len(h.members))].lost = m.pick("subgroup_id", "subject_compound_id", "subject_type_code")
	default:
		h.people[m.IntN(len(h.people))].lost = m.pick("person_id", "nhs_id", "gender", "restricted", "date_of_birth")
	}
}

// read makes every row readable.
func (h *history) read() *history {
	for i := range h.people {
		h.people[i].lost = ""
	}
	for i := range h.steps {
		h.steps[i].lost = ""
	}
	for i := range h.answers {
		h.answers[i].lost = ""
	}
	for i := range h.members {
		h.members[i].lost = ""
	}
	for i := range h.references {
		h.references[i].lost = ""
	}
	return h
}

// spoil spoils the n-th of all columns of all rows; false where there are no more.
func (h *history) spoil(n int) bool {
	at := func(rows int, ways int, do func(row, way int)) bool {
		if n >= rows*ways {
			n -= rows * ways
			return false
		}
		do(n/ways, n%ways)
		return true
	}
	steps := []string{"workflow_step_id", "workflow_step_type_id", "subgroup_id", "step_status", "started_on"}
	answers := []string{"workflow_step_id", "mapping_id", "subject_person_id", "subgroup_id", "text_answer", "date_answer"}
	members := []string{"subgroup_id", "subject_compound_id", "subject_type_code"}
	references := []string{"person_id", "reference_type", "reference", "reference_id"}
	people := []string{"person_id", "gender", "restricted", "date_of_birth"} // not the number: sql/README.md, Known limits
	return at(len(h.steps), len(steps)+1, func(row, way int) {
		if way == len(steps) {
			h.steps[row].status = "Unknown"
		} else {
			h.steps[row].lost = steps[way]
		}
	}) || at(len(h.answers), len(answers)+3, func(row, way int) {
		switch a := &h.answers[row]; {
		case way < len(answers):
			a.lost = answers[way]
		case way == len(answers) && a.field != "consent_asked_at":
			a.text = "an unknown word"
		case way == len(answers)+1 && a.at.Year() >= 2000:
			a.at = a.at.AddDate(100, 0, 0)
		case way == len(answers)+2:
			a.text = ""
		}
	}) || at(len(h.members), len(members)+1, func(row, way int) {
		if way == len(members) {
			h.members[row].kind = "PERSON"
		} else {
			h.members[row].lost = members[way]
		}
	}) || at(len(h.references), len(references)+2, func(row, way int) {
		switch r := &h.references[row]; {
		case way < len(references):
			r.lost = references[way]
		case way == len(references):
			r.text = "x"
		default:
			r.text = ""
		}
	}) || at(len(h.people), len(people)+2, func(row, way int) {
		switch {
		case way < len(people):
			h.people[row].lost = people[way]
		case way == len(people):
			h.people[row].marked = ""
		default:
			h.people[row].marked = "?"
		}
	})
}
