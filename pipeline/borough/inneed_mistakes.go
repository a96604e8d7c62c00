package borough

import (
	"slices"
	"time"
)

// mistake is one slip of recording that happens in cases of need: what the census must call it, and how it is made. It says
// whether the case is one in which it can be made.
type mistake struct {
	rule, field string
	make        func(*caseOfNeed) bool
}

// mistakePercent of the cases have one mistake.
const mistakePercent = 40

// mistake makes one of those that the case allows, and first of a plan or conference where there is one, so that a small borough has nearly all.
// It says whether it made one.
func (n *caseOfNeed) mistake() bool {
	if !n.chance(mistakePercent) || !n.isHeld() || n.m.isRemade || !n.m.death.IsZero() {
		return false
	}
	isProtected := n.plan != nil || n.isConferred()
	if isProtected && n.makeOne(slices.Concat(protectionMistakes(), conferenceMistakes())) {
		return true
	}
	return n.makeOne(slices.Concat(caseMistakes(), assessmentMistakes(), planMistakes(), enquiryMistakes(), childMistakes()))
}

// makeOne makes one that the case allows, whichever comes first by chance.
func (n *caseOfNeed) makeOne(kinds []mistake) bool {
	for _, i := range n.random.Perm(len(kinds)) {
		if kinds[i].make(n) {
			n.m.life.care.planted = append(n.m.life.care.planted, plantedError{"cin", kinds[i].rule, kinds[i].field})
			return true
		}
	}
	return false
}

// isHeldOn says whether a day is in one of the two census years that a run makes.
func (n *caseOfNeed) isHeldOn(at time.Time) bool {
	return !at.After(n.now) && collectionYear(at) >= collectionYear(n.now)-1
}

func (n *caseOfNeed) isHeld() bool {
	return n.isHeldOn(n.until()) && (!n.isRefused() || n.isHeldOn(n.start))
}
func (n *caseOfNeed) isClosed() bool { return !n.isGoingOn() && !n.isRefused() }

// isLongAgo: no consent hangs on the days around it.
func (n *caseOfNeed) isLongAgo(at time.Time) bool { return at.Before(n.now.AddDate(0, 0, -70)) }

func caseMistakes() []mistake {
	return []mistake{
		{"8866", "ReferralSource", func(n *caseOfNeed) bool { n.referral.source = ""; return true }},
		{"8610", "PrimaryNeedCode", func(n *caseOfNeed) bool { return n.needs("") }},
		{"8805", "ReasonForClosure", func(n *caseOfNeed) bool { return n.isClosed() && n.because("") }},
		{"8640", "ReasonForClosure", func(n *caseOfNeed) bool { return n.isClosed() && n.because("RC0") }},
		{"8810", "CINclosureDate", func(n *caseOfNeed) bool { return n.end.IsZero() && n.because("RC7") }},
		{"8585Q", "ReasonForClosure", func(n *caseOfNeed) bool { return n.isClosed() && n.because("RC2") }},
		{"8650", "PrimaryNeedCode", func(n *caseOfNeed) bool { return n.needs("NX") }},
		{"8831", "ReferralNFA", assessedForNothing},
		{"8815", "CINclosureDate", referredAgain},
		{"8816", "CINreferralDate", referredBetween},
		{"2990", "ReasonForClosure", func(n *caseOfNeed) bool { return n.isClosed() && len(n.needPlans) > 0 && n.because("RC8") }},
		{"8825Q", "ReasonForClosure", closedUnassessed},
	}
}

// because gives the closure another reason.
func (n *caseOfNeed) because(reason string) bool { n.referral.reason = reason; return true }

// needs gives the case another primary need.
func (n *caseOfNeed) needs(code string) bool {
	if n.isRefused() {
		return false
	}
	n.referral.need = code
	return true
}

