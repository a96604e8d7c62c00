package pipeline

import (
	dbsql "database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// person is a child, born or not, or a mother, as they truly are.
type person struct {
	id, worker  int64
	number      string // the true one; empty before birth
	was         string // the number before a change of it, as the case store still has it
	born        time.Time
	plans       []*plan
	isSensitive bool
	inactive    time.Time // when the NHS said that the number is no longer live, after an adoption
	mother      *person   // of who is or was unborn on a plan
}

// plan is one period for which CP-IS must know the person.
type plan struct {
	kind       string
	start, end time.Time // days; the end is zero while it is live
	adopted    bool
	row        int64 // of the case store: registration or period of care
}

// lives is everybody of the simulation, and what is to be entered into the case store.
type lives struct {
	people     []*person
	mothers    []*person
	numbers    int   // dealt so far
	rows       int64 // keys given so far
	statements []string
	left       map[int64]bool  // workers who have left
	team       map[int64]int64 // of each worker
	matters    map[string]*matter
}

// children are how many the council deals with at a time.
const children = 60

// settle clears the borough of its own plans and lets in children of ours, half of them on a plan already.
func (s *simulation) settle() {
	s.life = &lives{rows: 7_000_000, left: map[int64]bool{}, team: map[int64]int64{}, matters: map[string]*matter{}}
	for _, table := range []string{"dm_registrations", "dm_periods_of_care", "dm_legal_statuses", "dm_placements", "dm_cla_summaries", "dm_allocated_workers"} {
		s.enters("delete from %s", table)
	}
	for i := range children {
		p := s.newChild(s.day.AddDate(-s.random.IntN(18), -s.random.IntN(12), -s.random.IntN(28)))
		p.isSensitive = i%20 == 7
		if i%2 == 0 {
			began := s.midnight().AddDate(0, 0, -1-s.random.IntN(700))
			if began.Before(p.born) {
				began = p.born
			}
			s.begin(p, []string{"CPP", "LAC"}[i/2%2], began)
		}
	}
	for _, row := range s.enterAndAsk("select worker_id, arg_max(organisation_id, start_date) from dm_worker_roles where end_date is null group by worker_id") {
		s.life.team[row[0]] = row[1]
	}
	s.commit()
	s.tidy()
}

func (s *simulation) midnight() time.Time { return s.day.Truncate(24 * time.Hour) }

func (s *simulation) key() int64 {
	s.life.rows++
	return s.life.rows
}

// enters keeps a statement for the day's one visit to the case store.
func (s *simulation) enters(format string, args ...any) {
	s.life.statements = append(s.life.statements, fmt.Sprintf(format, args...))
}

func (s *simulation) commit() {
	s.t.Helper()
	if len(s.life.statements) > 0 {
		s.enter(strings.Join(s.life.statements, ";\n"))
	}
	s.life.statements = nil
}

// newNumber is an NHS number that nobody has yet.
func (s *simulation) newNumber() string {
	s.life.numbers++
	return spareNumber(s.life.numbers)
}

func (s *simulation) newPerson(born time.Time) *person {
	p := &person{id: s.key(), number: s.newNumber(), born: born.Truncate(24 * time.Hour)}
	s.enters(`insert into dm_persons by name select %d as person_id, %s as nhs_id, 'Ann Lee%[1]d' as full_name, 'Ann' as first_name, 'Lee%[1]d' as last_name,
		timestamp '%[3]s' as date_of_birth, 'F' as gender, 'N' as restricted`, p.id, p.number, p.born.Format(time.DateTime))
	return p
}

// newChild comes to the council, with a worker.
func (s *simulation) newChild(born time.Time) *person {
	p := s.newPerson(born)
	p.worker = 5001 + int64(s.random.IntN(8))
	s.enters("insert into dm_allocated_workers values (%d, %d, %d, timestamp '2024-01-01 09:00:00', null)", s.key(), p.id, p.worker)
	s.life.people = append(s.life.people, p)
	return p
}

// movesIn keeps the number of children up: the adopted and the grown-up are no longer of those to whom things happen.
func (s *simulation) movesIn() {
	count := 0
	for _, p := range s.life.people {
		if p.isChildAt(s.day) {
			count++
		}
	}
	for ; count < children; count++ {
		s.newChild(s.day.AddDate(-s.random.IntN(16), -1-s.random.IntN(11), -s.random.IntN(28)))
		s.events["moves in"]++
	}
}

func (p *person) live(kind string) *plan {
	for _, plan := range p.plans {
		if plan.kind == kind && plan.end.IsZero() {
			return plan
		}
	}
	return nil
}

func (p *person) isChildAt(day time.Time) bool {
	return !p.born.IsZero() && day.Before(p.born.AddDate(18, 0, 0)) && p.inactive.IsZero()
}

// begin enters a plan that begins on a day.
func (s *simulation) begin(p *person, kind string, on time.Time) {
	made := &plan{kind: kind, start: on, row: s.key()}
	p.plans = append(p.plans, made)
	at := on.Format(time.DateTime)
	if kind == "CPP" {
		s.enters("insert into dm_registrations by name select %d as registration_id, %d as person_id, timestamp '%s' as registration_start_date, 'Y' as is_child_protection_plan", made.row, p.id, at)
		return
	}
	s.enters("insert into dm_periods_of_care values (%d, %d, timestamp '%s', null)", made.row, p.id, at)
	s.enters("insert into dm_legal_statuses by name select %d as legal_status_id, %d as person_id, %d as period_of_care_id, 'V2' as legal_status, timestamp '%s' as start_date", s.key(), p.id, made.row, at)
	s.enters("insert into dm_placements by name select %d as placement_id, 1 as split_number, %d as person_id, %d as period_of_care_id, 'U1' as placement_type, 'N' as is_adopted, timestamp '%s' as start_date", s.key(), p.id, made.row, at)
}

// finish enters the end of a plan.
func (s *simulation) finish(made *plan, on time.Time) {
	made.end = on
	at := on.Format(time.DateTime)
	if made.kind == "CPP" {
		s.enters("update dm_registrations set deregistration_date = timestamp '%s' where registration_id = %d", at, made.row)
		return
	}
	for _, table := range []string{"dm_periods_of_care", "dm_legal_statuses", "dm_placements"} {
		s.enters("update %s set end_date = timestamp '%s' where period_of_care_id = %d and end_date is null", table, at, made.row)
	}
}

// someone is a random person of whom the condition holds, or nobody.
func (s *simulation) someone(holds func(*person) bool) *person {
	from := s.random.IntN(len(s.life.people))
	for i := range s.life.people {
		if p := s.life.people[(from+i)%len(s.life.people)]; holds(p) {
			return p
		}
	}
	return nil
}

// rested: no plan of the kind ended so lately that a new one would join it, and none was of the same day.
func (p *person) rested(kind string, today time.Time) bool {
	for _, plan := range p.plans {
		if plan.kind == kind && !plan.end.Before(today.AddDate(0, 0, -2)) {
			return false
		}
	}
	return true
}

func (p *person) forget(made *plan) {
	for i, plan := range p.plans {
		if plan == made {
			p.plans = append(p.plans[:i], p.plans[i+1:]...)
			return
		}
	}
}

// adopt ends a child's care by adoption; the NHS tells that the number is no longer live, without another.
func (s *simulation) adopt(today time.Time) string {
	p := s.someone(func(p *person) bool {
		return p.live("LAC") != nil && p.live("CPP") == nil && p.isChildAt(today) && p.was == "" && !p.isSensitive && p.live("LAC").start.Before(today)
	})
	if p == nil {
		return ""
	}
	made := p.live("LAC")
	made.adopted = true
	s.enters("update dm_placements set is_adopted = 'Y', reason_episode_ceased = 'E11' where period_of_care_id = %d and end_date is null", made.row)
	s.finish(made, today)
	p.inactive = s.day
	s.nhs.inactive(p.number, "")
	return "adopted"
}

// unborn puts an unborn child of a new mother on a plan; its own record has neither birth date nor number.
func (s *simulation) unborn(today time.Time) string {
	mother := s.newPerson(s.day.AddDate(-20-s.random.IntN(15), 0, 0))
	s.life.mothers = append(s.life.mothers, mother)
	child := &person{id: s.key(), mother: mother, worker: 5001}
	made := &plan{kind: "UCPP", start: today, row: s.key()}
	mother.plans = append(mother.plans, made)
	s.enters("insert into dm_persons by name select %d as person_id, 'Unborn Lee' as full_name, 'Unborn' as first_name, 'Lee' as last_name, 'U' as gender, 'N' as restricted", child.id)
	s.enters("insert into dm_registrations by name select %d as registration_id, %d as person_id, timestamp '%s' as registration_start_date, 'Y' as is_child_protection_plan", made.row, child.id, today.Format(time.DateTime))
	s.enters(`insert into dm_personal_relationships by name select %d as personal_relationship_id, %d as person_id, %d as other_person_id,
		(select min(personal_rel_type_id) from dm_personal_rel_types where lower(description) = 'mother') as personal_rel_type_id`, s.key(), child.id, mother.id)
	s.enters("insert into dm_allocated_workers values (%d, %d, %d, timestamp '2024-01-01 09:00:00', null)", s.key(), child.id, child.worker)
	s.life.people = append(s.life.people, child)
	return "unborn on a plan"
}

// births lets a child be born; the plan ends with the mother and goes on as the child's own.
func (s *simulation) births(today time.Time) string {
	p := s.someone(func(p *person) bool { return p.born.IsZero() && p.mother.plans[0].start.Before(today) })
	if p == nil {
		return ""
	}
	p.born, p.number = today, s.newNumber()
	before := p.mother.plans[0]
	before.end = today
	p.plans = append(p.plans, &plan{kind: "CPP", start: today, row: before.row})
	s.enters("update dm_persons set date_of_birth = timestamp '%s', nhs_id = %s, first_name = 'New', last_name = 'Lee%d' where person_id = %[3]d", today.Format(time.DateTime), p.number, p.id)
	return "born"
}

// leaves lets a worker leave; now and then their children get another.
func (s *simulation) leaves() string {
	worker := 5001 + int64(s.random.IntN(8))
	if s.life.left[worker] || len(s.life.left) > 4 {
		return ""
	}
	s.life.left[worker] = true
	s.enters("update dm_worker_roles set end_date = timestamp '%s' where worker_id = %d and end_date is null", s.day.Add(-time.Hour).Format(time.DateTime), worker)
	for _, p := range s.life.people {
		if p.worker == worker && s.random.IntN(2) == 0 {
			p.worker = 5020 + int64(s.random.IntN(3))
			s.enters("insert into dm_allocated_workers values (%d, %d, %d, timestamp '%s', null)", s.key(), p.id, p.worker, s.day.Add(-time.Hour).Format(time.DateTime))
		}
	}
	return "worker leaves"
}

// enterAndAsk enters what is kept and reads pairs of numbers.
func (s *simulation) enterAndAsk(query string) (pairs [][2]int64) {
	s.t.Helper()
	s.commit()
	db, err := dbsql.Open("duckdb", filepath.Join(s.folder, "sources", "case_store.duckdb"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var pair [2]int64
		if err := rows.Scan(&pair[0], &pair[1]); err != nil {
			s.t.Fatal(err)
		}
		pairs = append(pairs, pair)
	}
	return pairs
}

// remove takes a file away.
func (s *simulation) remove(path string) {
	if err := os.Remove(path); err != nil {
		s.t.Fatal(err)
	}
}
