package borough

import (
	"strings"
	"time"
)

// whyMoved gives each change of placement its reason; going away for a few days and coming back is none.
func (s *story) whyMoved(p *spell) {
	for i := range len(p.placements) - 1 {
		p.placements[i].reasonCeased = "X1"
		if p.placements[i].kind[0] != 'T' && p.placements[i+1].kind[0] != 'T' {
			p.placements[i].reasonChanged = s.pick("CARPL", "CHILD", "PLACE", "STAND", "CREQB", "LAREQ", "OTHER")
		}
	}
}

// whyCeased gives the end of a period of care its reason, which suits the age and the last placement.
func (s *story) whyCeased(p *spell) {
	last := p.last()
	if p.end.IsZero() {
		return
	}
	age := s.age(p.end)
	switch {
	case last.kind[0] == 'A':
		last.reasonCeased, last.isAdopted = s.pick("E11", "E12"), true
	case age >= 16 && p.end.Before(s.recent()): // of these the returns of two years know too little
		last.reasonCeased = "E3"
	case age >= 18:
		last.reasonCeased = s.pick("E5", "E6", "E8")
	case age >= 16:
		last.reasonCeased = s.pick("E4A", "E5", "E6", "E8")
	case strings.HasPrefix(last.kind, "U") && s.chance(20):
		last.reasonCeased = s.pick("E45", "E46")
	default:
		last.reasonCeased = s.pick("E4A", "E4A", "E4B", "E8", "E41", "E47", "E48")
	}
}

// meanwhile tells what was done in a period of care: admission, reviews, health, absences, orders.
func (s *story) meanwhile(p *spell, days int) {
	facts := &s.care.inCare
	s.admission(p.start)
	for after := 28; after < days; after += []int{90, 180}[min(1, after/100)] {
		at := midnight(p.start).AddDate(0, 0, after).Add(11 * time.Hour)
		code := "PN0"
		if s.age(at) >= 4 {
			code = s.pick("PN1", "PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7")
		}
		facts.reviews = append(facts.reviews, review{at: at, code: code})
	}
	s.healthYears(p)
	s.absences(p)
	s.withoutLiberty(p)
}

func (s *story) admission(at time.Time) {
	a := admission{at: at, permanence: "Z1"}
	if on := at.AddDate(-s.between(1, 4), 0, -s.between(0, 200)); s.chance(6) && on.After(s.birth) {
		a.permanence, a.from, a.permanenceOn = s.pick("P1", "P2", "P3", "P4"), s.pick("204", "206", "211", "309"), midnight(on)
	}
	s.care.inCare.admissions = append(s.care.inCare.admissions, a)
}

// healthYears gives each collection year that begins in care one assessment, in its first half.
func (s *story) healthYears(p *spell) {
	for year := p.start.Year(); year <= s.now.Year(); year++ {
		begins := time.Date(year, time.April, 1, 0, 0, 0, 0, time.UTC)
		at := begins.AddDate(0, 0, s.between(20, 160)).Add(10 * time.Hour)
		if begins.Before(midnight(p.start)) || !begins.Before(s.end(p.period)) {
			continue
		}
		if !at.Before(s.end(p.period)) {
			at = s.end(p.period).AddDate(0, 0, -1)
		}
		s.care.inCare.health = append(s.care.inCare.health, s.healthYear(at))
	}
}

func (s *story) healthYear(at time.Time) healthYear {
	h := healthYear{at: at, score: s.between(0, 40), check: s.mostly(), immunisations: s.mostly(), teeth: s.mostly(), misuse: "no"}
	if s.chance(5) {
		h.score, h.reason = -1, s.pick("SDQ2", "SDQ3", "SDQ5")
	}
	if s.age(at) >= 12 && s.chance(8) {
		h.misuse, h.received = "yes", s.pick("yes", "no")
		if h.received == "no" {
			h.offered = s.pick("yes", "no")
		}
	}
	if s.age(at) >= 10 && s.chance(3) {
		s.care.inCare.offences = append(s.care.inCare.offences, at.AddDate(0, 0, -3))
	}
	return h
}

func (s *story) mostly() string { return s.pick("yes", "yes", "yes", "yes", "no") }

// absences lets some of the older ones go missing, for a day to three, within one placement.
func (s *story) absences(p *spell) {
	if !s.chance(25) {
		return
	}
	for _, one := range p.placements {
		length := int(s.end(one.period).Sub(one.start).Hours() / 24)
		if s.age(one.start) < 11 || one.kind[0] == 'T' || length < 20 || !s.chance(60) {
			continue
		}
		from := midnight(one.start).AddDate(0, 0, s.between(2, length-10)).Add(20 * time.Hour)
		s.care.inCare.absences = append(s.care.inCare.absences,
			absence{period{from, midnight(from).AddDate(0, 0, s.between(1, 3)).Add(8 * time.Hour)}, s.pick("missing", "missing", "away")})
	}
}

// withoutLiberty puts a few of those in children's homes under an order of the High Court.
func (s *story) withoutLiberty(p *spell) {
	for _, one := range p.placements {
		length := int(s.end(one.period).Sub(one.start).Hours() / 24)
		if one.kind != "K2" || length < 40 || !s.chance(30) {
			continue
		}
		from := midnight(one.start).AddDate(0, 0, 5)
		s.care.inCare.liberty = append(s.care.inCare.liberty, period{from, from.AddDate(0, 0, s.between(20, min(90, length-10)))})
		return
	}
}
