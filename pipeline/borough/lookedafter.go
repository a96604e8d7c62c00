package borough

import "time"

// spell is one period of being looked after, with its placements and legal statuses: each list without gap or overlap
// from the spell's start to its end.
type spell struct {
	period
	placements []placement
	statuses   []legalStatus
}

// last is the placement that the spell ends with.
func (s *spell) last() *placement { return &s.placements[len(s.placements)-1] }

type placement struct {
	period
	kind, need, reasonCeased, reasonChanged string // codes of the looked-after return
	carer                                   int64
	urn, provider                           string // of the carer's agency or home
	isAdopted                               bool
}

type legalStatus struct {
	period
	code string
}

// lookedAfter adds a spell as a sketch. When the chunk is whole, the child's own generator tells how it went (see story), so that
// nobody else's life hangs on it.
func (c *chunk) lookedAfter(m *member, p period) {
	m.life.lookedAfter = p
	s := spell{period: p}
	need := oneOf(c.random, []string{"N1", "N1", "N1", "N2", "N3", "N4", "N5", "N6", "N8"})
	for _, part := range c.parts(p) {
		s.placements = append(s.placements, placement{period: part, need: need, carer: int64(firstHost + c.random.IntN(countHosts)),
			kind: oneOf(c.random, []string{"U1", "U4", "U6", "U6", "K2", "H5", "P1", "P2"}), reasonCeased: "X1"})
	}
	last := s.last()
	last.reasonCeased = ""
	if !p.end.IsZero() {
		last.reasonCeased = oneOf(c.random, []string{"E4A", "E8", "E11", "E12", "E13"})
		last.isAdopted = last.reasonCeased == "E11" || last.reasonCeased == "E12"
	}
	for i := range len(s.placements) - 1 {
		s.placements[i].reasonChanged = oneOf(c.random, []string{"CARPL", "CHILD", "PLACE", "STAND", "OTHER"})
	}
	for i, part := range c.parts(p) {
		code := oneOf(c.random, []string{"V2", "C1", "C2", "E1"})
		if i == 0 {
			code = oneOf(c.random, []string{"V2", "V2", "C1"})
		}
		s.statuses = append(s.statuses, legalStatus{part, code})
	}
	m.life.care.spells = append(m.life.care.spells, s)
	m.life.care.episodes = append(m.life.care.episodes, episode{"looked_after", p})
}

// parts cuts a period into one to three, each beginning at a midnight.
func (c *chunk) parts(p period) []period {
	end := p.end
	if end.IsZero() {
		end = c.maker.now
	}
	days := int(end.Sub(p.start).Hours() / 24)
	parts := []period{p}
	for range c.between(0, 2) {
		last := parts[len(parts)-1]
		from := int(last.start.Sub(p.start).Hours() / 24)
		if days-from < 6 {
			break
		}
		cut := midnight(p.start).AddDate(0, 0, from+2+c.random.IntN(days-from-4))
		parts[len(parts)-1].end = cut
		parts = append(parts, period{cut, last.end})
	}
	return parts
}

// piece is one stretch of a spell in which neither placement nor legal status changes: a row of dm_cla_summaries.
type piece struct {
	period
	placement, status int // places in the spell's lists
}

// pieces cuts a spell at every change.
func (s spell) pieces() []piece {
	var found []piece
	for i, p := range s.placements {
		for k, l := range s.statuses {
			both := period{later(p.start, l.start), earlier(p.end, l.end)}
			if both.end.IsZero() || both.start.Before(both.end) {
				found = append(found, piece{both, i, k})
			}
		}
	}
	return found
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// earlier is the earlier of two ends, of which a zero one is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
