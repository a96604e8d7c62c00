package borough

import (
	"math/rand/v2"
	"slices"
	"time"
)

// misenter makes one slip of entry about a case in which nothing else is wrong: a plan or a referral entered twice or with its days
// mixed up, a death on a wrong day, a case that was handed over to nobody. It draws from a generator of its own, so that no other
// mistake hangs on it.
func (n *caseOfNeed) misenter(random *rand.Rand) {
	n.random = random
	if !n.isHeld() || n.m.isRemade || !n.m.recorded.death.IsZero() {
		return
	}
	if n.plan != nil && (n.makeOne(deathEntries()) || n.makeOne(planEntries())) {
		return
	}
	if n.chance(12) && n.makeOne(slices.Concat(dayEntries(), deathEntries())) {
		return
	}
	if n.chance(8) && n.end.IsZero() && !n.isRefused() && !n.isCare {
		n.m.life.care.isUnallocated = true
		n.m.life.care.planted = append(n.m.life.care.planted, plantedError{"annex-a", "AA-4", "Allocated Worker"})
	}
}

// planEntries are a plan entered twice: CP-IS sees one, as both began on one day.
func planEntries() []mistake {
	again := func(n *caseOfNeed) bool { return n.register(n.plan.period) }
	return []mistake{
		{"8935", "CPPendDate", func(n *caseOfNeed) bool { return n.plan.end.IsZero() && again(n) }},
		{"8940", "CPPstartDate", func(n *caseOfNeed) bool {
			return !n.plan.end.IsZero() && n.isLongAgo(n.plan.end) && n.isHeldOn(n.plan.end) && again(n)
		}},
	}
}

// dayEntries are days of a plan or a referral that cannot be.
func dayEntries() []mistake {
	entered := func(enter func(*caseOfNeed, time.Time) bool) func(*caseOfNeed) bool {
		return func(n *caseOfNeed) bool {
			at := midnight(days(n.start, 12)).Add(10 * time.Hour)
			return n.plan == nil && !n.isRefused() && !n.isCare && n.m.protection.start.IsZero() && at.Before(n.until()) &&
				n.isLongAgo(at) && n.isHeldOn(days(at, -5)) && enter(n, at)
		}
	}
	return []mistake{
		{"8840", "CPPendDate", entered(func(n *caseOfNeed, at time.Time) bool { return n.register(period{at, at.Add(5 * time.Hour)}) })},
		{"8925", "CPPendDate", entered(func(n *caseOfNeed, at time.Time) bool { return n.register(period{at, days(at, -4)}) })},
		{"8630", "CINclosureDate", entered(func(n *caseOfNeed, at time.Time) bool {
			n.again = &referral{at: at, closed: days(at, -4), source: n.referral.source, need: n.referral.need, reason: "RC7"}
			return true
		})},
	}
}

// register enters another protection plan.
func (n *caseOfNeed) register(p period) bool {
	n.m.life.care.registrations = append(n.m.life.care.registrations, registration{period: p, isPlan: true})
	n.m.life.care.episodes = append(n.m.life.care.episodes, episode{"child_protection", p})
	return true
}

// deathEntries are deaths that were entered for the wrong child: work goes on after them.
func deathEntries() []mistake {
	plan := func(n *caseOfNeed) (p period, isThere bool) {
		if n.plan == nil {
			return period{}, false
		}
		return n.plan.period, true
	}
	needPlan := func(n *caseOfNeed) (p period, isThere bool) {
		if len(n.needPlans) == 0 {
			return period{}, false
		}
		return period{n.needPlans[0].started, n.needPlans[0].completed}, true
	}
	return []mistake{
		{"8915", "CPPstartDate", func(n *caseOfNeed) bool { p, is := plan(n); return is && n.died(days(p.start, -2), p) }},
		{"8920", "CPPendDate", func(n *caseOfNeed) bool { p, is := plan(n); return is && n.died(days(p.end, -2), p) }},
		{"4008", "CINPlanStartDate", func(n *caseOfNeed) bool { p, is := needPlan(n); return is && n.died(days(p.start, -2), p) }},
		{"4009Q", "CINPlanEndDate", func(n *caseOfNeed) bool { p, is := needPlan(n); return is && n.died(days(p.end, -2), p) }},
	}
}

// died enters a death before a plan began or ended, for a child with whom the council has nothing to do any more.
func (n *caseOfNeed) died(at time.Time, plan period) bool {
	isBusy := func(e episode) bool { return e.holds(n.now) }
	if plan.end.IsZero() || !n.isClosed() || n.isCare || !n.isLongAgo(n.end) || !n.isHeldOn(at) || at.Before(n.m.birth) ||
		n.m.hasIn || n.m.hasOut || n.m.isShared || slices.ContainsFunc(n.m.life.care.episodes, isBusy) {
		return false
	}
	n.m.recorded.death = midnight(at)
	return true
}
