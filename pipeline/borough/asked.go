package borough

import "time"

// ageGroup is how old a person is, with room on both sides of the birthdays that matter: nobody in a group comes of
// age between two requests.
type ageGroup int

const (
	between  ageGroup = iota // too near a birthday: consent is not asked about
	child                    // under 16 for two more months
	teenager                 // 16 or 17 for two months, and for two more
	adult                    // over 20
)

func (m *member) ageGroup(c *chunk) ageGroup {
	ago := func(years, days int) time.Time { return c.maker.today.AddDate(-years, 0, days) }
	switch b := m.birth; {
	case b.After(ago(16, 62)):
		return child
	case b.Before(ago(16, -62)) && b.After(ago(18, 62)):
		return teenager
	case b.Before(ago(20, 0)):
		return adult
	}
	return between
}

// dealt counts what a chunk has dealt of each deck.
type dealt struct{ adult, teenager, child, closed, out, identity int }

// deal gives the next scenario of a deck; chunks begin where about as many cards are gone as earlier chunks took.
func (c *chunk) deal(from deck, perChunk int, count *int) scenario {
	card := from[(c.number*perChunk+*count)%len(from)]
	*count++
	return card
}

// consents are what a person's requests come to.
type consents struct{ in, out []consented }

// ask makes up a person's consent requests, if consent was ever asked about the person.
func (c *chunk) ask(m *member) {
	group := m.ageGroup(c)
	if group == between || m.isReserved {
		return
	}
	if m.role == current && m.isSteady(c) && c.chance(75) || m.role == past && c.chance(6) {
		c.askIn(m, group)
	}
	isAsked := m.role == current && c.chance(25) || m.role == past && c.chance(4)
	if isAsked && m.recorded.slip != blankBirth && m.ageGroup(c) != between {
		c.askOut(m)
	}
}

// isSteady: the first open episode began before any answer that may be within the window.
func (m *member) isSteady(c *chunk) bool {
	before := c.maker.now.AddDate(0, 0, -10)
	for _, e := range m.life.care.episodes {
		if e.holds(c.maker.now) && e.start.Before(before) {
			return true
		}
	}
	return false
}

func (c *chunk) askIn(m *member, group ageGroup) {
	if m.hasIn { // another member's step speaks of the person already
		return
	}
	for _, datasets := range c.threads(inDatasets()) {
		h := c.hand(m, "in", datasets, len(datasets) == len(inDatasets()) && c.chance(60))
		if came := c.cardIn(m, group)(h); came != "" {
			m.hasIn = true
			m.life.consents.in = append(m.life.consents.in, consented{datasets, came})
			h.done()
		}
		if m.isRemade {
			return
		}
	}
}

func (c *chunk) cardIn(m *member, group ageGroup) scenario {
	cards, d := c.maker.cards, &c.dealt
	switch {
	case m.role == past:
		return c.deal(cards.closed, 2, &d.closed)
	case group == adult:
		return c.deal(cards.adult, 7, &d.adult)
	case group == teenager:
		return c.deal(cards.teenager, 1, &d.teenager)
	default:
		return c.deal(cards.child, 4, &d.child)
	}
}

func (c *chunk) askOut(m *member) {
	for _, datasets := range c.threads(outDatasets()) {
		h := c.hand(m, "out", datasets, len(datasets) == len(outDatasets()) && c.chance(60))
		came := c.deal(c.maker.cards.out, 3, &c.dealt.out)(h)
		m.hasOut = true
		m.life.consents.out = append(m.life.consents.out, consented{datasets, came})
		h.done()
	}
}

// threads deals the datasets into one or two lots that are asked about apart; some datasets are not asked about at all.
func (c *chunk) threads(datasets []string) [][]string {
	if c.chance(45) {
		return [][]string{datasets}
	}
	lots := make([][]string, c.between(1, 2))
	for _, dataset := range datasets {
		if lot := c.random.IntN(3); lot < len(lots) {
			lots[lot] = append(lots[lot], dataset)
		}
	}
	var filled [][]string
	for _, lot := range lots {
		if len(lot) > 0 {
			filled = append(filled, lot)
		}
	}
	return filled
}

// isDouble says whether the human has two records, which must tell the same of the human.
func (m *member) isDouble() bool { return m.original != nil || m.isDoubled }

// isAlone says whether the person's episodes may be written again: no answer hangs on them yet, and they are nobody else's.
func (h *hand) isAlone() bool { return !h.m.hasIn && !h.m.isShared }

// restart writes the person's episodes again: one that ended, and after it one that began and is open, or none.
func (h *hand) restart(end, begin time.Time) {
	typeID := int64(carePackage)
	if h.m.ageGroup(h.c) != adult {
		typeID = childAndFamilyAssessment
	}
	m := h.m
	m.life.care.episodes, m.life.care.steps, m.life.care.referrals = nil, requestsOf(m.life.care.steps), nil
	m.life.care.registrations, m.life.care.spells = nil, nil
	m.protection, m.life.lookedAfter = period{}, period{}
	start := h.c.since(m, 70, 300)
	h.c.step(m, typeID, period{start, end})
	m.role = past
	if !begin.IsZero() {
		m.add(step{typeID: typeID, status: "STARTED", started: begin}, period{start: begin})
		m.role = current
	}
	m.isRemade = true
}

// requestsOf keeps the consent requests of a person's steps.
func requestsOf(steps []step) (kept []step) {
	for _, s := range steps {
		if s.typeID == consentRequest {
			kept = append(kept, s)
		}
	}
	return kept
}

// birthday moves the person's birth so that a birthday falls between an answer within the window and as-at.
func (h *hand) birthday(age int) (askedAt time.Time, ok bool) {
	if h.m.isTwin || h.m.isDouble() || h.m.hasIn || h.m.hasOut {
		return time.Time{}, false
	}
	day := h.c.maker.today.AddDate(0, 0, -h.c.between(0, 3))
	if day.Month() == time.February && day.Day() == 29 {
		day = day.AddDate(0, 0, -1)
	}
	birth := day.AddDate(-age, 0, 0)
	for _, k := range h.m.kin {
		if (k.kinship == "mother" || k.kinship == "father") && years(k.birth, birth) < 15 {
			return time.Time{}, false
		}
	}
	moved := *h.m.life
	if moved.birth = birth; !h.c.isNew(&moved) {
		return time.Time{}, false
	}
	h.m.birth = birth
	h.m.isRemade = true
	return day.Add(-time.Duration(h.c.between(1, 40)) * time.Hour), true
}
