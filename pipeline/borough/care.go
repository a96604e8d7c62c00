package borough

import "time"

// care is what the case store holds of a person besides the person's own row, and what was meant by it.
type care struct {
	episodes      []episode
	steps         []step // written with this person, whoever their subjects are
	casework      []step // of children in need; no consent hangs on them
	misrecorded   misrecorded
	isUnallocated bool           // who had the case left, and nobody took it over
	planted       []plantedError // slips of recording in the census of children in need
	referrals     []referral
	registrations []registration
	spells        []spell
	relatives     []relative
	inCare        inCare
}

// relative is somebody of the household, and what that person is to this one.
type relative struct {
	*life
	kinship string
}

// episode is one reason for sharing, as it was meant, whatever rows came of it.
type episode struct {
	kind string // assessment, safeguarding, service, child_in_need, child_protection, looked_after
	period
}

// The demo council's workflow step types.
const (
	careActAssessment        = 101
	carersAssessment         = 102
	childAndFamilyAssessment = 103
	adultSafeguarding        = 201
	section47Enquiry         = 202
	carePackage              = 301
	reablement               = 302
	occupationalTherapy      = 303
	shortBreaks              = 304
	consentRequest           = 401
	accessibleInformation    = 402
	adviceGiven              = 501
	caseClosure              = 502
	cpisFollowUp             = 601
	protectionConference     = 203
	childInNeedPlan          = 305
	earlyHelp                = 503
	adopterApproval          = 707
)

// step is one workflow step.
type step struct {
	typeID    int64
	status    string
	incoming  time.Time
	started   time.Time
	completed time.Time
	cancelled time.Time
	subjects  []int64   // persons; the first is the one whom it is written with
	requests  []request // of a consent request: its answers, one set a subject who is named
	needs     []need    // of an accessible information step

	isContact  bool      // a contact about a child
	factors    []string  // of a child and family assessment, as authorised
	strategy   time.Time // of a section 47 enquiry: the strategy discussion
	conference time.Time // of a child protection conference: when it was held
	category   string    // of a conference: Initial or Review
	then       []step    // what came of the step
}

// referral is a dm_cin_referrals row, with codes of the children in need census.
type referral struct {
	at, nfa, closed      time.Time
	source, reason, need string
}

// misrecorded is what is written down wrongly of a child.
type misrecorded struct {
	upn             string   // how the pupil number is wrong, as upn tells it; empty: it is not
	upnOf           int64    // whose pupil number it is instead
	isFormerUPNCut  bool     // half a former pupil number was entered
	disabilities    []string // instead of the child's own
	isEthnicityLost bool
}

// registration is a dm_registrations row with its categories.
type registration struct {
	period
	isPlan          bool // else a registration of another kind, which is no episode
	isUncategorised bool
}

// care decides what the council has to do with a person, and writes it down.
func (c *chunk) care(m *member) {
	age := years(m.birth, c.maker.today)
	m.role = c.roleOf(m, age)
	if c.chance(deathPercent(age)) {
		m.death = midnight(c.daysAgo(1, 700))
		m.recorded.death = m.death
	}
	if m.original != nil {
		m.death, m.recorded.death = m.original.death, m.original.recorded.death
	}
	switch {
	case m.role == current && age < 18:
		c.childNow(m)
	case m.role == current:
		c.adultNow(m, age)
	}
	if m.role == past || m.role == current && c.chance(60) {
		c.before(m)
	}
	if c.chance(3) {
		c.almost(m, age)
	}
	if c.chance(25) {
		m.advice(c, c.daysAgo(1, 1500))
	}
	if m.role == current && c.chance(15) || m.role == past && c.chance(4) {
		c.needs(m)
	}
}

func deathPercent(age int) float64 {
	switch {
	case age < 40:
		return 0.1
	case age < 75:
		return 1
	default:
		return 6
	}
}

