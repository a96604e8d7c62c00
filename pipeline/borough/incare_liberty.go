package borough

import (
	"slices"
	"time"
)

// libertySlips are those of orders that deprive of liberty, which most children's care lends itself to.
func libertySlips() []careSlip {
	return []careSlip{
		{"702", "DOLO_END", func(s *story, p *spell) bool { return s.orders(p, 0, -3) }},
		{"705", "DOLO_START", func(s *story, p *spell) bool { return s.orders(p, 0, 9, 5, 15) }},
		{"708", "DOLO_START", beforeBirth},
		{"709", "DOLO_START", func(s *story, p *spell) bool { return s.isLastIn(p, "U1", "U3", "U4", "U6") && s.orders(p, 0, 9) }},
	}
}

// rareSlips are those that few children's care lends itself to: an order where none may be, one after care, a placement that nobody ended.
func rareSlips() []careSlip {
	return []careSlip{
		{"707", "DOLO_END", afterCare},
		{"710", "DOLO_START", func(s *story, p *spell) bool { return s.isLastIn(p, "K3", "P1") && s.orders(p, 0, 9) }},
		{"142", "DEC", unended},
	}
}

func (s *story) isLastIn(p *spell, kinds ...string) bool {
	return slices.Contains(kinds, p.last().kind)
}

// orders records orders of the year in progress, each from one day to another after the last placement or the year began.
func (s *story) orders(p *spell, fromTo ...int) bool {
	first := days(later(midnight(p.last().start), s.yearBegan()), 5)
	if len(s.care.inCare.liberty) > 0 || !days(first, 20).Before(s.end(p.period)) {
		return false
	}
	for i := 0; i < len(fromTo); i += 2 {
		s.care.inCare.liberty = append(s.care.inCare.liberty, period{days(first, fromTo[i]), days(first, fromTo[i+1])})
	}
	return true
}

// afterCare: care ended and the order was left open.
func afterCare(s *story, p *spell) bool {
	if p.end.IsZero() || !s.orders(p, 0, 9) {
		return false
	}
	s.care.inCare.liberty[0].end = time.Time{}
	return true
}

// beforeBirth: the order was entered with the year of a brother or sister's.
func beforeBirth(s *story, p *spell) bool {
	if !s.orders(p, 0, 9) {
		return false
	}
	s.care.inCare.liberty[0].start = s.birth.AddDate(-2, 0, 0)
	return true
}

// unended: the child moved on, and nobody ended the placement before. The inspectors' list then shows one placement and the return two.
func unended(s *story, p *spell) bool {
	last := len(p.placements) - 1
	if !p.end.IsZero() || last < 1 || p.placements[last].kind == p.placements[last-1].kind || p.placements[last-1].kind[0] == 'T' {
		return false
	}
	p.placements[last-1].end, p.placements[last-1].reasonCeased, p.placements[last-1].reasonChanged = time.Time{}, "", ""
	s.care.planted = append(s.care.planted, plantedError{"annex-a", "AA-6", "List 8"})
	return true
}
