package pipeline

import "time"

// happen is one thing that happens to somebody.
func (s *simulation) happen() {
	today, kind := s.midnight(), []string{"CPP", "LAC"}[s.random.IntN(2)]
	draw := s.random.IntN(20)
	for _, one := range []struct {
		below int // of twenty
		do    func(kind string, today time.Time) string
	}{
		{5, s.begins}, {9, s.ends}, {10, s.adopts}, {12, s.wasInError}, {13, s.endedLongAgo}, {15, s.unbornOnPlan}, {16, s.numberChanges},
		{17, s.legalStatusChanges}, {18, s.workerLeaves}, {20, s.isBorn},
	} {
		if draw >= one.below {
			continue
		}
		if happened := one.do(kind, today); happened != "" {
			s.events[happened]++
		}
		return
	}
}

func (s *simulation) adopts(_ string, today time.Time) string       { return s.adopt(today) }
func (s *simulation) unbornOnPlan(_ string, today time.Time) string { return s.unborn(today) }
func (s *simulation) workerLeaves(string, time.Time) string         { return s.leaves() }
func (s *simulation) isBorn(_ string, today time.Time) string       { return s.births(today) }

// onPlan are children whose plan of the kind began before today.
func onPlan(kind string, today time.Time) func(*person) bool {
	return func(p *person) bool {
		return p.live(kind) != nil && p.isChildAt(today) && p.live(kind).start.Before(today)
	}
}

func (s *simulation) begins(kind string, today time.Time) string {
	p := s.someone(func(p *person) bool { return p.live(kind) == nil && p.isChildAt(today) && p.rested(kind, today) })
	if p == nil {
		return ""
	}
	s.begin(p, kind, today)
	return "begins"
}

func (s *simulation) ends(kind string, today time.Time) string {
	p := s.someone(onPlan(kind, today))
	if p == nil {
		return ""
	}
	s.finish(p.live(kind), today)
	return "ends"
}

func (s *simulation) wasInError(_ string, today time.Time) string {
	p := s.someone(func(p *person) bool { return p.live("CPP") != nil && p.isChildAt(today) })
	if p == nil {
		return ""
	}
	made := p.live("CPP")
	s.enters("update dm_registrations set is_child_protection_plan = 'N' where registration_id = %d", made.row)
	p.forget(made)
	if p.mother != nil && len(p.mother.plans) > 0 && p.mother.plans[0].row == made.row { // one registration, before the birth and after
		p.mother.forget(p.mother.plans[0])
	}
	return "uploaded in error"
}

func (s *simulation) endedLongAgo(kind string, today time.Time) string {
	p := s.someone(func(p *person) bool {
		return onPlan(kind, today)(p) && p.live(kind).start.Before(today.AddDate(0, 0, -420))
	})
	if p == nil {
		return ""
	}
	s.finish(p.live(kind), today.AddDate(0, 0, -400))
	return "ended more than a year ago"
}

func (s *simulation) numberChanges(kind string, today time.Time) string {
	p := s.someone(func(p *person) bool { return onPlan(kind, today)(p) && p.was == "" && !p.isSensitive })
	if p == nil {
		return ""
	}
	p.was, p.number = p.number, s.newNumber()
	was, number := p.was, p.number
	if s.random.IntN(2) == 0 {
		s.nhs.inactive(was, number)
	} else { // an upload may hear of it first
		s.nhs.postponed = append(s.nhs.postponed, func() { s.nhs.inactive(was, number) })
	}
	return "number superseded"
}

// legalStatusChanges, and the child is looked after without a gap.
func (s *simulation) legalStatusChanges(_ string, today time.Time) string {
	p := s.someone(func(p *person) bool { return p.live("LAC") != nil && p.isChildAt(today) })
	if p == nil {
		return ""
	}
	period, at := p.live("LAC").row, today.Format(time.DateTime)
	s.enters("update dm_legal_statuses set end_date = timestamp '%s' - interval '1' day where period_of_care_id = %d and end_date is null", at, period)
	s.enters("insert into dm_legal_statuses by name select %d as legal_status_id, %d as person_id, %d as period_of_care_id, 'C2' as legal_status, timestamp '%s' as start_date", s.key(), p.id, period, at)
	return "legal status changes"
}
