package borough

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// The rules of standing, worked out here over the whole borough, to prove that no identity runs into another by accident.

// register is what a run can know: who has which number, and who is a patient under which.
type register struct {
	patients map[string][]*life // by NHS number
	alike    map[string][]*life // patients by name, birth date and postcode
	persons  map[string]int     // persons by the same, as Mosaic holds them
	resolved map[string]int     // persons who hold a number or were given it
}

func folded(name string) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(strings.ToLower(plain(name)))
}

func likeness(given, family string, birth time.Time, postcode string) string {
	if given == "" || birth.IsZero() {
		return ""
	}
	return strings.Join([]string{folded(given), folded(family), birth.Format(time.DateOnly), postcode}, "|")
}

func (l *life) fullGiven() string { return strings.TrimSpace(l.given + " " + l.middle) }

func newRegister(lives []*life) register {
	r := register{map[string][]*life{}, map[string][]*life{}, map[string]int{}, map[string]int{}}
	for _, l := range lives {
		if l.isPatient() && !l.isNumberless {
			r.patients[l.nhsNumber] = append(r.patients[l.nhsNumber], l)
			key := likeness(l.fullGiven(), l.family, l.birth, l.address.postcode)
			r.alike[key] = append(r.alike[key], l)
		}
		if l.isPerson() && !l.isUnreadable {
			r.persons[likeness(l.recorded.given, l.recorded.family, l.recorded.birth, l.recorded.postcode)]++
			for _, number := range numbersOf(l) {
				r.resolved[number]++
			}
		}
	}
	return r
}

func isValid(number string) bool {
	if len(number) != 10 || number == "0000000000" || number == "9999999999" {
		return false
	}
	check, ok := checkDigit([]byte(number[:9]))
	return ok && check == number[9]
}

// numbersOf is the number that the person holds or was given by the trace.
func numbersOf(l *life) []string {
	code, given := lastAnswer(l)
	if isValid(given) && code != "97" && code != "98" {
		return []string{given}
	}
	if isValid(l.recorded.nhsID) && code != "91" {
		return []string{l.recorded.nhsID}
	}
	return nil
}

func lastAnswer(l *life) (code, number string) {
	if len(l.trace) == 0 {
		return "", ""
	}
	last := l.trace[len(l.trace)-1]
	return last.code, last.number
}

func (r register) standing(l *life) string {
	held, isHeld := l.recorded.nhsID, isValid(l.recorded.nhsID)
	code, given := lastAnswer(l)
	standing, number := r.untraced(l)
	switch code {
	case "00", "92":
		number = given
		switch {
		case isHeld && held == given:
			standing = "verified"
		case isHeld:
			return "conflict"
		default:
			standing = "traced"
		}
	case "90", "91":
		if number = given; !isValid(given) {
			return "none"
		}
		standing = "traced"
	case "96", "97", "98":
		if isHeld {
			standing = "held"
		}
	}
	if r.isDisputed(l, number) || isHeld && r.isDisputed(l, held) {
		return "conflict"
	}
	return standing
}

// untraced is the standing without an answer of the trace service.
func (r register) untraced(l *life) (standing, number string) {
	if isValid(l.recorded.nhsID) {
		for _, p := range r.patients[l.recorded.nhsID] {
			if agrees(l, p) {
				return "matched", l.recorded.nhsID
			}
		}
		return "held", l.recorded.nhsID
	}
	key := likeness(l.recorded.given, l.recorded.family, l.recorded.birth, l.recorded.postcode)
	if alike := r.alike[key]; len(alike) == 1 && r.persons[key] == 1 && r.resolved[alike[0].nhsNumber] == 0 {
		return "matched", alike[0].nhsNumber
	}
	return "none", ""
}

func isBirthAlike(l, p *life) bool {
	swapped, ok := daySwapped(l.recorded.birth)
	return l.recorded.birth.Equal(p.birth) || ok && swapped.Equal(p.birth)
}

func agrees(l, p *life) bool {
	isGiven, isFamily := folded(l.recorded.given) == folded(p.fullGiven()), folded(l.recorded.family) == folded(p.family)
	return isBirthAlike(l, p) && isGiven && isFamily || l.recorded.birth.Equal(p.birth) && (isGiven || isFamily)
}

