package borough

import (
	"slices"
	"time"
)

// identify gives the person an NHS number, what Mosaic holds of it, the trace's answers and the senders who know the
// person. It returns the patients whom the council does not know and who belong to this one's story, or to none.
func (c *chunk) identify(m *member, place int) (outsiders []*life) {
	slot := c.slot(place)
	own, spare := nhsNumber(c.maker.Seed, slot), nhsNumber(c.maker.Seed, slot+1)
	m.nhsNumber = own
	m.identity = c.dealIdentity(m)
	c.record(m)
	m.isOpen, m.scope = c.scope(m)
	m.isOptedOut = c.chance(5)
	if m.original != nil {
		c.double(m)
		return nil
	}
	if other := c.numbered(m, spare); other != nil {
		outsiders = append(outsiders, other)
	}
	if m.recorded.nhsID != spare && c.chance(2) { // nobody has the spare number: it is another patient's
		outsiders = append(outsiders, c.stranger(m, spare))
	}
	return outsiders
}

// scope is whether a person is in an open episode, and the word for it.
func (c *chunk) scope(m *member) (isOpen bool, word string) {
	for _, e := range m.life.care.episodes {
		isOpen = isOpen || e.holds(c.maker.now)
	}
	switch {
	case !m.recorded.death.IsZero():
		return isOpen, "died"
	case isOpen:
		return true, "open_episode"
	default:
		return false, "no_episode"
	}
}

// numbered plays the identity out. The true number is set already; spare is a second one that only this story uses.
// It returns the other patient of the story, where there is one.
func (c *chunk) numbered(m *member, spare string) (other *life) {
	m.recorded.nhsID = m.nhsNumber
	m.senders = c.senders(m)
	c.held(m)
	c.mistaken(m)
	c.renumbered(m, spare)
	c.missing(m)
	other = c.disputed(m, spare)
	m.standing = m.identity.standing()
	m.isNumberless = m.isPatient() && c.isFree(m) && c.chance(3)
	return other
}

// held plays out the identities of those for whom the council holds the true number.
func (c *chunk) held(m *member) {
	switch m.identity {
	case heldVerified:
		c.answer(m, "00", m.nhsNumber)
	case sensitive:
		c.answer(m, "92", m.nhsNumber)
	case heldPatientAgrees, heldPatientDiffers:
		m.senders = c.someSenders()
	case heldNotTraced:
		m.senders = c.someSenders()
		c.answer(m, "15", "")
	case heldAlone:
		m.senders = 0
	case heldNotFound:
		c.notFound(m)
	case invalidUnreplaced:
		m.senders = 0
		c.answer(m, "91", "0000000000")
	}
}

// mistaken plays out the identities of those for whom the council holds what is no NHS number.
func (c *chunk) mistaken(m *member) {
	switch m.identity {
	case mistypedTraced, mistypedUntraced:
		m.recorded.nhsID = mistyped(m.nhsNumber, c)
	case transposedTraced:
		m.recorded.nhsID = transposed(m.nhsNumber, c)
	case sentinelTraced, sentinelUntraced:
		m.recorded.nhsID = c.sentinel()
	default:
		return
	}
	if m.identity == mistypedUntraced || m.identity == sentinelUntraced {
		m.senders = 0
		return
	}
	c.answer(m, "00", m.nhsNumber)
}

// renumbered plays out the identities of those for whom the council holds a number that is not theirs any more.
func (c *chunk) renumbered(m *member, spare string) {
	switch m.identity {
	case superseded:
		m.formerNumber, m.recorded.nhsID = spare, spare
		c.answer(m, "90", m.nhsNumber)
	case invalidReplaced:
		m.recorded.nhsID = spare
		c.answer(m, "91", m.nhsNumber)
	}
}

// missing plays out the identities of those for whom the council holds no number.
func (c *chunk) missing(m *member) {
	switch m.identity {
	case missingTraced:
		c.answer(m, "00", m.nhsNumber)
	case missingLinkable, missingPatientDiffers:
		m.senders = c.someSenders()
	case missingNotTraced:
		m.senders = 0
		c.answer(m, "15", "")
	case missingNotFound:
		m.senders = 0
		c.notFound(m)
	case missingUnasked:
		m.senders = 0
	default:
		return
	}
	m.recorded.nhsID = ""
}

