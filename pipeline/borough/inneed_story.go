package borough

import (
	"slices"
	"time"
)

// caseOfNeed is one stretch of a child's life as casework tells it.
type caseOfNeed struct {
	m   *member
	now time.Time
	dice
	stretch

	referral    referral
	assessments []step
	enquiries   []step // section 47, each with the conference that came of it
	needPlans   []step // child in need plans
	reviews     []step // review conferences of the protection plan
	plan        *registration
	again       *referral // a second referral, opened by mistake while the case is open
}

// until is the last moment of which the stretch is known.
func (n *caseOfNeed) until() time.Time { return earlier(n.end, n.now) }

// isGoingOn says whether the case is open at as-at.
func (n *caseOfNeed) isGoingOn() bool { return n.end.IsZero() || n.end.After(n.now) }

// within moves a moment into the stretch.
func (n *caseOfNeed) within(at time.Time) time.Time { return earlier(later(at, n.start), n.until()) }

// tell makes the case up.
func (n *caseOfNeed) tell() {
	n.referral = referral{at: n.start, closed: n.end, source: n.pick("1A", "1C", "2A", "2A", "3A", "3E", "5B", "5D", "6", "6", "8")}
	if n.isRefused() {
		n.referral.nfa, n.referral.closed = n.end, time.Time{}
		return
	}
	n.referral.need = n.pick("N1", "N1", "N1", "N2", "N3", "N4", "N5", "N5", "N6", "N8")
	n.protect()
	n.enquire()
	n.assess()
	n.planNeed()
	n.close()
}

// isRefused: nothing came of the referral.
func (n *caseOfNeed) isRefused() bool {
	return len(n.referrals) == 1 && !n.referrals[0].nfa.IsZero() && len(n.steps) == 0 && len(n.plans) == 0 && !n.isCare
}

// protect moves the start of the child's protection plan to a working day, as a conference decides on it, and holds its reviews.
func (n *caseOfNeed) protect() {
	for i := range n.m.life.care.registrations {
		r := &n.m.life.care.registrations[i]
		if !r.isPlan || !slices.Contains(n.plans, r.period) {
			continue
		}
		old := r.period
		n.m.dropEpisode("child_protection", old)
		if !n.moveToWeekday(r) {
			n.m.life.care.registrations = slices.Delete(n.m.life.care.registrations, i, i+1)
			n.m.protection = period{}
			return
		}
		n.m.protection, n.plan = r.period, r
		n.m.life.care.episodes = append(n.m.life.care.episodes, episode{"child_protection", r.period})
		n.review()
		return
	}
}

// moveToWeekday moves a plan's start back to the Friday, or on to the Monday where the child was not born then. It says
// whether there is still a plan.
func (n *caseOfNeed) moveToWeekday(r *registration) bool {
	start := onWeekday(r.start, -1)
	if start.Before(n.m.birth) {
		start = onWeekday(r.start, 1)
	}
	if !n.m.death.IsZero() && !r.end.IsZero() {
		r.end = earlier(r.end, n.m.death)
	}
	if !start.Before(midnight(earlier(r.end, n.now))) { // it would be over on the day it began
		return false
	}
	r.start = start
	n.start = earlier(n.start, start)
	n.referral.at = n.start
	return true
}

// onWeekday is the same time on the nearest working day in a direction; bank holidays are not minded.
func onWeekday(at time.Time, days int) time.Time {
	for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		at = at.AddDate(0, 0, days)
	}
	return at
}

// review holds the plan's reviews: within three months, then within six, and the last on the day on which the plan ends.
func (n *caseOfNeed) review() {
	last := earlier(n.plan.end, n.now)
	for at := onWeekday(n.plan.start.AddDate(0, 0, n.between(70, 88)), -1); at.Before(midnight(last)); at = onWeekday(at.AddDate(0, 0, n.between(150, 178)), -1) {
		n.reviews = append(n.reviews, n.conference(at, "Review"))
	}
	if !n.plan.end.IsZero() && !n.plan.end.After(n.now) {
		n.reviews = append(n.reviews, n.conference(n.plan.end, "Review"))
	}
}

func (n *caseOfNeed) conference(at time.Time, category string) step {
	return step{typeID: protectionConference, status: "COMPLETED", incoming: at.AddDate(0, 0, -5), started: at, completed: at, conference: at, category: category}
}

// enquire holds the section 47 enquiry before a plan, and for some others one that comes to a conference or to none.
func (n *caseOfNeed) enquire() {
	if n.plan != nil {
		conference := n.conference(n.plan.start, "Initial")
		n.enquiries = append(n.enquiries, n.enquiry(n.plan.start.AddDate(0, 0, -n.between(3, 12)), n.plan.start, conference))
		return
	}
	wasAsked := slices.ContainsFunc(n.steps, func(s step) bool { return s.typeID == section47Enquiry && s.isOver(n.now) })
	if isOpen := slices.ContainsFunc(n.steps, func(s step) bool { return s.typeID == section47Enquiry && !s.isOver(n.now) }); isOpen || !wasAsked && !n.chance(12) {
		return
	}
	from := n.within(n.start.AddDate(0, 0, n.between(0, 3)))
	to := from.AddDate(0, 0, n.between(2, 13))
	held := onWeekday(from.AddDate(0, 0, n.between(8, 12)), -1)
	switch {
	case n.chance(20) && held.Before(n.until()):
		n.enquiries = append(n.enquiries, n.enquiry(from, held, n.conference(held, "Initial")))
	case !to.After(n.until()):
		n.enquiries = append(n.enquiries, n.enquiry(from, to))
	case !n.isGoingOn():
		n.enquiries = append(n.enquiries, n.enquiry(from, n.until()))
	}
}

