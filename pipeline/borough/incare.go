package borough

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// inCare is what the case store holds of a child in care besides placements and legal statuses.
type inCare struct {
	homePost      string // where the child lived when care began
	upn           string
	reviews       []review
	absences      []absence
	health        []healthYear
	offences      []time.Time
	admissions    []admission
	plan          *adoptionPlan
	liberty       []period // orders that deprive of liberty
	unaccompanied time.Time
	situations    []situation
	allocations   []allocation
	isNoted       bool // there is anything to write
}

type review struct {
	at          time.Time
	code        string
	isUnsettled bool // its step bears a status that is not known
}

// absence is a time missing or away without leave.
type absence struct {
	period
	kind string // missing or away
}

// healthYear is what was done for a child's health in one collection year.
type healthYear struct {
	at                                                     time.Time
	score                                                  int // of the questionnaire; below 0: none
	reason                                                 string
	check, immunisations, teeth, misuse, received, offered string // yes, no or nothing
}

// admission is the form of a child who came into care.
type admission struct {
	at               time.Time
	permanence, from string
	permanenceOn     time.Time
}

type adoptionPlan struct {
	decided, matched, ceased           time.Time
	reason                             string
	byCarer, adopters, sexes, marriage string
}

// situation is how a care leaver lives around a birthday.
type situation struct {
	at                                         time.Time
	inTouch, activity, accommodation, suitable string
}

// allocation is one social worker for a time.
type allocation struct {
	period
	worker int64
}

// story tells how one child's care went, from a generator of the child's own: nobody else's life depends on it.
type story struct {
	*life
	*maker
	dice
}

func (m *maker) story(l *life) *story {
	return &story{life: l, maker: m, dice: dice{rand.New(rand.NewPCG(m.Seed^0x5da903, uint64(l.personID)))}}
}

// age is in whole years on a day.
func (s *story) age(at time.Time) int { return years(s.birth, at) }

// birthday is the day on which an age is reached; nobody is born on 29 February.
func (s *story) birthday(age int) time.Time { return s.birth.AddDate(age, 0, 0) }

// end is a period's end, or now where it goes on.
func (s *story) end(p period) time.Time {
	if p.end.IsZero() {
		return s.now
	}
	return p.end
}

// tell goes through a finished chunk: who was in care gets a history, some children get short breaks, and some young
// people were in care once.
func (c *chunk) tell() {
	for _, one := range c.members {
		s := c.maker.story(one.life)
		if one.isReserved || one.recorded.birth != one.birth {
			one.life.care.spells = nil
			continue
		}
		s.onceInCare(one)
		for i := range one.life.care.spells {
			s.spell(&one.life.care.spells[i])
		}
		s.shortBreaks()
		if len(one.life.care.spells) > 0 {
			one.life.care.inCare.upn = s.pupilNumber()
			s.afterwards()
			s.socialWorkers()
			s.slip()
		}
	}
}

// pupilNumber is that of a child of four and older; who is younger has none yet.
func (s *story) pupilNumber() string {
	if s.birthday(4).After(s.today) {
		return ""
	}
	return upnOf(fmt.Sprintf("204%09d", s.personID))
}

// onceInCare gives some young people of 17 to 19, of whom the council now knows nothing, a time in care that ended at 18
// or shortly before.
func (s *story) onceInCare(m *member) {
	age := s.age(s.today)
	if age < 17 || age > 18 && s.birthday(19).Before(s.today.AddDate(0, -7, 0)) || m.role == current || m.isRemade || m.isDouble() ||
		len(s.care.spells) > 0 || s.gender != "M" && s.gender != "F" || !s.chance(25) {
		return
	}
	end := s.birthday(18)
	if !end.Before(s.today) || s.chance(30) {
		end = s.birthday(17).AddDate(0, -s.between(1, 5), s.between(0, 20))
	}
	if end.After(s.today.AddDate(0, -1, 0)) || end.Before(s.recent()) {
		return
	}
	start := end.AddDate(0, -s.between(10, 40), -s.between(0, 25)).Add(10 * time.Hour)
	s.care.spells = append(s.care.spells, spell{period: period{start, end}})
}

// recent is the day since which the returns of this year and the last hold whoever left care.
func (s *story) recent() time.Time {
	year := s.today.Year()
	if s.today.Month() < time.April {
		year--
	}
	return time.Date(year-1, time.July, 1, 0, 0, 0, 0, time.UTC)
}
