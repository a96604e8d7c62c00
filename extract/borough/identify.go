package borough

import (
	"slices"
	"time"
)

// identityCards are the identities of people with an open episode, who are traced; a hundred, dealt round and round.
func identityCards() []identity {
	weights := []struct {
		identity identity
		cards    int
	}{
		{heldVerified, 51}, {heldPatientAgrees, 8}, {heldAlone, 2}, {heldPatientDiffers, 1}, {heldNotFound, 2}, {heldNotTraced, 1},
		{superseded, 3}, {mistypedTraced, 2}, {transposedTraced, 2}, {mistypedUntraced, 1}, {missingTraced, 7}, {missingLinkable, 4},
		{missingNotTraced, 1}, {missingNotFound, 3}, {missingUnasked, 1}, {missingPatientDiffers, 1}, {sentinelTraced, 1},
		{sentinelUntraced, 1}, {wrongNumber, 1}, {wrongNumberTraced, 1}, {traceDisagrees, 1}, {sendersDisagree, 1}, {sensitive, 2},
		{invalidReplaced, 1}, {invalidUnreplaced, 1},
	}
	var cards []identity
	for _, w := range weights {
		cards = append(cards, slices.Repeat([]identity{w.identity}, w.cards)...)
	}
	return cards
}

// identityStride spreads the rarer cards over the deal; it has no divisor in common with the number of cards.
const identityStride = 37

// dealIdentity chooses how the person's NHS number came to be as it is.
func (c *chunk) dealIdentity(m *member) identity {
	if m.original != nil {
		return c.doubledIdentity()
	}
	if m.isDoubled {
		return heldAlone // its double decides; see double
	}
	if m.isReserved {
		return heldAlone
	}
	if m.role == current {
		cards := c.maker.identities
		card := cards[(c.number*10+c.dealt.identity)*identityStride%len(cards)]
		c.dealt.identity++
		return card
	}
	switch draw := c.random.IntN(100); {
	case draw < 3:
		return missingLinkable
	case draw < 27:
		return missingUnasked
	case draw < 28:
		return sentinelUntraced
	case draw < 30:
		return mistypedUntraced
	case draw < 38:
		return heldPatientAgrees
	default:
		return heldAlone
	}
}

func (c *chunk) doubledIdentity() identity {
	if c.chance(50) {
		return duplicateHolds
	}
	return duplicateBlank
}

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
	switch m.identity {
	case duplicateHolds, duplicateBlank:
		c.double(m)
	case wrongNumber, wrongNumberTraced, sendersDisagree:
		outsiders = append(outsiders, c.numbered(m, spare))
	case superseded, invalidReplaced, traceDisagrees:
		c.numbered(m, spare)
	default:
		c.numbered(m, spare)
		if c.chance(2) {
			outsiders = append(outsiders, c.stranger(m, spare))
		}
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

// numbered plays the identity out. own is set already; spare is the second number that only this person's story uses.
func (c *chunk) numbered(m *member, spare string) *life {
	own := m.nhsNumber
	var other *life
	m.recorded.nhsID = own
	m.senders = c.senders(m)
	switch m.identity {
	case heldVerified:
		c.answer(m, "00", own)
	case heldPatientAgrees:
		m.senders = c.someSenders()
	case heldAlone:
		m.senders = 0
	case heldPatientDiffers:
		m.senders = c.someSenders()
	case heldNotFound:
		c.notFound(m)
	case heldNotTraced:
		m.senders = c.someSenders()
		c.answer(m, "15", "")
	case superseded:
		m.formerNumber, m.recorded.nhsID = spare, spare
		c.answer(m, "90", own)
	case mistypedTraced:
		m.recorded.nhsID = mistyped(own, c)
		c.answer(m, "00", own)
	case transposedTraced:
		m.recorded.nhsID = transposed(own, c)
		c.answer(m, "00", own)
	case mistypedUntraced:
		m.recorded.nhsID, m.senders = mistyped(own, c), 0
	case sentinelTraced:
		m.recorded.nhsID = c.sentinel()
		c.answer(m, "00", own)
	case sentinelUntraced:
		m.recorded.nhsID, m.senders = c.sentinel(), 0
	case wrongNumber, wrongNumberTraced:
		other = c.stranger(m, spare)
		m.recorded.nhsID = spare
		if m.identity == wrongNumberTraced {
			c.answer(m, "00", spare)
		}
	case traceDisagrees:
		m.recorded.nhsID = spare
		c.answer(m, "00", own)
	case sendersDisagree:
		other = c.stranger(m, own)
		other.sharesNumber, other.senders, m.senders = true, community, hospital
		if c.chance(50) {
			c.answer(m, "00", own)
		}
	case sensitive:
		c.answer(m, "92", own)
	case invalidReplaced:
		m.recorded.nhsID = spare
		c.answer(m, "91", own)
	case invalidUnreplaced:
		m.senders = 0
		c.answer(m, "91", "0000000000")
	default:
		c.missing(m)
	}
	m.standing = m.identity.standing()
	m.isNumberless = m.isPatient() && c.isFree(m) && c.chance(3)
	return other
}

// missing plays out the identities of those for whom the council holds no number.
func (c *chunk) missing(m *member) {
	m.recorded.nhsID = ""
	switch m.identity {
	case missingTraced:
		c.answer(m, "00", m.nhsNumber)
	case missingLinkable:
		m.senders = c.someSenders()
	case missingPatientDiffers:
		m.senders = c.someSenders()
	case missingNotTraced:
		m.senders = 0
		c.answer(m, "15", "")
	case missingNotFound:
		m.senders = 0
		c.notFound(m)
	case missingUnasked:
		m.senders = 0
	}
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

// standing is what the run must make of an identity.
func (i identity) standing() string {
	switch i {
	case heldVerified, sensitive:
		return "verified"
	case superseded, mistypedTraced, transposedTraced, missingTraced, sentinelTraced, invalidReplaced:
		return "traced"
	case heldPatientAgrees, heldNotTraced, missingLinkable:
		return "matched"
	case heldAlone, heldPatientDiffers, heldNotFound:
		return "held"
	case duplicateHolds, wrongNumber, wrongNumberTraced, traceDisagrees, sendersDisagree:
		return "conflict"
	default:
		return "none"
	}
}

// stranger is a patient with another name and another birth date, whom the council does not know.
func (c *chunk) stranger(m *member, number string) *life {
	t := c.tradition()
	s := &life{nhsNumber: number, identity: outsider, senders: c.someSenders(), gender: pick(c, []string{"F", "M"}),
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

func (c *chunk) sentinel() string { return pick(c, []string{"0", "0", "9999999999"}) }

// daySwapped is the date with day and month in each other's place; not ok where that is no other date.
func daySwapped(birth time.Time) (swapped time.Time, ok bool) {
	day, month := birth.Day(), int(birth.Month())
	if day > 12 || day == month {
		return birth, false
	}
	return time.Date(birth.Year(), time.Month(day), month, 0, 0, 0, 0, time.UTC), true
}
