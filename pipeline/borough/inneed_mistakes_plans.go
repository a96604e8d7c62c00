package borough

import "time"

// days is a time from a moment on.
func days(from time.Time, count int) time.Time { return from.AddDate(0, 0, count) }

// isAlone: nothing else of the child's casework lies near, no consent hangs on the days around its start, and the child is born by then.
func (n *caseOfNeed) isAlone(early time.Time) bool {
	return len(n.m.stretches(n.now)) == 1 && n.isLongAgo(n.start) && !early.Before(n.m.birth) && n.isHeldOn(early)
}

func planMistakes() []mistake {
	return []mistake{
		{"4000", "ReferralNFA", func(n *caseOfNeed) bool { return n.isRefused() && n.planned(n.start, n.until()) }},
		{"4004", "CINPlanEndDate", func(n *caseOfNeed) bool {
			if len(n.needPlans) == 0 || n.needPlans[0].status != "STARTED" {
				return false
			}
			n.needPlans = append(n.needPlans, n.needPlans[0])
			return true
		}},
		{"4011", "CINPlanEndDate", func(n *caseOfNeed) bool {
			if len(n.needPlans) == 0 || n.needPlans[0].status != "COMPLETED" || !n.isHeldOn(days(n.needPlans[0].started, -3)) {
				return false
			}
			n.needPlans[0].completed = days(n.needPlans[0].started, -3)
			return true
		}},
		{"4015", "CINPlanStartDate", func(n *caseOfNeed) bool {
			early := days(n.start, -2)
			if n.plan != nil || n.isRefused() || n.isCare || len(n.needPlans) > 0 || !n.isAlone(early) || !days(n.start, 3).Before(n.until()) {
				return false
			}
			return n.planned(early, days(n.start, 3))
		}},
		{"4012Q", "CINPlanEndDate", func(n *caseOfNeed) bool {
			if len(n.needPlans) == 0 || !n.isHeldOn(n.needPlans[0].started) {
				return false
			}
			n.needPlans[0].status, n.needPlans[0].completed = "COMPLETED", n.needPlans[0].started
			return true
		}},
		{"4014", "CINPlanStartDate", func(n *caseOfNeed) bool {
			if len(n.needPlans) == 0 {
				return false
			}
			again := n.needPlans[0]
			again.started = again.started.AddDate(0, 0, 1)
			n.needPlans = append(n.needPlans, again)
			return true
		}},
	}
}

func protectionMistakes() []mistake {
	return []mistake{
		{"4001", "CPPendDate", func(n *caseOfNeed) bool {
			from := days(n.now, -15)
			if n.plan == nil || !n.plan.end.IsZero() || !n.plan.start.Before(from) {
				return false
			}
			n.needPlans = append(n.needPlans, step{typeID: childInNeedPlan, status: "STARTED", incoming: from, started: from})
			return true
		}},
		{"4003", "CINPlanStartDate", func(n *caseOfNeed) bool {
			if n.plan == nil || len(n.reviews) < 2 || !n.isHeldOn(n.reviews[0].conference) || !days(n.reviews[0].conference, 2).Before(n.until()) {
				return false
			}
			return n.planned(days(n.reviews[0].conference, -2), days(n.reviews[0].conference, 2))
		}},
		{"4017", "CPPstartDate", func(n *caseOfNeed) bool {
			if n.plan == nil || !n.isHeldOn(n.plan.start) || days(n.plan.start, -2).Before(n.start) || !days(n.plan.start, 1).Before(earlier(n.plan.end, n.now)) {
				return false
			}
			return n.planned(days(n.plan.start, -2), days(n.plan.start, 1))
		}},
		{"4016", "CINPlanStartDate", func(n *caseOfNeed) bool {
			if n.plan == nil || !n.isHeldOn(n.plan.start) || earlier(n.plan.end, n.now).Sub(n.plan.start) < 12*24*time.Hour {
				return false
			}
			return n.planned(days(n.plan.start, 5), days(n.plan.start, 9))
		}},
		{"8905", "InitialCategoryOfAbuse", func(n *caseOfNeed) bool {
			if n.plan == nil {
				return false
			}
			n.plan.isUncategorised = true
			return true
		}},
		{"8841", "CPPreviewDate", func(n *caseOfNeed) bool {
			if n.plan == nil || !n.isHeldOn(n.plan.start) {
				return false
			}
			n.reviews = append(n.reviews, n.conference(n.plan.start, "Review"))
			return true
		}},
	}
}

// planned adds a child in need plan that is over.
func (n *caseOfNeed) planned(from, to time.Time) bool {
	n.needPlans = append(n.needPlans, step{typeID: childInNeedPlan, status: "COMPLETED", incoming: from, started: from, completed: to})
	return true
}