// isDisputed: two people have the number, its patients have two birth dates, or its patient is somebody else.
func (r register) isDisputed(l *life, number string) bool {
	patients := r.patients[number]
	for _, p := range patients {
		isOther := !l.recorded.birth.IsZero() && !isBirthAlike(l, p) && folded(l.recorded.family) != folded(p.family)
		if isOther || !p.birth.Equal(patients[0].birth) {
			return true
		}
	}
	return number != "" && r.resolved[number] > 1
}

func TestStandingFollowsTheRules(t *testing.T) {
	var lives []*life
	for chunk := range (Options{People: 30_000, Seed: 4, AsAt: DefaultAsAt(), Errors: true}).chunks() {
		lives = append(lives, chunk...)
	}
	r, came := newRegister(lives), map[identity]int{}
	for _, l := range lives {
		if !l.isPerson() || l.isUnreadable {
			continue
		}
		came[l.identity]++
		got := r.standing(l)
		if l.identity == missingPatientDiffers && got == "none" { // a rule can say no more; the linkage can
			got = "matched"
		}
		if got != l.standing {
			t.Errorf("person %d, %s, slip %q: truth %s, rules %s", l.personID, l.identity, l.recorded.slip, l.standing, got)
		}
	}
	for _, card := range append(identityCards(), duplicateHolds, duplicateBlank) {
		if came[card] < 10 {
			t.Errorf("%s occurs %d times", card, came[card])
		}
	}
}

// Every human has a number of its own, and no two humans share name, birth date and postcode.
func TestHumansAreApart(t *testing.T) {
	numbers, likenesses := map[string]bool{}, map[string]bool{}
	for chunk := range (Options{People: 40_000, Seed: 7, AsAt: DefaultAsAt()}).chunks() {
		for _, l := range chunk {
			if l.identity == duplicateBlank || l.identity == duplicateHolds || l.sharesNumber {
				continue
			}
			likeness := likeness(l.given, l.family, l.birth, l.address.postcode)
			if numbers[l.nhsNumber] || likenesses[likeness] {
				t.Errorf("person %d has a number or a likeness that somebody else has", l.personID)
			}
			numbers[l.nhsNumber], likenesses[likeness] = true, true
			if !isValid(l.nhsNumber) || !strings.HasPrefix(l.nhsNumber, "999") {
				t.Errorf("person %d: the number is not a valid one of the test range", l.personID)
			}
		}
	}
}

// Each slot up to the last that MaxPeople needs has a number of its own.
func TestNHSNumbersAreDealtOnce(t *testing.T) {
	seen := make([]bool, 10_000_000)
	for slot := range MaxPeople * slotsPerPerson {
		number := nhsNumber(42, slot)
		at := 0
		for _, digit := range number[3:] {
			at = at*10 + int(digit-'0')
		}
		if seen[at] || !isValid(number) {
			t.Fatalf("slot %d: a number that is dealt twice or is not valid", slot)
		}
		seen[at] = true
	}
}

// Beyond the test range every number begins with 990 to 998, as a reader can see, and is dealt once too.
func TestNumbersBeyondTheTestRangeAreMarked(t *testing.T) {
	seen := map[string]bool{}
	for slot := 0; slot < MaxPeopleBeyond*slotsPerPerson; slot += 41 {
		number := nhsNumber(42, slot)
		if seen[number] || !isValid(number) || number[:3] != strconv.Itoa(999-slot/slotsPerPrefix) {
			t.Fatalf("slot %d: a number that is dealt twice, is not valid or has another prefix", slot)
		}
		seen[number] = true
	}
	for people, c := range map[int]struct {
		beyond bool
		want   string
	}{
		MaxPeople:           {false, ""},
		MaxPeople + 1:       {false, "the test range of NHS numbers holds 449995 people, not 449996"},
		MaxPeopleBeyond:     {true, ""},
		MaxPeopleBeyond + 1: {true, "people must be from 1 to 4499955"},
	} {
		err := Options{People: people, BeyondTestRange: c.beyond, AsAt: DefaultAsAt(), To: t.TempDir()}.Validate()
		if err == nil && c.want != "" || err != nil && err.Error() != c.want {
			t.Errorf("%d people: %v, want %q", people, err, c.want)
		}
	}
}

func TestSlipsOfTheFingerAreInvalid(t *testing.T) {
	c := newMaker(Options{People: 100, Seed: 1, AsAt: DefaultAsAt()}).newChunk(0)
	for slot := range 2000 {
		number := nhsNumber(1, slot)
		if isValid(mistyped(number, c)) || isValid(transposed(number, c)) {
			t.Fatalf("slot %d: a slip of the finger gave a valid number", slot)
		}
	}
}
