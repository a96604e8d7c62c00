package borough

import (
	"math/rand/v2"
	"slices"
	"time"
)

// stretch is an unbroken time in which children's social care has to do with a child: what one referral covers. Whatever
// the stories made of it, it is told here as casework tells it, without a moment more or less of it.
type stretch struct {
	period
	referrals []referral
	steps     []step
	plans     []period
	isCare    bool // the child was looked after in it
}

// inNeedLives tells the casework with the chunk's children. It draws from generators of its own, one a child, so that
// nobody else's story hangs on it.
func (c *chunk) inNeedLives() {
	told := map[*household]bool{}
	for _, m := range c.members {
		if !told[m.house] {
			told[m.house] = true
			m.house.untangle(c.maker.now)
		}
	}
	for _, m := range c.members {
		c.inNeedLife(m)
		c.besides(m)
	}
}

// besides adds what the inspectors ask for besides cases of need: early help for children, and the approval of adopters. Neither
// is an episode of care.
func (c *chunk) besides(m *member) {
	random := rand.New(rand.NewPCG(c.maker.Seed, uint64(m.personID)<<8|'A'))
	age, started := years(m.birth, c.maker.today), c.maker.now.AddDate(0, 0, -5-random.IntN(500))
	s := step{typeID: earlyHelp, status: "COMPLETED", incoming: started, started: started, completed: started.AddDate(0, 0, 10+random.IntN(40)), subjects: []int64{m.personID}}
	switch {
	case age < 18 && m.role != current && started.After(m.birth) && random.IntN(100) < 6:
	case age >= 28 && age < 50 && m.role == contact && random.IntN(120) == 0:
		s.typeID, s.incoming, s.completed = adopterApproval, started.AddDate(0, 0, -30), started.AddDate(0, 0, 150+random.IntN(60))
	default:
		return
	}
	if c.maker.Errors && s.typeID == earlyHelp && started.After(c.maker.now.AddDate(0, -5, 0)) && m.personID%3 == 0 && m.original == nil && !m.isDoubled {
		s.completed = started.AddDate(0, 0, -4)
		m.life.care.planted = append(m.life.care.planted, plantedError{"annex-a", "AA-3", "Assessment completion date"})
	}
	if s.completed.After(c.maker.now) {
		s.status, s.completed = "STARTED", time.Time{}
	}
	m.life.care.casework = append(m.life.care.casework, s)
}

func (c *chunk) inNeedLife(m *member) {
	random := rand.New(rand.NewPCG(c.maker.Seed, uint64(m.personID)<<8|'N'))
	ofEntry := rand.New(rand.NewPCG(c.maker.Seed, uint64(m.personID)<<8|'E'))
	for _, s := range m.stretches(c.maker.now) {
		if s.isShortBreaksOnly() || s.isCare && m.isDeadBefore(s.start) {
			continue
		}
		m.forget(s, c.maker.now)
		if m.isDeadBefore(s.start) {
			m.unplan(s)
			continue
		}
		n := &caseOfNeed{m: m, now: c.maker.now, dice: dice{random}, stretch: s}
		n.tell()
		if c.maker.Errors && !m.isReserved && m.original == nil && !m.isDoubled && !n.mistake() {
			n.misenter(ofEntry)
		}
		n.write()
	}
}

func (m *member) isDeadBefore(at time.Time) bool { return !m.death.IsZero() && m.death.Before(at) }

func (s stretch) isShortBreaksOnly() bool {
	isOther := func(s step) bool { return s.typeID != shortBreaks }
	return len(s.referrals) == 0 && len(s.plans) == 0 && !s.isCare && !slices.ContainsFunc(s.steps, isOther)
}

// isChilds says whether a step is one of children's casework, and was begun.
func (s step) isChilds(now time.Time) bool {
	switch s.typeID {
	case childAndFamilyAssessment, section47Enquiry, shortBreaks:
	default:
		return false
	}
	return !s.started.IsZero() && !s.started.After(now) && (s.status == "STARTED" || s.status == "REOPENED" || !s.end().IsZero())
}

// end is when a step was or will be over; zero: on no known day.
func (s step) end() time.Time {
	switch s.status {
	case "COMPLETED":
		return s.completed
	case "CANCELLED":
		return s.cancelled
	}
	return time.Time{}
}

// isOver says whether a step is over at the moment.
func (s step) isOver(now time.Time) bool { return !s.end().IsZero() && !s.end().After(now) }