func conferenceMistakes() []mistake {
	return []mistake{
		{"1104", "DateOfInitialCPC", conferredBeforeTheReferral},
		{"2884", "DateOfInitialCPC", func(n *caseOfNeed) bool {
			if !n.isConferred() {
				return false
			}
			n.reviews = append(n.reviews, n.conference(n.enquiries[0].then[0].conference, "Initial"))
			return true
		}},
		{"8615", "S47ActualStartDate", func(n *caseOfNeed) bool {
			if n.plan != nil || !n.isConferred() {
				return false
			}
			held := onWeekday(days(n.enquiries[0].started, -1), -1)
			if held.Before(n.start) || !n.isHeldOn(held) {
				return false
			}
			n.enquiries[0].then[0].conference = held
			return true
		}},
		{"8875", "DateOfInitialCPC", func(n *caseOfNeed) bool {
			if n.plan != nil || !n.isConferred() {
				return false
			}
			held := n.enquiries[0].then[0].conference
			saturday := held.AddDate(0, 0, int(time.Saturday-held.Weekday()))
			if !saturday.Before(n.until()) || !n.isHeldOn(saturday) || collectionYear(saturday) != collectionYear(held) {
				return false
			}
			n.enquiries[0].then[0].conference = saturday
			return true
		}},
		{"2885", "CPPstartDate", func(n *caseOfNeed) bool {
			if n.plan == nil || !n.isConferred() || !n.isHeldOn(n.plan.start) {
				return false
			}
			before := onWeekday(n.plan.start.AddDate(0, 0, -1), -1)
			if midnight(before).Before(midnight(n.enquiries[0].started)) || collectionYear(before) != collectionYear(n.plan.start) {
				return false
			}
			n.enquiries[0].then[0].conference = before
			return true
		}},
		{"8890", "S47ActualStartDate", func(n *caseOfNeed) bool {
			if !n.isConferred() || n.enquiries[0].then[0].conference.Sub(n.enquiries[0].started) < 3*24*time.Hour ||
				collectionYear(n.enquiries[0].started) != collectionYear(n.enquiries[0].then[0].conference) || !n.isHeldOn(n.enquiries[0].started) {
				return false
			}
			from := n.enquiries[0].started.AddDate(0, 0, 1)
			n.enquiries = append(n.enquiries, n.enquiry(from, from.AddDate(0, 0, 1)))
			return true
		}},
	}
}

func enquiryMistakes() []mistake {
	return []mistake{
		{"2889", "S47ActualStartDate", func(n *caseOfNeed) bool {
			early := days(n.start, -2)
			if n.plan != nil || len(n.enquiries) == 0 || !n.isAlone(early) || n.enquiries[0].started.Sub(n.start) > 5*24*time.Hour {
				return false
			}
			n.enquiries[0].started, n.enquiries[0].strategy = early, early
			return true
		}},
		{"2991Q", "S47ActualStartDate", func(n *caseOfNeed) bool {
			if len(n.enquiries) == 0 || !n.isHeldOn(n.enquiries[0].started) || n.hasOpenAssessment() {
				return false
			}
			n.assessments = nil
			return true
		}},
		{"8740", "S47ActualStartDate", func(n *caseOfNeed) bool {
			if !n.isGoingOn() || len(n.enquiries) == 0 || len(n.enquiries[0].then) > 0 || collectionYear(n.enquiries[0].started) == collectionYear(n.now) {
				return false
			}
			n.enquiries[0].status, n.enquiries[0].completed = "STARTED", time.Time{}
			return true
		}},
		{"8839", "DateOfInitialCPC", func(n *caseOfNeed) bool {
			at := days(n.now, -9)
			if !n.isGoingOn() || at.Before(n.start) || n.isRefused() {
				return false
			}
			open := step{typeID: section47Enquiry, status: "STARTED", incoming: at, started: at, strategy: at}
			again := open
			again.started = days(at, 1)
			n.enquiries = append(n.enquiries, open, again)
			return true
		}},
		{"8868", "ICPCnotRequired", func(n *caseOfNeed) bool {
			return len(n.enquiries) > 0 && len(n.enquiries[0].then) == 0 && n.leaveOpen(&n.enquiries[0])
		}},
	}
}

// hasOpenAssessment says whether an assessment goes on that is not this case's to leave out.
func (n *caseOfNeed) hasOpenAssessment() bool {
	for _, s := range n.steps {
		if s.typeID == childAndFamilyAssessment && !s.isOver(n.now) {
			return true
		}
	}
	return false
}

// conferredBeforeTheReferral: the enquiry and its conference were held on the days before the referral was entered.
func conferredBeforeTheReferral(n *caseOfNeed) bool {
	held := onWeekday(days(n.start, -1), -1)
	early := days(held, -1)
	if n.plan != nil || !n.isConferred() || !n.isAlone(early) || n.enquiries[0].started.Sub(n.start) > 5*24*time.Hour {
		return false
	}
	n.enquiries[0].started, n.enquiries[0].strategy, n.enquiries[0].then[0].conference = early, early, held
	return true
}

// referredBetween: another referral was made and closed while the case was open, so that the open case is not the latest.
func referredBetween(n *caseOfNeed) bool {
	at := later(n.start, days(n.now, -40))
	if !n.end.IsZero() || !at.After(n.start) {
		return false
	}
	n.again = &referral{at: at, closed: days(at, 20), source: n.referral.source, need: n.referral.need, reason: "RC7"}
	return true
}

// siblingsNumber: the pupil number of a sister or brother was copied, whose own case the census holds too.
func siblingsNumber(n *caseOfNeed) bool {
	for _, other := range n.m.house.all {
		care := other.life.care
		if other == n.m || !other.isNumbered(n.now) || len(care.referrals) == 0 || care.misrecorded.upn != "" {
			continue
		}
		last := care.referrals[len(care.referrals)-1]
		if last.need != "" && last.closed.IsZero() && n.isGoingOn() {
			n.m.life.care.misrecorded.upn, n.m.life.care.misrecorded.upnOf = "another's", other.personID
			return true
		}
	}
	return false
}
