package borough

import "time"

// need is one accessible information need: the form question that it answers, and its SNOMED CT code (DAPB1605).
type need struct{ question, code string }

func communicationNeeds() []string {
	return []string{"441092009", "285055002", "415803005", "415805003", "198061000000105", "719754002"}
}

func contactNeeds() []string {
	return []string{"936741000000100", "936721000000107", "936701000000103", "795661000000104", "719561001"}
}

func formatNeeds() []string {
	return []string{"796161000000101", "936661000000109", "936681000000100", "936601000000105", "957331000000109", "957351000000102"}
}

func professionalNeeds() []string {
	return []string{"204331000000107", "204341000000103", "945731000000104", "719563003", "225835008"}
}

// needs adds one accessible information step, and sometimes an older one that it revises.
func (c *chunk) needs(m *member) {
	c.need(m, c.daysAgo(1, 300))
	if c.chance(20) {
		c.need(m, c.daysAgo(301, 900))
	}
}

func (c *chunk) need(m *member, at time.Time) {
	if at.Before(m.birth) {
		return
	}
	s := step{typeID: accessibleInformation, status: "COMPLETED", incoming: at.Add(-time.Hour), started: at,
		completed: at.Add(time.Hour), subjects: []int64{m.personID}}
	for _, kind := range []struct {
		question string
		codes    []string
	}{
		{"ais_communication_support", communicationNeeds()}, {"ais_contact_method", contactNeeds()},
		{"ais_information_format", formatNeeds()}, {"ais_professional_required", professionalNeeds()},
	} {
		if c.chance(45) {
			s.needs = append(s.needs, need{kind.question, oneOf(c.random, kind.codes)})
		}
	}
	if len(s.needs) > 0 {
		m.life.care.steps = append(m.life.care.steps, s)
	}
}