// roleOf draws the role; the children of a household share one.
func (c *chunk) roleOf(m *member, age int) role {
	h := m.house
	switch {
	case age >= 65:
		return c.drawRole(27, 32)
	case age >= 18 && len(h.children(c)) > 0:
		return c.drawRole(3, 13)
	case age >= 18:
		return c.drawRole(8, 22)
	}
	for _, sibling := range h.children(c) {
		if sibling.personID < m.personID {
			return sibling.role
		}
	}
	return c.drawRole(11.5, 24)
}

func (c *chunk) drawRole(currentPercent, pastPercent float64) role {
	switch draw := c.random.Float64() * 100; {
	case draw < currentPercent:
		return current
	case draw < currentPercent+pastPercent:
		return past
	default:
		return contact
	}
}

// children are the household's members under 18, oldest record first.
func (h *household) children(c *chunk) (found []*member) {
	for _, m := range h.all {
		if years(m.birth, c.maker.today) < 18 {
			found = append(found, m)
		}
	}
	return found
}

// adultNow opens an adult's episode, sometimes two.
func (c *chunk) adultNow(m *member, age int) {
	kinds := []int64{carePackage, carePackage, carePackage, carePackage, careActAssessment, careActAssessment, reablement, occupationalTherapy, adultSafeguarding, carersAssessment}
	if age >= 65 {
		kinds = append(kinds, carePackage, carePackage, reablement, occupationalTherapy)
	}
	c.open(m, oneOf(c.random, kinds), c.since(m, 14, 1400))
	if c.chance(12) {
		c.open(m, adultSafeguarding, c.since(m, 14, 90))
	}
}

// childNow opens a child's episode: in need, on a plan, looked after, or a step.
func (c *chunk) childNow(m *member) {
	start := c.since(m, 14, 700)
	switch draw := c.random.IntN(100); {
	case draw < 40:
		c.inNeed(m, start, time.Time{})
	case draw < 62:
		c.open(m, childAndFamilyAssessment, c.since(m, 14, 60))
		c.together(m)
	case draw < 68:
		c.open(m, section47Enquiry, c.since(m, 14, 30))
	case draw < 84:
		c.open(m, shortBreaks, start)
	case draw < 91:
		c.inNeed(m, start.AddDate(0, 0, -20), time.Time{})
		c.onPlan(m, period{start: start})
	default:
		c.inNeed(m, start.AddDate(0, 0, -10), time.Time{})
		c.lookedAfter(m, period{start: start})
	}
}

// before adds episodes that ended a month ago or longer.
func (c *chunk) before(m *member) {
	for range c.between(1, 3) {
		end := c.daysAgo(30, 1400)
		if !end.After(m.birth.AddDate(0, 0, 2)) {
			continue
		}
		p := period{end.AddDate(0, 0, -c.between(1, 400)), end}
		if p.start.Before(m.birth) {
			p.start = m.birth.AddDate(0, 0, 1)
		}
		c.ended(m, p, years(m.birth, end))
	}
	if m.role == past && len(m.life.care.episodes) == 0 { // a newborn has no month behind it
		m.role = contact
	}
}

// ended adds one episode that is over, of a kind that suits the age at its end.
func (c *chunk) ended(m *member, p period, age int) {
	if age >= 18 {
		c.step(m, oneOf(c.random, []int64{careActAssessment, carePackage, reablement, occupationalTherapy, adultSafeguarding}), p)
		return
	}
	switch draw := c.random.IntN(100); {
	case draw < 45:
		c.inNeed(m, p.start, p.end)
	case draw < 80:
		c.step(m, childAndFamilyAssessment, p)
	case draw < 88:
		c.step(m, section47Enquiry, p)
	case draw < 94 && m.protection.start.IsZero():
		c.onPlan(m, p)
	case m.life.lookedAfter.start.IsZero():
		c.lookedAfter(m, p)
	}
}

// step adds a step that is over.
func (c *chunk) step(m *member, typeID int64, p period) {
	s := step{typeID: typeID, status: "COMPLETED", started: p.start, completed: p.end}
	if c.chance(5) {
		s.status, s.completed, s.cancelled = "CANCELLED", time.Time{}, p.end
	}
	m.add(s, p)
}