func (n *caseOfNeed) enquiry(from, to time.Time, then ...step) step {
	from = n.within(from)
	return step{typeID: section47Enquiry, status: "COMPLETED", incoming: from, started: from, completed: later(n.within(to), from), strategy: from, then: then}
}

// assess holds the assessment that every referral leads to, and another around an enquiry that comes late.
func (n *caseOfNeed) assess() {
	limit := n.until()
	for _, s := range n.steps {
		if s.typeID == childAndFamilyAssessment && !s.isOver(n.now) { // it goes on; what was before it ended before it
			limit = earlier(limit, s.started.AddDate(0, 0, -1))
		}
	}
	if len(n.enquiries) > 0 {
		first := n.enquiries[0]
		if around := first.started; around.Sub(n.start) > 45*24*time.Hour {
			n.assessment(n.start, earlier(n.start.AddDate(0, 0, n.between(10, 40)), limit), limit)
			n.assessment(around, later(first.completed, around.AddDate(0, 0, n.between(10, 30))), limit)
			return
		}
		n.assessment(n.start, later(first.completed, n.start.AddDate(0, 0, n.between(12, 40))), limit)
		return
	}
	n.assessment(n.start, n.start.AddDate(0, 0, n.between(8, 40)), limit)
}

// assessment holds one, which is still open where its end is not known yet. Before the limit there may be no room for it.
func (n *caseOfNeed) assessment(from, to, limit time.Time) {
	if limit.Before(from) {
		return
	}
	s := step{typeID: childAndFamilyAssessment, status: "COMPLETED", incoming: from, started: from, completed: to}
	switch {
	case to.After(limit) && n.isGoingOn() && limit.Equal(n.now):
		s.status, s.completed = "STARTED", time.Time{}
	case to.After(limit):
		s.completed = limit
	}
	if s.status == "COMPLETED" {
		s.factors = n.factors()
	}
	n.assessments = append(n.assessments, s)
}

// factors are one to four of an assessment, each once.
func (n *caseOfNeed) factors() []string {
	all := []string{"1A", "2B", "3A", "3B", "4A", "4B", "5A", "6A", "7A", "8B", "9A", "10A", "11A", "12A", "13A", "14A", "15A", "16A", "17A", "18B", "18C", "19B", "19C", "20", "22A", "23A"}
	n.random.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	found := all[:n.between(1, 4)]
	slices.Sort(found)
	return slices.Clone(found)
}

// planNeed draws a child in need plan up once the assessment is done, or once the protection plan is over; a child looked after has
// a care plan instead.
func (n *caseOfNeed) planNeed() {
	if n.isCare || len(n.assessments) == 0 || !n.assessments[len(n.assessments)-1].isOver(n.now) || n.plan == nil && !n.chance(70) {
		return
	}
	from := midnight(n.assessments[len(n.assessments)-1].completed).AddDate(0, 0, 1).Add(10 * time.Hour)
	if n.plan != nil {
		if n.plan.end.IsZero() {
			return
		}
		from = later(from, midnight(n.plan.end).AddDate(0, 0, 1).Add(10*time.Hour))
	}
	last := n.until()
	if !n.m.death.IsZero() {
		last = earlier(last, n.m.death)
	}
	if last.Sub(from) < 3*24*time.Hour {
		return
	}
	s := step{typeID: childInNeedPlan, status: "STARTED", incoming: from, started: from}
	if !n.isGoingOn() {
		s.status, s.completed = "COMPLETED", last
	}
	n.needPlans = append(n.needPlans, s)
}

// close says why the case was closed.
func (n *caseOfNeed) close() {
	isSlight := len(n.assessments) == 1 && len(n.enquiries) == 0 && n.plan == nil && len(n.needPlans) == 0 && !n.isCare
	isSoon := len(n.assessments) == 1 && collectionYear(n.assessments[0].completed) == collectionYear(n.end) &&
		n.end.Sub(n.assessments[0].completed) < 30*24*time.Hour
	switch {
	case n.end.IsZero():
	case !n.m.death.IsZero() && !n.m.death.After(n.end):
		n.referral.reason = "RC2"
	case isSlight && isSoon:
		n.referral.reason = n.pick("RC8", "RC8", "RC9")
		if n.chance(30) && !n.isGoingOn() { // one that will be closed is not closed yet
			n.assessments[0].factors = []string{"21"}
		}
	default:
		n.referral.reason = n.pick("RC3", "RC5", "RC6", "RC7", "RC7", "RC7")
	}
}

// collectionYear is the year in which the collection of a day's facts is named.
func collectionYear(at time.Time) int {
	if at.Month() >= time.April {
		return at.Year() + 1
	}
	return at.Year()
}

// write puts the case into the child's life.
func (n *caseOfNeed) write() {
	care := &n.m.life.care
	care.referrals = append(care.referrals, n.referral)
	care.episodes = append(care.episodes, episode{"child_in_need", period{n.referral.at, n.stretch.end}})
	if n.again != nil {
		care.referrals = append(care.referrals, *n.again)
		care.episodes = append(care.episodes, episode{"child_in_need", period{n.again.at, n.again.closed}})
	}
	for _, list := range [][]step{n.assessments, n.enquiries, n.needPlans, n.reviews} {
		for _, s := range list {
			s.subjects = []int64{n.m.personID}
			care.casework = append(care.casework, s)
		}
	}
}