// disputed plays out the identities in which two sources speak against each other.
func (c *chunk) disputed(m *member, spare string) (other *life) {
	switch m.identity {
	case wrongNumber:
		m.recorded.nhsID = spare
		return c.stranger(m, spare)
	case wrongNumberTraced:
		m.recorded.nhsID = spare
		c.answer(m, "00", spare)
		return c.stranger(m, spare)
	case traceDisagrees:
		m.recorded.nhsID = spare
		c.answer(m, "00", m.nhsNumber)
	case sendersDisagree:
		if c.chance(50) {
			c.answer(m, "00", m.nhsNumber)
		}
		other = c.stranger(m, m.nhsNumber)
		other.sharesNumber, other.senders, m.senders = true, community, hospital
	}
	return other
}

// isFree says whether nothing hangs on the senders' number for the patient: the trace alone decides.
func (c *chunk) isFree(m *member) bool {
	return slices.Contains([]identity{heldVerified, missingTraced, mistypedTraced, transposedTraced, sensitive}, m.identity)
}

// double makes the member the second record of the human before it, who holds the number.
func (c *chunk) double(m *member) {
	first := m.original
	m.nhsNumber, m.recorded.nhsID, m.senders = first.nhsNumber, "", 0
	if m.identity == duplicateHolds {
		m.recorded.nhsID = first.nhsNumber
		first.standing, first.identity = "conflict", duplicateHolds
	}
	m.standing = m.identity.standing()
}

// stranger is a patient with another name and another birth date, whom the council does not know.
func (c *chunk) stranger(m *member, number string) *life {
	t := c.tradition()
	s := &life{nhsNumber: number, identity: outsider, senders: c.someSenders(), gender: oneOf(c.random, []string{"F", "M"}),
		address: address{c.street(), c.postcode(c.random.IntN(postcodesPerChunk))}, language: c.language(t)}
	s.given = c.givenName(t, s.gender)
	for s.family = c.surname(t); s.family == m.family || s.family == m.recorded.family; {
		s.family = c.surname(t)
	}
	for s.birth = c.birth(1, 90); s.birth.Year() == m.birth.Year() || !c.isNew(s); {
		s.birth = c.birth(1, 90)
	}
	return s
}

// senders are those who know the person: nearly everybody with an episode has been to one, of the others some have.
func (c *chunk) senders(m *member) sender {
	if m.isOpen && c.chance(96) || c.chance(14) {
		return c.someSenders()
	}
	return 0
}

func (c *chunk) someSenders() sender {
	switch draw := c.random.IntN(100); {
	case draw < 60:
		return hospital
	case draw < 72:
		return community
	default:
		return hospital | community
	}
}

// answer adds what the trace service said last, and sometimes what it had said the month before.
func (c *chunk) answer(m *member, code, number string) {
	switch draw := c.random.IntN(100); {
	case draw < 8:
		m.trace = []answered{{0, "98", "0000000000"}, {1, code, number}}
	case draw < 16:
		m.trace = []answered{{0, "15", ""}, {1, code, number}}
	case draw < 40:
		m.trace = []answered{{0, code, number}}
	default:
		m.trace = []answered{{1, code, number}}
	}
}

func (c *chunk) notFound(m *member) {
	switch c.random.IntN(3) {
	case 0:
		c.answer(m, "96", "")
	case 1:
		c.answer(m, "97", "9999999999")
	default:
		c.answer(m, "98", "0000000000")
	}
}

func (c *chunk) sentinel() string { return oneOf(c.random, []string{"0", "0", "9999999999"}) }

// daySwapped is the date with day and month in each other's place; not ok where that is no other date.
func daySwapped(birth time.Time) (swapped time.Time, ok bool) {
	day, month := birth.Day(), int(birth.Month())
	if day > 12 || day == month {
		return birth, false
	}
	return time.Date(birth.Year(), time.Month(day), month, 0, 0, 0, 0, time.UTC), true
}
