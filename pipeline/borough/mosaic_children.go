package borough

import (
	"time"
)

// children writes referrals, registrations and periods of being looked after.
func (m *mosaic) children(l *life) {
	for _, r := range l.care.referrals {
		m.row("dm_cin_referrals", m.next("dm_cin_referrals"), l.personID, r.at, text(r.source), moment(r.nfa), moment(r.closed), text(r.reason))
		if r.need != "" {
			m.row("dm_service_user_groups", l.personID, needGroup(r.need), r.at, nil)
		}
	}
	for _, r := range l.care.registrations {
		m.registration(l, r)
	}
	for _, s := range l.care.spells {
		m.spell(l, s)
	}
}

// registration writes a plan with its category, and for some a category that followed it.
func (m *mosaic) registration(l *life, r registration) {
	id := m.next("dm_registrations")
	m.row("dm_registrations", id, l.personID, r.start, moment(r.end), flag(r.isPlan), "N", nil)
	if r.isUncategorised {
		return
	}
	codes := []string{"NEG", "EMO", "PHY", "SAB"}
	first := m.random.IntN(len(codes))
	end := r.end
	if changed := r.start.AddDate(0, 0, 21); m.chance(20) && changed.Before(m.now) && (end.IsZero() || changed.Before(end)) {
		m.row("dm_registration_categories", id, int64(2), changed, moment(end), codes[(first+1)%len(codes)])
		end = changed
	}
	m.row("dm_registration_categories", id, int64(1), r.start, moment(end), codes[first])
}

// spell writes one period of care: its placements and legal statuses, and the summary that cuts it at every change.
func (m *mosaic) spell(l *life, s spell) {
	care := m.next("dm_periods_of_care")
	m.row("dm_periods_of_care", care, l.personID, s.start, moment(s.end))
	placements, elements := make([]int64, len(s.placements)), make([]int64, len(s.placements))
	for i, p := range s.placements {
		placements[i], elements[i] = m.next("dm_placements"), 40_000+m.next("dm_placement_details")
		m.placement(l, care, placements[i], elements[i], p, lastDayIn(p.end, s))
	}
	statuses := make([]int64, len(s.statuses))
	for i, legal := range s.statuses {
		statuses[i] = m.next("dm_legal_statuses")
		m.row("dm_legal_statuses", statuses[i], l.personID, care, legal.code, "N", legal.start, moment(lastDayIn(legal.end, s)))
	}
	for _, piece := range s.pieces() {
		m.row("dm_cla_summaries", l.personID, care, placements[piece.placement], int64(1), statuses[piece.status], elements[piece.placement], int64(1),
			piece.start, moment(lastDayIn(piece.end, s)))
	}
}

// lastDayIn is an end as Mosaic writes it: the day before the next row begins. The last row ends with its spell.
func lastDayIn(end time.Time, s spell) time.Time {
	if end.IsZero() || end.Equal(s.end) {
		return end
	}
	return end.AddDate(0, 0, -1)
}

func (m *mosaic) placement(l *life, care, id, element int64, p placement, end time.Time) {
	m.row("dm_placements", id, int64(1), l.personID, care, p.kind, p.need, text(p.reasonCeased), text(p.reasonChanged), flag(p.isAdopted), p.start, moment(end))
	m.row("dm_placement_details", element, int64(1), p.carer, text(p.urn), text(p.provider), p.start)
}

// visits writes what was planned and what came of it.
func (m *mosaic) visits(l *life) {
	most := 0
	switch {
	case l.isOpen:
		most = 6
	case len(l.care.episodes) > 0:
		most = 2
	}
	for range m.between(0, most) {
		planned := m.ago(l, -20, 400)
		actual, done := planned.Add(time.Duration(m.between(-60, 60))*time.Minute), true
		if planned.After(m.now) || m.chance(8) {
			actual, done = time.Time{}, false
		}
		m.visit(l, m.planned(planned), actual, done)
	}
}

func (m *mosaic) visit(l *life, planned string, actual time.Time, done bool) {
	m.row("dm_visits", m.next("dm_visits"), l.personID, m.pick("Home", "Home", "Office", "Video", "Statutory"), text(planned), moment(actual), nil, nil,
		flag(done && m.chance(60)), flag(done), m.team(), m.worker())
}

// planned is a moment as text; a few are not moments.
func (m *mosaic) planned(at time.Time) string {
	if m.Errors && m.chance(0.4) {
		return m.pick("to be arranged", "31/02/2026 10:00", "week of the 12th")
	}
	return at.Format(time.DateTime)
}
