package borough

import (
	"fmt"
	"time"
)

// household is people at one address.
type household struct {
	home address
	all  []*member
}

// household draws one home with its people, no more than there is room for.
func (c *chunk) household(room int) {
	t := c.tradition()
	h := &household{home: c.address()}
	surname := c.surname(t)
	switch draw := c.random.IntN(100); {
	case draw < 30:
		c.adult(h, t, surname, 18, 64)
	case draw < 48:
		c.couple(h, t, surname, 19, 64, room)
	case draw < 82:
		c.family(h, t, surname, room)
	case draw < 94:
		c.adult(h, t, surname, 65, 97)
	default:
		c.couple(h, t, surname, 65, 95, room)
	}
	c.doubled(h, room)
	c.members = append(c.members, h.all...)
}

// adult adds a person of an age to the household.
func (c *chunk) adult(h *household, t tradition, surname string, low, high int) *member {
	gender := oneOf(c.random, []string{"F", "M"})
	if c.chance(0.4) {
		gender = "I"
	}
	return c.member(h, t, surname, gender, c.birth(low, high))
}

func (c *chunk) couple(h *household, t tradition, surname string, low, high, room int) {
	one := c.adult(h, t, surname, low, high)
	if room < 2 {
		return
	}
	age := years(one.birth, c.maker.today)
	if c.chance(45) {
		surname = c.surname(t)
	}
	other := c.adult(h, t, surname, max(low, age-6), min(high, age+6))
	relate(one, other, "partner", "partner")
}

// family adds one or two parents and their children, sometimes twins.
func (c *chunk) family(h *household, t tradition, surname string, room int) {
	mother := c.member(h, t, surname, "F", c.birth(24, 46))
	parents := []*member{mother}
	if room > 1 && c.chance(60) {
		father := c.member(h, t, surname, "M", c.birth(26, 50))
		if c.chance(40) {
			father.family = c.surname(t)
		}
		relate(mother, father, "partner", "partner")
		parents = append(parents, father)
	}
	oldest := years(mother.birth, c.maker.today) - 20
	for range min(room-len(h.all), oneOf(c.random, []int{1, 1, 2, 2, 2, 3, 3, 4, 5})) {
		birth := c.birth(0, min(17, max(1, oldest)))
		last := h.all[len(h.all)-1]
		isTwin := len(h.all) > len(parents) && !last.isTwin && c.chance(6)
		if isTwin {
			birth, last.isTwin = last.birth, true
		}
		child := c.member(h, t, surname, oneOf(c.random, []string{"F", "M"}), birth)
		child.isTwin = isTwin
		for _, sibling := range h.all[len(parents) : len(h.all)-1] {
			relate(child, sibling, siblingWord(sibling), siblingWord(child))
		}
		relate(child, mother, "mother", childWord(child))
		if len(parents) > 1 {
			relate(child, parents[1], "father", childWord(child))
		}
	}
}

// member makes a human whom no other resembles in name, birth date and postcode at once.
func (c *chunk) member(h *household, t tradition, surname, gender string, birth time.Time) *member {
	l := &life{personID: int64(firstPersonID + c.number*chunkSize + len(c.members) + len(h.all)),
		family: surname, birth: birth, gender: gender, address: h.home, language: c.language(t)}
	for l.given = c.givenName(t, gender); !c.isNew(l); {
		l.given = c.givenName(t, gender)
		if c.chance(20) { // the stock of names runs out for twins of a big chunk: join two
			l.given += "-" + c.givenName(t, gender)
		}
	}
	if c.chance(10) {
		l.middle = c.givenName(t, gender)
	}
	one := &member{life: l, house: h, tradition: t}
	h.all = append(h.all, one)
	return one
}

// doubled writes one in some hundred people down twice: the same human, another record.
func (c *chunk) doubled(h *household, room int) {
	if room <= len(h.all) || !c.chance(2) {
		return
	}
	first := h.all[len(h.all)-1]
	again := *first.life
	again.personID++
	first.isDoubled = true
	h.all = append(h.all, &member{life: &again, house: h, tradition: first.tradition, original: first})
}

func relate(one, other *member, otherIs, oneIs string) {
	one.kin = append(one.kin, kin{other, otherIs})
	other.kin = append(other.kin, kin{one, oneIs})
}

func siblingWord(m *member) string {
	if m.gender == "F" {
		return "sister"
	}
	return "brother"
}

func childWord(m *member) string {
	if m.gender == "F" {
		return "daughter"
	}
	return "son"
}

// birth draws a birth date for an age in whole years. Nobody is born on 29 February: what a birthday is then, differs.
func (c *chunk) birth(low, high int) time.Time {
	day := c.maker.today.AddDate(-c.between(low, high), 0, -c.random.IntN(365))
	if day.Month() == time.February && day.Day() == 29 {
		day = day.AddDate(0, 0, -1)
	}
	return day
}

func (c *chunk) language(t tradition) string {
	if c.chance(60) {
		return t.languages[0]
	}
	return oneOf(c.random, t.languages)
}

// postcodesPerChunk: no two chunks share a postcode, so that resemblance across chunks cannot happen.
const postcodesPerChunk = 10

func (c *chunk) address() address {
	return address{line: c.street(), postcode: c.postcode(c.random.IntN(postcodesPerChunk))}
}

func (c *chunk) street() string {
	line := fmt.Sprintf("%d %s %s", c.between(1, 180),
		oneOf(c.random, []string{"Albion", "Brooke", "Clissold", "Dalston", "Evering", "Fassett", "Graham", "Homerton", "Kenninghall", "Lea", "Mare", "Nightingale", "Powerscroft", "Rendlesham", "Sandringham", "Victoria", "Well"}),
		oneOf(c.random, []string{"Road", "Street", "Lane", "Grove", "Terrace", "Square"}))
	switch {
	case c.chance(30):
		return fmt.Sprintf("Flat %d, %s", c.between(1, 60), line)
	case c.chance(1):
		return fmt.Sprintf("\"The Lodge\", %s", line)
	}
	return line
}

// postcode is the chunk's nth: an outward code of the borough and an inward code spread over all that there are.
func (c *chunk) postcode(nth int) string {
	outward := [...]string{"E2", "E5", "E8", "E9", "E10", "E15", "E20", "EC1Y", "EC2A", "N1", "N4", "N5", "N15", "N16"}
	const letters = "ABDEFGHJLNPQRSTUWXYZ"
	const inward = 10 * len(letters) * len(letters)
	at := (c.number*postcodesPerChunk + nth) * 3_989 % (len(outward) * inward)
	code := at % inward
	return fmt.Sprintf("%s %d%c%c", outward[at/inward], code%10, letters[code/10%len(letters)], letters[code/10/len(letters)])
}
