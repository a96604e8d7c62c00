package borough

import (
	"fmt"
	"time"
)

// upnLetters are the check letters of unique pupil numbers, by the remainder that they stand for.
const upnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ"

// One child in so many never told its pupil number.
const upnLostEvery, upnLostAt = 16, 5

// upn is the pupil number, as written down, of whoever has gone to school, by a school of the demo council; a child in care may have
// one that is written down otherwise.
func (l *life) upn(o Options) string {
	if l.care.inCare.upn != "" && l.care.misrecorded.upn == "" {
		return l.care.inCare.upn
	}
	if l.birth.AddDate(5, 0, 0).After(o.local()) || years(l.birth, o.local()) > 25 || l.personID%upnLostEvery == upnLostAt {
		return ""
	}
	switch right := upnOf(fmt.Sprintf("204%09d", l.personID)); l.care.misrecorded.upn {
	case "none", "nothing came of it":
		return ""
	case "another's":
		return upnOf(fmt.Sprintf("204%09d", l.care.misrecorded.upnOf))
	case "letter within":
		return right[:7] + "X" + right[8:]
	case "wrong last letter":
		return right[:12] + "S"
	case "wrong authority":
		return upnOf(fmt.Sprintf("999%09d", l.personID))
	case "wrong letter":
		return string(upnLetters[(int(right[0]-'A')+1)%8]) + right[1:] // A to H stand for 0 to 7, and none for itself
	default:
		return right
	}
}

// formerUPN is blank but where half a number was entered.
func (l *life) formerUPN() string {
	if l.care.misrecorded.isFormerUPNCut {
		return "A20400"
	}
	return ""
}

// isNumbered says whether the member has a pupil number that the census of children in need shows.
func (m *member) isNumbered(now time.Time) bool {
	isAtSchool := m.birth.Year() <= collectionYear(now)-8 && years(m.birth, now) < 18
	return isAtSchool && len(m.life.care.spells) == 0 && m.personID%upnLostEvery != upnLostAt
}

// upnOf puts the check letter before twelve digits: each is weighed by its place, from 2.
func upnOf(digits string) string {
	sum := 0
	for i, digit := range digits {
		sum += int(digit-'0') * (i + 2)
	}
	return string(upnLetters[sum%23]) + digits
}