// assessedForNothing: an assessment was held on a referral that led to no further action.
func assessedForNothing(n *caseOfNeed) bool {
	if !n.isRefused() {
		return false
	}
	n.assessments = append(n.assessments, step{typeID: childAndFamilyAssessment, status: "COMPLETED", incoming: n.start, started: n.start,
		completed: n.start, factors: []string{"3A"}})
	return true
}

// referredAgain: another referral was opened while the case was open.
func referredAgain(n *caseOfNeed) bool {
	at := later(n.start, n.now.AddDate(0, 0, -20))
	if !n.end.IsZero() || !at.After(n.start) {
		return false
	}
	n.again = &referral{at: at, source: n.referral.source, need: n.referral.need}
	return true
}

func closedUnassessed(n *caseOfNeed) bool {
	if !n.isClosed() || n.plan != nil || len(n.enquiries)+len(n.needPlans) > 0 {
		return false
	}
	n.assessments = nil
	return n.because("RC8")
}

func assessmentMistakes() []mistake {
	withFactors := func(factors ...string) func(*caseOfNeed) bool {
		return func(n *caseOfNeed) bool {
			s := n.authorised()
			if s == nil {
				return false
			}
			s.factors = factors
			return true
		}
	}
	return []mistake{
		{"8897Q", "AssessmentFactors", withFactors()},
		{"8869", "AssessmentFactors", withFactors("21", "3A")},
		{"8873Q", "AssessmentFactors", func(n *caseOfNeed) bool {
			isClosedAfter := n.referral.reason == "RC8" || n.referral.reason == "RC9"
			return len(n.assessments) == 1 && !isClosedAfter && !n.hasOpenAssessment() && withFactors("21")(n)
		}},
		{"8898", "AssessmentFactors", withFactors("3A", "3A")},
		{"8945Q", "AssessmentFactors", withFactors("18A")},
		{"8950Q", "AssessmentFactors", withFactors("19A")},
		{"8608", "AssessmentAuthorisationDate", authorisedBeforeItsStart},
		{"1103", "AssessmentActualStartDate", startedBeforeTheReferral},
		{"8867", "AssessmentAuthorisationDate", func(n *caseOfNeed) bool {
			return len(n.assessments) > 0 && n.leaveOpen(&n.assessments[len(n.assessments)-1])
		}},
		{"8565", "CINclosureDate", authorisedAfterTheClosure},
		{"8863Q", "AssessmentActualStartDate", assessedTwiceAtOnce},
		{"8896", "AssessmentAuthorisationDate", leftOpenTwice},
		{"8736", "AssessmentActualStartDate", openSinceAnEarlierYear},
	}
}

func authorisedBeforeItsStart(n *caseOfNeed) bool {
	s := n.authorised()
	if s == nil || !n.isHeldOn(s.started.AddDate(0, 0, -2)) {
		return false
	}
	s.completed = s.started.AddDate(0, 0, -2)
	return true
}

func startedBeforeTheReferral(n *caseOfNeed) bool {
	s, early := n.authorised(), n.start.AddDate(0, 0, -2)
	if s == nil || len(n.m.stretches(n.now)) > 1 || !s.started.Equal(n.start) || early.Before(n.m.birth) || !n.isLongAgo(n.start) || s.completed.Sub(s.started) < 2*24*time.Hour {
		return false
	}
	s.started = early
	return true
}

func authorisedAfterTheClosure(n *caseOfNeed) bool {
	s := n.authorised()
	after := n.end.AddDate(0, 0, 3)
	if s == nil || !n.isClosed() || !n.isLongAgo(n.end) || collectionYear(after) != collectionYear(n.end) {
		return false
	}
	s.completed = after
	return true
}

func assessedTwiceAtOnce(n *caseOfNeed) bool {
	s := n.authorised()
	if s == nil || s.completed.Sub(s.started) < 4*24*time.Hour {
		return false
	}
	again := *s
	again.started, again.factors = again.started.AddDate(0, 0, 2), []string{"4A"}
	n.assessments = append(n.assessments, again)
	return true
}

