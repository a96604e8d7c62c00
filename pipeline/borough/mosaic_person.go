package borough

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// person writes the dm_persons row.
func (m *mosaic) person(l *life) {
	r := l.recorded
	age := years(l.birth, m.now)
	var nhsID driver.Value
	if n, err := strconv.ParseInt(r.nhsID, 10, 64); err == nil { // numeric(10): a leading zero cannot be
		nhsID = n
	}
	context := "A"
	if age < 18 {
		context = "C"
	}
	ethnicity := ethnicities()[m.random.IntN(len(ethnicities()))][0]
	if l.care.misrecorded.isEthnicityLost {
		ethnicity = ""
	}
	m.row("dm_persons", l.personID, nil, nhsID, nil, text(l.upn(m.Options)), text(l.formerUPN()), strings.TrimSpace(r.given+" "+r.family), text(m.title(l)), text(r.given), r.family,
		moment(r.birth), moment(r.death), text(r.gender), flag(r.isRestricted), fmt.Sprintf("L%d", l.personID), text(ethnicity), nil,
		flag(age < 18), flag(age >= 18), nil, nil, nil, l.language, nil, text(m.email(l)), context, nil,
		flag(l.language != "English" && m.chance(40)), m.pick("North", "South", "Well Street", "Manor House"))
}

func (m *mosaic) title(l *life) string {
	switch {
	case m.chance(40):
		return ""
	case l.gender == "F":
		return m.pick("Ms", "Mrs", "Miss")
	case l.gender == "M":
		return "Mr"
	}
	return "Mx"
}

func (m *mosaic) email(l *life) string {
	if !m.chance(25) {
		return ""
	}
	return fmt.Sprintf("p%d@mail.example.org", l.personID)
}

// home writes the address of now, and for some the one before.
func (m *mosaic) home(l *life) {
	since := m.ago(l, 10, 3000)
	if m.chance(20) {
		before := later(since.AddDate(-m.between(1, 5), 0, 0), l.birth)
		m.address(l.personID, before, since, m.former(), fmt.Sprintf("E17 %d%s", m.between(1, 9), m.pick("AA", "HJ", "QT", "PN")), false)
	}
	m.address(l.personID, since, time.Time{}, l.address.line, l.recorded.postcode, true)
}

func (m *mosaic) former() string {
	return fmt.Sprintf("%d %s Road", m.between(1, 200), m.pick("Forest", "Hoe", "Blackhorse", "Higham"))
}

func (m *mosaic) address(person driver.Value, start, end time.Time, line, postcode string, isNow bool) {
	id := m.next("dm_addresses")
	m.row("dm_addresses", id, id+500_000, person, start, moment(end), line, postcode, "Hackney", m.pick("Dalston", "Homerton", "Clissold", "Haggerston"),
		flag(isNow), m.pick("HOME", "HOME", "HOME", "TEMP"), flag(isNow), flag(isNow), m.pick("COUNCIL", "HA", "OWNER", "PRIVATE"), 10_008_000_000+id)
}

// telephones writes none to two numbers, of the ranges that are kept free for fiction (Ofcom).
func (m *mosaic) telephones(l *life) {
	if years(l.birth, m.now) < 12 {
		return
	}
	if m.chance(70) {
		m.telephone(l.personID, fmt.Sprintf("07700 900%03d", m.random.IntN(1000)), m.pick("Mobile", "Mobile", "Primary", "Mobile - Secondary"))
	}
	if m.chance(30) {
		m.telephone(l.personID, fmt.Sprintf("020 7946 0%03d", m.random.IntN(1000)), m.pick("Home", "Home", "Work", "Ex-directory (do not disclose number)"))
	}
}

func (m *mosaic) telephone(person driver.Value, line, kind string) {
	m.row("dm_telephone_numbers", m.next("dm_telephone_numbers"), person, line, kind)
}

// references writes the numbers by which other systems know the person.
func (m *mosaic) references(l *life) {
	if m.chance(10) {
		m.row("dm_person_references", m.next("dm_person_references"), l.personID, m.pick("Housing", "Council tax", "Education"),
			fmt.Sprintf("R%06d", m.random.IntN(1_000_000)))
	}
}

// groups writes the service user groups of those in care, and the disabilities of the adults among them.
func (m *mosaic) groups(l *life) {
	if len(l.care.episodes) == 0 {
		return
	}
	start := l.care.episodes[0].start
	m.row("dm_service_user_groups", l.personID, m.pick("Physical support", "Learning disability support", "Mental health support",
		"Support with memory and cognition", "Sensory support", "Social support"), start, nil)
	if m.chance(15) && years(l.birth, m.now) >= 18 {
		disability := m.pick("MOB", "HAND", "COMM", "LD", "HEAR", "VIS", "BEH", "AUT")
		if len(l.care.referrals) == 0 { // who came of age in a case of need has a child's
			m.row("dm_disabilities", m.next("dm_disabilities"), l.personID, disability)
		}
	}
}
