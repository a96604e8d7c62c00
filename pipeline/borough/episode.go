package borough

import "time"

// stepKind is the episode kind of the configured step types.
func stepKind(typeID int64) string {
	switch typeID {
	case careActAssessment, carersAssessment, childAndFamilyAssessment:
		return "assessment"
	case adultSafeguarding, section47Enquiry:
		return "safeguarding"
	default:
		return "service"
	}
}

// since is when an episode began, never before birth.
func (c *chunk) since(m *member, low, high int) time.Time {
	start := c.daysAgo(low, high)
	if start.Before(m.birth) {
		return m.birth
	}
	return start
}

// open adds a step that is open at as-at, in one of the ways that a step can be.
func (c *chunk) open(m *member, typeID int64, start time.Time) {
	s := step{typeID: typeID, status: "STARTED", started: start}
	switch draw := c.random.IntN(100); {
	case draw < 10:
		s.status = "REOPENED"
	case draw < 14:
		s.status, s.completed = "COMPLETED", c.maker.now.Add(time.Duration(c.between(1, 200))*time.Hour)
	case draw < 15:
		s.status, s.completed = "COMPLETED", c.maker.now.Add(time.Second)
	case draw < 17:
		s.status, s.cancelled = "CANCELLED", c.maker.now.Add(time.Duration(c.between(1, 200))*time.Hour)
	}
	end := s.completed
	if end.IsZero() {
		end = s.cancelled
	}
	m.add(s, period{start, end})
}

// together makes the brothers and sisters subjects of the step that was added last.
func (c *chunk) together(m *member) {
	s := &m.life.care.steps[len(m.life.care.steps)-1]
	with := m.life.care.episodes[len(m.life.care.episodes)-1]
	for _, sibling := range m.house.children(c) {
		if sibling == m || sibling.isReserved || sibling.birth.After(s.started) {
			continue
		}
		s.subjects = append(s.subjects, sibling.personID)
		sibling.life.care.episodes = append(sibling.life.care.episodes, with)
		m.isShared, sibling.isShared = true, true
	}
}

// add writes a step down as an episode.
func (m *member) add(s step, p period) {
	s.incoming, s.subjects = s.started.Add(-2*time.Hour), []int64{m.personID}
	m.life.care.steps = append(m.life.care.steps, s)
	m.life.care.episodes = append(m.life.care.episodes, episode{stepKind(s.typeID), p})
}

// advice adds a contact, which is no episode.
func (m *member) advice(c *chunk, at time.Time) {
	if at.Before(m.birth) {
		return
	}
	typeID := int64(adviceGiven)
	if c.chance(20) {
		typeID = caseClosure
	}
	m.life.care.steps = append(m.life.care.steps, step{typeID: typeID, status: "COMPLETED", incoming: at.Add(-time.Hour),
		started: at, completed: at.Add(time.Hour), subjects: []int64{m.personID}, isContact: typeID == adviceGiven && years(m.birth, at) < 18})
}

// almost adds what looks like an open episode and is none: not begun, proposed, begun after as-at, or finished
// without a date or at as-at itself.
func (c *chunk) almost(m *member, age int) {
	typeID, at := int64(careActAssessment), c.since(m, 1, 40)
	if age < 18 {
		typeID = childAndFamilyAssessment
	}
	s := step{typeID: typeID, incoming: at, subjects: []int64{m.personID}}
	if age < 18 && c.chance(30) { // registered, but on no plan
		m.life.care.registrations = append(m.life.care.registrations, registration{period: period{start: at}})
		return
	}
	switch c.random.IntN(6) {
	case 0:
		s.status = "INCOMING"
	case 1:
		s.status = "PROPOSED"
	case 2:
		s.status, s.started = "STARTED", c.maker.now.Add(time.Duration(c.between(1, 100))*time.Hour)
	case 3:
		s.status, s.started = "COMPLETED", at
	case 4:
		s.status, s.started = "CANCELLED", at
	default:
		if years(m.birth, c.maker.today) < 1 || m.role == past {
			s.status = "INCOMING"
			break
		}
		c.edge(m, typeID)
		return
	}
	m.life.care.steps = append(m.life.care.steps, s)
}

// edge adds an episode that ends at the very moment of as-at, which is closed, as periods are half-open.
func (c *chunk) edge(m *member, typeID int64) {
	start := c.maker.now.AddDate(0, 0, -c.between(20, 60))
	m.add(step{typeID: typeID, status: "COMPLETED", started: start, completed: c.maker.now}, period{start, c.maker.now})
}

// inNeed adds a child in need referral; a zero end leaves it open.
func (c *chunk) inNeed(m *member, start, end time.Time) {
	if start.Before(m.birth) {
		start = m.birth
	}
	r := referral{at: start, closed: end}
	switch {
	case !end.IsZero() && c.chance(25):
		r.nfa, r.closed = end, time.Time{}
	case end.IsZero() && c.chance(5):
		end = c.maker.now.AddDate(0, 0, c.between(1, 20))
		r.closed = end
	}
	m.life.care.referrals = append(m.life.care.referrals, r)
	m.life.care.episodes = append(m.life.care.episodes, episode{"child_in_need", period{start, end}})
}

// onPlan adds a child protection plan.
func (c *chunk) onPlan(m *member, p period) {
	m.protection = p
	m.life.care.registrations = append(m.life.care.registrations, registration{period: p, isPlan: true})
	m.life.care.episodes = append(m.life.care.episodes, episode{"child_protection", p})
}
