package borough

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"
)

// firstPersonID is the first person's; the others follow.
const firstPersonID = 1_000_001

// maker is what every chunk shares.
type maker struct {
	Options
	now   time.Time // as-at on London's wall clock, labelled UTC, as the case store writes times
	today time.Time // its date, midnight
	names []tradition
	cards decks

	identities []identity
	homes      []place // of children who come into care
	hosts      []host
}

func newMaker(o Options) *maker {
	now := o.local()
	return &maker{Options: o, now: now, today: midnight(now), names: traditions(), cards: newDecks(), identities: identityCards(),
		homes: places("home"), hosts: hosts()}
}

// chunk is some hundred people who live together, marry and are mixed up only among themselves: it is made from the
// seed and its own number alone.
type chunk struct {
	dice
	maker   *maker
	number  int
	members []*member
	seen    map[string]bool // name, birth and postcode: no two humans share all four
	dealt   dealt
}

// member is a life while it is being made.
type member struct {
	*life
	kin           []kin
	house         *household
	tradition     tradition
	role          role
	isTwin        bool
	hasIn, hasOut bool    // consent was asked about the person, alone or with others
	original      *member // of a second record of one human: the first
	isDoubled     bool    // of a first record: there is a second
	isReserved    bool    // the row is to be quarantined, so that no story may hang on it
	isShared      bool    // an episode is another member's too
	isRemade      bool    // birth or episodes were remade for one scenario, and no other may be added
}

// kin is another member and what that member is to this one.
type kin struct {
	*member
	kinship string
}

// reservedEvery: one person in so many has a row that is to be quarantined.
const reservedEvery = 400

// nameKin writes the relatives down, and says who is to be told of the person: the partner, else a parent, else a
// grown child or another.
func (m *member) nameKin() {
	for _, k := range m.kin {
		m.life.care.relatives = append(m.life.care.relatives, relative{k.life, k.kinship})
	}
	for _, wanted := range []string{"partner", "mother", "father", "daughter", "son", "sister", "brother"} {
		for _, k := range m.kin {
			if k.kinship == wanted {
				m.nextOfKin, m.kinship = k.life, wanted
				return
			}
		}
	}
}

// role is what the council has to do with a person.
type role int

const (
	contact role = iota // known, never more
	past                // episodes that ended
	current             // an open episode at as-at
)

func (m *maker) newChunk(number int) *chunk {
	return &chunk{maker: m, number: number, seen: map[string]bool{}, dice: dice{rand.New(rand.NewChaCha8(m.seed(number)))}}
}

// chunk makes one chunk whole.
func (m *maker) chunk(number int) []*life {
	c := m.newChunk(number)
	size := min(chunkSize, m.People-number*chunkSize)
	for len(c.members) < size {
		c.household(size - len(c.members))
	}
	for place, one := range c.members {
		index := number*chunkSize + place
		one.isReserved = m.Errors && index%reservedEvery == reservedEvery/3 && one.original == nil && !one.isDoubled
		c.care(one)
	}
	for _, one := range c.members {
		c.ask(one)
	}
	c.inNeedLives()
	lives := make([]*life, 0, size+size/20)
	var outsiders []*life
	for i, one := range c.members {
		outsiders = append(outsiders, c.identify(one, i)...)
		one.nameKin()
		lives = append(lives, one.life)
	}
	c.tell()
	return append(lives, outsiders...)
}

func (m *maker) seed(number int) (seed [32]byte) {
	copy(seed[:], "careshare borough")
	binary.LittleEndian.PutUint64(seed[17:], m.Seed)
	binary.LittleEndian.PutUint32(seed[25:], uint32(number))
	return seed
}

// slot is where the NHS number of the person at a place in the chunk is dealt from.
func (c *chunk) slot(place int) int { return (c.number*chunkSize + place) * slotsPerPerson }

// daysAgo is a time of the working day, so many days before as-at.
func (c *chunk) daysAgo(low, high int) time.Time {
	day := c.maker.today.AddDate(0, 0, -c.between(low, high))
	return day.Add(time.Duration(c.between(9*60, 17*60)) * time.Minute)
}

// isNew says whether no other human of the chunk has the same name, birth date and postcode, and remembers it.
func (c *chunk) isNew(l *life) bool {
	key := fmt.Sprint(l.given, "|", l.family, "|", l.birth.Unix(), "|", l.address.postcode)
	if c.seen[key] {
		return false
	}
	c.seen[key] = true
	return true
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// years is a person's age in whole years at a moment.
func years(birth, at time.Time) int {
	age := at.Year() - birth.Year()
	if at.Month() < birth.Month() || at.Month() == birth.Month() && at.Day() < birth.Day() {
		age--
	}
	return age
}