// stretches are a child's, oldest first: episodes that touch or overlap are one.
func (m *member) stretches(now time.Time) []stretch {
	var parts []stretch
	add := func(p period, part stretch) {
		part.period = p
		parts = append(parts, part)
	}
	for _, r := range m.life.care.referrals {
		add(period{r.at, r.end()}, stretch{referrals: []referral{r}})
	}
	for _, owner := range m.house.all {
		for _, s := range owner.life.care.steps {
			if s.isChilds(now) && slices.Contains(s.subjects, m.personID) {
				add(period{s.started, s.end()}, stretch{steps: []step{s}})
			}
		}
	}
	for _, r := range m.life.care.registrations {
		if r.isPlan {
			add(r.period, stretch{plans: []period{r.period}})
		}
	}
	for _, s := range m.life.care.spells {
		add(s.period, stretch{isCare: true})
	}
	return merged(parts)
}

func merged(parts []stretch) (found []stretch) {
	slices.SortStableFunc(parts, func(a, b stretch) int { return a.start.Compare(b.start) })
	for _, p := range parts {
		if len(found) == 0 || !found[len(found)-1].end.IsZero() && p.start.After(found[len(found)-1].end) {
			found = append(found, p)
			continue
		}
		last := &found[len(found)-1]
		if last.end.IsZero() || p.end.IsZero() {
			last.end = time.Time{}
		} else {
			last.end = later(last.end, p.end)
		}
		last.referrals, last.steps = append(last.referrals, p.referrals...), append(last.steps, p.steps...)
		last.plans, last.isCare = append(last.plans, p.plans...), last.isCare || p.isCare
	}
	return found
}

func (r referral) end() time.Time { return earlier(r.nfa, r.closed) }

// forget takes out of a child's life what is told again: the stretch's referrals, and its assessments and enquiries that are over.
func (m *member) forget(s stretch, now time.Time) {
	for _, r := range s.referrals {
		m.life.care.referrals = slices.DeleteFunc(m.life.care.referrals, func(other referral) bool { return other == r })
		m.dropEpisode("child_in_need", period{r.at, r.end()})
	}
	for _, gone := range s.steps {
		if !gone.isOver(now) || gone.typeID == shortBreaks {
			continue
		}
		m.life.care.steps = slices.DeleteFunc(m.life.care.steps, func(other step) bool { return other.isSame(gone) })
		m.dropEpisode(stepKind(gone.typeID), period{gone.started, gone.end()})
	}
}

// unplan takes out a protection plan that would begin after the child's death.
func (m *member) unplan(s stretch) {
	for _, p := range s.plans {
		m.life.care.registrations = slices.DeleteFunc(m.life.care.registrations, func(r registration) bool { return r.isPlan && r.period == p })
		m.dropEpisode("child_protection", p)
		m.protection = period{}
	}
}

func (s step) isSame(other step) bool {
	return s.typeID == other.typeID && s.started.Equal(other.started) && s.end().Equal(other.end()) && slices.Equal(s.subjects, other.subjects)
}

// dropEpisode takes one such episode out, if there is one.
func (m *member) dropEpisode(kind string, p period) {
	at := slices.Index(m.life.care.episodes, episode{kind, p})
	if at >= 0 {
		m.life.care.episodes = slices.Delete(m.life.care.episodes, at, at+1)
	}
}

// untangle leaves every child of the household in one open assessment, the one that began first: of two that go on
// at once for one child, neither could be authorised.
func (h *household) untangle(now time.Time) {
	var open []step
	for _, owner := range h.all {
		isOpen := func(s step) bool { return s.typeID == childAndFamilyAssessment && s.isChilds(now) && !s.isOver(now) }
		for _, s := range owner.life.care.steps {
			if isOpen(s) {
				open = append(open, s)
			}
		}
		owner.life.care.steps = slices.DeleteFunc(owner.life.care.steps, isOpen)
	}
	slices.SortStableFunc(open, func(a, b step) int { return a.started.Compare(b.started) })
	assessed := map[int64]bool{}
	for _, s := range open {
		h.keep(s, assessed)
	}
}

// keep gives an open assessment back to those of its children who are in none yet.
func (h *household) keep(s step, assessed map[int64]bool) {
	var left []int64
	for _, m := range h.all {
		switch {
		case !slices.Contains(s.subjects, m.personID):
		case assessed[m.personID]:
			m.dropEpisode("assessment", period{s.started, s.end()})
		default:
			left, assessed[m.personID] = append(left, m.personID), true
		}
	}
	if len(left) == 0 {
		return
	}
	if !slices.Equal(slices.Sorted(slices.Values(s.subjects)), slices.Sorted(slices.Values(left))) {
		s.subjects = left
	}
	for _, m := range h.all {
		if m.personID == s.subjects[0] {
			m.life.care.steps = append(m.life.care.steps, s)
		}
	}
}