func leftOpenTwice(n *caseOfNeed) bool {
	at := n.now.AddDate(0, 0, -20)
	if !n.isGoingOn() || at.Before(n.start) {
		return false
	}
	open := step{typeID: childAndFamilyAssessment, status: "STARTED", incoming: at, started: at}
	n.assessments = append(n.assessments, open, open)
	return true
}

func openSinceAnEarlierYear(n *caseOfNeed) bool {
	if !n.isGoingOn() || len(n.assessments) == 0 || collectionYear(n.assessments[0].started) == collectionYear(n.now) {
		return false
	}
	s := &n.assessments[0]
	s.status, s.completed, s.factors = "STARTED", time.Time{}, nil
	return true
}

// leaveOpen forgets to complete a step of a case that was closed. It is an episode that goes on, so it is done to no child
// about whom consent was asked.
func (n *caseOfNeed) leaveOpen(s *step) bool {
	if !n.isClosed() || !n.isLongAgo(n.end) || n.m.hasIn || n.m.hasOut || n.m.isShared {
		return false
	}
	s.status, s.completed, s.factors = "STARTED", time.Time{}, nil
	n.m.life.care.episodes = append(n.m.life.care.episodes, episode{stepKind(s.typeID), period{start: s.started}})
	return true
}

// authorised is an assessment that a census of the two years holds as authorised; nil where there is none.
func (n *caseOfNeed) authorised() *step {
	for i, s := range n.assessments {
		if s.status == "COMPLETED" && n.isHeldOn(s.completed) && !n.isRefused() {
			return &n.assessments[i]
		}
	}
	return nil
}

// isConferred says whether the first enquiry led to a conference that a census of the two years holds.
func (n *caseOfNeed) isConferred() bool {
	return len(n.enquiries) > 0 && len(n.enquiries[0].then) > 0 && n.isHeldOn(n.enquiries[0].then[0].conference)
}

func childMistakes() []mistake {
	misnumbered := func(how string) func(*caseOfNeed) bool {
		return func(n *caseOfNeed) bool {
			if !n.m.isNumbered(n.now) || n.isRefused() || n.m.life.care.misrecorded.upn != "" {
				return false
			}
			n.m.life.care.misrecorded.upn = how
			return true
		}
	}
	return []mistake{
		{"1510", "UPN", misnumbered("wrong letter")},
		{"1530", "UPN", misnumbered("wrong authority")},
		{"8770Q", "UPN", misnumbered("none")},
		{"1520", "UPN", func(n *caseOfNeed) bool {
			return n.m.isNumbered(n.now) && !n.isRefused() && n.m.life.care.misrecorded.upn == "" && siblingsNumber(n)
		}},
		{"1540", "UPN", misnumbered("letter within")},
		{"1550", "UPN", misnumbered("wrong last letter")},
		{"8772", "UPNunknown", misnumbered("nothing came of it")},
		{"1560Q", "FormerUPN", func(n *caseOfNeed) bool {
			isNew := n.m.isNumbered(n.now) && !n.m.life.care.misrecorded.isFormerUPNCut
			n.m.life.care.misrecorded.isFormerUPNCut = n.m.isNumbered(n.now)
			return isNew
		}},
		{"8790", "Disability", func(n *caseOfNeed) bool { return n.disabled("NONE", "LD") }},
		{"8794", "Disability", func(n *caseOfNeed) bool { return n.disabled("AUT", "AUT") }},
		{"8540", "Disability", func(n *caseOfNeed) bool { return !n.isRefused() && n.disabled("XX") }},
		{"4220", "Ethnicity", func(n *caseOfNeed) bool { n.m.life.care.misrecorded.isEthnicityLost = true; return true }},
	}
}

func (n *caseOfNeed) disabled(codes ...string) bool {
	if n.m.life.care.misrecorded.disabilities != nil {
		return false
	}
	n.m.life.care.misrecorded.disabilities = codes
	return true
}
