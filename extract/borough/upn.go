package borough

import "fmt"

// upnLetters are the check letters of unique pupil numbers, by the remainder that they stand for.
const upnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ"

// upn is the pupil number of whoever has gone to school, by a school of the demo council; one in sixteen was never told it.
func (l *life) upn(o Options) string {
	if l.birth.AddDate(5, 0, 0).After(o.local()) || years(l.birth, o.local()) > 25 || l.personID%16 == 5 {
		return ""
	}
	return upnOf(fmt.Sprintf("204%09d", l.personID))
}

// upnOf puts the check letter before twelve digits: each is weighed by its place, from 2.
func upnOf(digits string) string {
	sum := 0
	for i, digit := range digits {
		sum += int(digit-'0') * (i + 2)
	}
	return string(upnLetters[sum%23]) + digits
}
