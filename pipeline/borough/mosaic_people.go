package borough

import "time"

// relationships writes what the people of the household are to the person, and who else stands by the person.
func (m *mosaic) relationships(l *life) {
	if !l.isOpen && len(l.care.episodes) == 0 && m.chance(60) { // of mere contacts little is written down
		return
	}
	isAdult := years(l.birth, m.now) >= 18
	for _, other := range l.care.relatives {
		isParent := other.kinship == "mother" || other.kinship == "father"
		m.relationship(l, relType(other.kinship), other.life, isParent && !isAdult && (other.kinship == "mother" || m.chance(80)), isAdult && m.chance(15))
	}
	if isAdult && l.nextOfKin != nil && m.chance(50) {
		m.relationship(l, relNextOfKin, l.nextOfKin, false, false)
	}
	if isAdult && l.isOpen && len(l.care.relatives) > 0 && m.chance(6) {
		m.relationship(l, relAdvocate, l.care.relatives[0].life, false, false)
	}
}

// relationship writes one row; a few are over.
func (m *mosaic) relationship(l *life, typeID int64, other *life, isResponsible, isCarer bool) {
	start := later(m.ago(l, 30, 2500), other.birth)
	var end time.Time
	if m.chance(4) {
		end = later(m.ago(l, 1, 29), start)
	}
	m.row("dm_personal_relationships", m.next("dm_personal_relationships"), l.personID, typeID, other.personID, start, moment(end),
		relTypes()[typeID-1].category, flag(typeID == relType("mother")), flag(isResponsible), flag(isCarer))
}

// professionals writes the workers who have the person's case, and the professionals around the person.
func (m *mosaic) professionals(l *life) {
	for _, a := range l.care.inCare.allocations {
		m.row("dm_allocated_workers", m.next("dm_allocated_workers"), l.personID, a.worker, a.start, moment(a.end))
	}
	episodes := l.care.episodes
	if len(l.care.inCare.allocations) > 0 { // one social worker after another has the child's case
		episodes = nil
	}
	for i, e := range episodes {
		if i > 1 && !e.holds(m.now) || !m.chance(85) || l.care.isUnallocated && e.holds(m.now) {
			continue
		}
		m.allocation(l, e.period)
	}
	if !l.isOpen {
		return
	}
	if m.chance(50) {
		m.professional(l, m.pick("SOCWKR", "SOCWKR", "OCCTH", "IRO"))
	}
	if m.chance(5) {
		m.professional(l, "ADVOC")
	}
}

// allocation writes one worker for an episode, or two where the case changed hands.
func (m *mosaic) allocation(l *life, p period) {
	end := p.end
	if end.After(m.now) {
		end = time.Time{}
	}
	if m.chance(20) && p.start.Before(m.now.AddDate(0, 0, -60)) {
		changed := p.start.AddDate(0, 0, m.between(1, 50))
		if end.IsZero() || changed.Before(end) {
			m.row("dm_allocated_workers", m.next("dm_allocated_workers"), l.personID, m.worker(), p.start, changed)
			p.start = changed
		}
	}
	m.row("dm_allocated_workers", m.next("dm_allocated_workers"), l.personID, m.worker(), p.start, moment(end))
}

func (m *mosaic) professional(l *life, code string) {
	start := m.ago(l, 30, 600)
	var end time.Time
	reason := ""
	if m.chance(10) {
		end, reason = later(m.ago(l, 1, 29), start), "No longer involved"
	}
	m.row("dm_prof_relationships", m.next("dm_prof_relationships"), l.personID, m.worker(), code, start, moment(end), text(reason))
}
