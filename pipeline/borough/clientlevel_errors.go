package borough

import (
	"slices"
	"time"
)

// formSlip is one way in which a form of adult social care is filled in wrongly, and what a return must find.
type formSlip struct {
	planted plantedError
	isOf    func(typeID int64) bool
	make    func(formStep) formStep
}

func is(types ...int64) func(int64) bool {
	return func(typeID int64) bool { return slices.Contains(types, typeID) }
}

// formSlips are the slips of recording that happen. Of a service that ended long ago none is planted.
func formSlips() []formSlip {
	return []formSlip{
		{plantedError{"cld", "CLD-1", "event_outcome"}, is(adultReview, carersTalk, careActAssessment), without("cld_event_outcome")},
		{plantedError{"cld", "CLD-1", "request_route_of_access"}, is(supportRequest), without("cld_route_of_access")},
		{plantedError{"cld", "CLD-1", "review_reason"}, is(adultReview), without("cld_review_reason")},
		{plantedError{"cld", "CLD-1", "unit_cost"}, is(carePackage, carersSupport), costless},
		{plantedError{"cld", "CLD-2", "event_outcome"}, is(supportRequest, adultReview, carersSupport), with("cld_event_outcome", "NFA - see notes")},
		{plantedError{"cld", "CLD-2", "event_outcome"}, is(supportRequest), with("cld_event_outcome", "nfa: other")},
		{plantedError{"cld", "CLD-2", "service_type"}, is(carePackage, reablement), with("cld_service_type", "Long term support: community")},
		{plantedError{"cld", "CLD-3", "unit_cost"}, is(carePackage, carersSupport), with("cld_unit_cost", "about 20")},
		{plantedError{"cld", "CLD-7", "service_type"}, is(carersSupport), with("cld_service_type", "Carer Support: Direct to Carer")},
		{plantedError{"cld", "CLD-13", "event_end_date"}, is(adultReview), backwards},
		{plantedError{"cld", "CLD-17", "service_type"}, is(carePackage, reablement, occupationalTherapy), empty},
	}
}

// plant makes a slip on an event that the current submission holds: with about one person of eight, and more of the few
// carers who have a service.
func (a *adultMaker) plant(o Options) {
	last, slips := lastQuarterDay(o.local()), formSlips()
	percent, from := 12.0, a.random.IntN(len(slips))
	if slices.ContainsFunc(a.made.steps, func(s formStep) bool { return s.typeID == carersSupport }) {
		percent, from = 70, 7+a.random.IntN(2)
	}
	if !a.chance(percent) || a.twice(last) {
		return
	}
	for k := range slips {
		if a.slipUp(slips[(from+k)%len(slips)], last) {
			return
		}
	}
}

// slipUp makes one slip on the first step that it can be made on.
func (a *adultMaker) slipUp(slip formSlip, last time.Time) bool {
	for i, s := range a.made.steps {
		if slip.isOf(s.typeID) && isSubmitted(s.step, last) {
			a.made.steps[i] = slip.make(s)
			a.made.planted = append(a.made.planted, slip.planted)
			return true
		}
	}
	for i, s := range a.care.steps {
		form, there := a.made.forms[i]
		if there && slip.isOf(s.typeID) && isSubmitted(s, last) && !a.isDeadBy(a.now) && !s.started.Before(a.adultAt) {
			a.made.forms[i] = slip.make(formStep{s, form}).form
			a.made.planted = append(a.made.planted, slip.planted)
			return true
		}
	}
	return false
}

// twice records a request two times, with one person of six of those who slip.
func (a *adultMaker) twice(last time.Time) bool {
	at := slices.IndexFunc(a.made.steps, func(s formStep) bool { return s.typeID == supportRequest && isSubmitted(s.step, last) })
	if at < 0 || !a.chance(16) {
		return false
	}
	a.made.steps = append(a.made.steps, a.made.steps[at])
	a.made.planted = append(a.made.planted, plantedError{"cld", "CLD-11", ""})
	return true
}

// isSubmitted says whether a step is surely an event of the twelve months that end on a day.
func isSubmitted(s step, last time.Time) bool {
	first, after := last.AddDate(-1, 0, 8), last.AddDate(0, 0, -8)
	if s.typeID == carersSupport || stepKind(s.typeID) == "service" && s.typeID < supportRequest {
		return s.started.Before(after) && (s.status == "STARTED" || s.status == "REOPENED")
	}
	return s.completed.After(first) && s.completed.Before(after)
}

// lastQuarterDay is the last day of the last quarter that was over at a moment.
func lastQuarterDay(at time.Time) time.Time {
	return time.Date(at.Year(), (at.Month()-1)/3*3+1, 0, 0, 0, 0, 0, time.UTC)
}

// without leaves one question unanswered.
func without(question string) func(formStep) formStep {
	return func(s formStep) formStep {
		s.form = slices.DeleteFunc(slices.Clone(s.form), func(a said) bool { return a.question == question })
		return s
	}
}

// with answers one question of the first line otherwise.
func with(question, words string) func(formStep) formStep {
	return func(s formStep) formStep {
		s.form = slices.Clone(s.form)
		for i := range s.form {
			if s.form[i].question == question && s.form[i].row == 1 {
				s.form[i].words = words
			}
		}
		return s
	}
}

// costless leaves out what a service costs that the council does not commission itself.
func costless(s formStep) formStep {
	return without("cld_unit_cost")(with("cld_delivery_mechanism", "CASSR managed personal budget")(s))
}

// backwards ends an event before it began.
func backwards(s formStep) formStep {
	s.started = s.completed.AddDate(0, 0, 2)
	return s
}

// empty is a form that nobody filled in.
func empty(s formStep) formStep {
	s.form = nil
	return s
}
