package borough

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// record writes the person down as Mosaic holds the person, with at most one slip of the pen besides the number.
func (c *chunk) record(m *member) {
	forced := m.recorded.slip
	m.recorded.given, m.recorded.family = m.given, m.family
	m.recorded.birth, m.recorded.gender, m.recorded.postcode = m.birth, m.gender, m.address.postcode
	if m.middle != "" {
		m.recorded.given += " " + m.middle
	}
	if c.chance(1.5) {
		m.recorded.isRestricted = true
	}
	if !m.isReserved && !m.isDouble() {
		m.recorded.slip = c.slip(m, forced)
	}
	c.slipped(m)
	if c.chance(10) {
		c.handwriting(m)
	}
	if m.isReserved {
		m.isUnreadable, m.recorded.gender = true, ""
	}
}

// slip chooses a slip that leaves the identity what it is, and is far from every birthday that matters.
func (c *chunk) slip(m *member, forced slip) slip {
	if forced != noSlip {
		if slices.Contains([]identity{heldPatientAgrees, heldNotTraced, missingLinkable, wrongNumber, wrongNumberTraced}, m.identity) {
			m.identity = heldPatientDiffers // what the others tell rests on the birth date
		}
		return forced
	}
	age := years(m.birth, c.maker.today)
	_, isSwappable := daySwapped(m.birth)
	may := []slip{formerSurname, blankGivenName, formerPostcode}
	if age >= 25 && isSwappable {
		may = append(may, swappedBirth)
	}
	switch m.identity {
	case missingLinkable, wrongNumber, wrongNumberTraced, sendersDisagree:
		return noSlip
	case missingPatientDiffers:
		return oneOf(c.random, may)
	case heldPatientDiffers:
		if age >= 40 && (m.hasIn || m.hasOut || c.chance(50)) {
			return mistypedBirth
		}
		if age >= 25 && !m.hasIn && !m.hasOut {
			return blankBirth
		}
		m.identity = heldAlone
	case heldPatientAgrees, heldNotTraced:
	default:
		if age >= 40 {
			may = append(may, mistypedBirth)
		}
		if age >= 25 && !m.hasIn && !m.hasOut {
			may = append(may, blankBirth)
		}
	}
	if c.chance(8) {
		return oneOf(c.random, may)
	}
	return noSlip
}

// slipped makes the slip.
func (c *chunk) slipped(m *member) {
	r := &m.recorded
	switch r.slip {
	case swappedBirth:
		r.birth, _ = daySwapped(m.birth)
	case mistypedBirth:
		r.birth = m.birth.AddDate(oneOf(c.random, []int{-10, -2, -1, 1, 2, 10}), 0, 0)
	case blankBirth:
		r.birth = time.Time{}
	case formerSurname:
		for r.family == m.family {
			r.family = c.surname(m.tradition)
		}
	case blankGivenName:
		r.given = ""
	case formerPostcode:
		for r.postcode == m.address.postcode {
			r.postcode = c.postcode(c.random.IntN(postcodesPerChunk))
		}
	}
}

// handwriting writes a name as another hand would: in capitals, without accents, with a space for a hyphen. Folded,
// it is the same name.
func (c *chunk) handwriting(m *member) {
	r := &m.recorded
	switch c.random.IntN(3) {
	case 0:
		if capitals := strings.ToUpper(r.family); strings.EqualFold(capitals, r.family) { // not so for a dotless i
			r.family = capitals
		}
	case 1:
		r.given, r.family = plain(r.given), plain(r.family)
	default:
		r.family = strings.ReplaceAll(r.family, "-", " ")
	}
}

// plain drops the accents that come off; a letter such as ł or ı is a letter of its own and stays.
func plain(name string) string {
	bare, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), name)
	if err != nil {
		return name
	}
	return bare
}
