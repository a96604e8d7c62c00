package borough

import (
	"slices"
	"time"
)

// plant makes one of the slips of recording that happen, on an event that the current return holds: in about one person of
// twelve.
func (a *adultMaker) plant(o Options) {
	if !a.chance(8) {
		return
	}
	last := lastQuarterDay(o.local())
	first := last.AddDate(-1, 0, 1)
	kinds := []func(formStep) (formStep, plantedError, bool){a.noOutcome, a.noRoute, a.unknownOutcome, a.wrongCase, a.release1, a.badCost, a.backwards, a.noReason, a.twice}
	from := a.random.IntN(len(kinds))
	for i, s := range a.made.steps {
		if s.typeID != carersSupport && (s.completed.Before(first) || !s.completed.Before(last.AddDate(0, 0, 1))) || s.started.After(last) {
			continue
		}
		for k := range kinds {
			slipped, planted, can := kinds[(from+k)%len(kinds)](s)
			if !can {
				continue
			}
			a.made.steps[i] = slipped
			a.made.planted = append(a.made.planted, planted)
			return
		}
	}
}

// lastQuarterDay is the last day of the last quarter that was over at a moment.
func lastQuarterDay(at time.Time) time.Time {
	return time.Date(at.Year(), (at.Month()-1)/3*3+1, 0, 0, 0, 0, 0, time.UTC)
}

// without leaves one question of the form unanswered.
func (s formStep) without(question string) formStep {
	s.form = slices.DeleteFunc(slices.Clone(s.form), func(a said) bool { return a.question == question })
	return s
}

// with answers one question of the form otherwise.
func (s formStep) with(question, words string) formStep {
	s.form = slices.Clone(s.form)
	for i := range s.form {
		if s.form[i].question == question {
			s.form[i].words = words
		}
	}
	return s
}

func (a *adultMaker) noOutcome(s formStep) (formStep, plantedError, bool) {
	return s.without("cld_event_outcome"), plantedError{"cld", "CLD-1", "event_outcome"}, s.typeID != supportRequest
}

func (a *adultMaker) noRoute(s formStep) (formStep, plantedError, bool) {
	return s.without("cld_route_of_access"), plantedError{"cld", "CLD-1", "request_route_of_access"}, s.typeID == supportRequest
}

func (a *adultMaker) unknownOutcome(s formStep) (formStep, plantedError, bool) {
	return s.with("cld_event_outcome", "NFA - see notes"), plantedError{"cld", "CLD-2", "event_outcome"}, true
}

func (a *adultMaker) wrongCase(s formStep) (formStep, plantedError, bool) {
	return s.with("cld_event_outcome", "nfa: other"), plantedError{"cld", "CLD-2", "event_outcome"}, s.typeID == supportRequest
}

func (a *adultMaker) release1(s formStep) (formStep, plantedError, bool) {
	return s.with("cld_service_type", "Carer Support: Direct to Carer"), plantedError{"cld", "CLD-7", "service_type"}, s.typeID == carersSupport
}

func (a *adultMaker) badCost(s formStep) (formStep, plantedError, bool) {
	return s.with("cld_unit_cost", "about 20"), plantedError{"cld", "CLD-3", "unit_cost"}, s.typeID == carersSupport
}

func (a *adultMaker) noReason(s formStep) (formStep, plantedError, bool) {
	return s.without("cld_review_reason"), plantedError{"cld", "CLD-1", "review_reason"}, s.typeID == adultReview
}

// backwards ends an event before it began.
func (a *adultMaker) backwards(s formStep) (formStep, plantedError, bool) {
	s.started = s.completed.AddDate(0, 0, 2)
	return s, plantedError{"cld", "CLD-13", "event_end_date"}, s.typeID == adultReview && s.completed.Before(lastQuarterDay(a.now).AddDate(0, 0, -3))
}

// twice records one request two times.
func (a *adultMaker) twice(s formStep) (formStep, plantedError, bool) {
	if s.typeID != supportRequest {
		return s, plantedError{}, false
	}
	a.made.steps = append(a.made.steps, s)
	return s, plantedError{"cld", "CLD-11", ""}, true
}
