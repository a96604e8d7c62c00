package borough

import (
	"slices"
	"time"
)

// spell tells one period of care: its moves, its legal statuses, why it ended and what was done meanwhile.
func (s *story) spell(p *spell) {
	facts := &s.care.inCare
	facts.isNoted = true
	need := "N1"
	if len(p.placements) > 0 {
		need = p.placements[0].need
	}
	p.placements, p.statuses = nil, nil
	if facts.homePost == "" {
		facts.homePost = s.homes[s.random.IntN(len(s.homes))].postcode
	}
	if s.age(p.start) >= 14 && s.chance(20) && s.lookedAfter.start.Equal(p.start) {
		facts.unaccompanied, need = midnight(p.start), "N8"
	}
	days := int(s.end(p.period).Sub(midnight(p.start)).Hours() / 24)
	switch {
	case facts.unaccompanied.IsZero() && s.age(p.start) < 9 && days > 320 && facts.plan == nil && s.chance(75):
		s.towardsAdoption(p)
	default:
		s.moves(p, days)
		s.law(p, days)
	}
	for i := range p.placements {
		p.placements[i].need = need
	}
	s.whyMoved(p)
	s.whyCeased(p)
	s.meanwhile(p, days)
}

// moves cuts a period of care into placements: mostly fostering, homes and supported accommodation for the older, a child
// now and then away on a carer's holiday or in hospital, and back.
func (s *story) moves(p *spell, days int) {
	at := p.start
	s.place(p, at)
	if s.comesOfAge(p) {
		p.placements = nil
		s.add(p, "K2", s.someone("home", 0), at)
		return
	}
	for left := days; left > 60 && len(p.placements) < 5 && s.chance(70); {
		step := s.between(20, min(left-30, 300))
		at = midnight(at).AddDate(0, 0, step)
		left -= step
		last := p.last()
		if left > 40 && last.kind[0] == 'U' && s.chance(25) {
			away := s.between(3, 6)
			s.temporary(p, at, away)
			at, left = at.AddDate(0, 0, away), left-away
			continue
		}
		s.place(p, at)
	}
}

// comesOfAge says whether a child in care reaches 18 before the collection year ends: by then only a children's home by agreement
// may have them.
func (s *story) comesOfAge(p *spell) bool {
	return p.end.IsZero() && s.birthday(18).Before(s.yearBegan().AddDate(1, 0, 0))
}

// place ends the last placement and begins another one with somebody else.
func (s *story) place(p *spell, at time.Time) {
	kind, with := s.whereTo(s.age(at))
	if len(p.placements) > 0 {
		last := p.last()
		for with.id == last.carer {
			kind, with = s.whereTo(s.age(at))
		}
		last.end = at
	}
	s.add(p, kind, with, at)
}

func (s *story) add(p *spell, kind string, with host, at time.Time) {
	p.placements = append(p.placements, placement{period: period{at, p.end}, kind: kind, carer: with.id, urn: with.urn, provider: with.provider})
}

// temporary is a few days elsewhere, and back to the same carer.
func (s *story) temporary(p *spell, at time.Time, days int) {
	last := p.last()
	last.end = at
	back := *last
	elsewhere := s.someone("fostering", last.carer)
	s.add(p, s.pick("T1", "T4"), elsewhere, at)
	p.last().end = at.AddDate(0, 0, days)
	back.period = period{at.AddDate(0, 0, days), p.end}
	p.placements = append(p.placements, back)
}

// whereTo draws a kind of placement that suits an age.
func (s *story) whereTo(age int) (kind string, with host) {
	switch {
	case age >= 16 && s.chance(35):
		return "K3", s.someone("supported", 0)
	case age >= 10 && s.chance(25):
		return "K2", s.someone("home", 0)
	case age >= 6 && s.chance(6):
		return "R1", s.someone("residential", 0)
	}
	return s.pick("U6", "U6", "U6", "U4", "U3", "U1"), s.someone("fostering", 0)
}

// someone is a carer of a kind, but not the one.
func (s *story) someone(kind string, butNot int64) host {
	for {
		if c := s.hosts[s.random.IntN(len(s.hosts))]; c.kind == kind && c.id != butNot {
			return c
		}
	}
}

// law cuts a period of care into legal statuses, never while the child is away for a few days.
func (s *story) law(p *spell, days int) {
	path := []string{"V2"}
	switch draw := s.random.IntN(100); {
	case !s.care.inCare.unaccompanied.IsZero(), draw < 30, s.comesOfAge(p):
	case draw < 55:
		path = []string{"V2", "C1", "C2"}
	case draw < 75:
		path = []string{"C1", "C2"}
	case draw < 85 && days > 10:
		path = []string{"L1", "V2", "C1"}
	case draw < 95 && days > 40:
		path = []string{"L2", "C1", "C2"}
	}
	at := p.start
	p.statuses = []legalStatus{{period{at, p.end}, path[0]}}
	for _, code := range path[1:] {
		step := s.between(25, 150)
		switch p.statuses[len(p.statuses)-1].code {
		case "L1":
			step = 2
		case "L2":
			step = s.between(5, 15)
		}
		cut := midnight(at).AddDate(0, 0, step)
		if !cut.AddDate(0, 0, 4).Before(s.end(p.period)) {
			break
		}
		if s.isAway(p, cut) {
			cut = s.backAgain(p, cut)
		}
		p.statuses[len(p.statuses)-1].end = cut
		p.statuses = append(p.statuses, legalStatus{period{cut, p.end}, code})
		at = cut
	}
	s.withParents(p)
}

// isAway says whether a day falls into a temporary placement, its ends included.
func (s *story) isAway(p *spell, day time.Time) bool {
	return slices.ContainsFunc(p.placements, func(one placement) bool {
		return one.kind[0] == 'T' && !day.Before(one.start) && !day.After(one.end)
	})
}

func (s *story) backAgain(p *spell, day time.Time) time.Time {
	for s.isAway(p, day) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// withParents sends some children under a care order home to their parents at the end.
func (s *story) withParents(p *spell) {
	order, last := p.statuses[len(p.statuses)-1], p.last()
	if order.code != "C2" && order.code != "C1" || last.kind == "T1" || last.kind == "T4" || !s.chance(12) {
		return
	}
	at := midnight(later(order.start, last.start)).AddDate(0, 0, s.between(10, 40))
	if !at.AddDate(0, 0, 10).Before(s.end(p.period)) {
		return
	}
	last.end = at
	s.add(p, "P1", s.parents(), at)
}
