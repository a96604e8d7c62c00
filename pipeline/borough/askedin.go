package borough

import "time"

// scenario is one way to come to an outcome, for the datasets that come in. make returns the outcome, or "" where the
// scenario cannot be had for this person.
type scenario func(*hand) outcome

// deck is dealt round and round, so that a small borough has of everything too.
type deck []scenario

// decks are the scenarios of each age, and those that anybody may have once no episode is open.
type decks struct{ adult, teenager, child, closed, out deck }

func newDecks() decks {
	selfGives := gives("self", "has capacity", granted)
	selfUnassessed := gives("self", "not assessed", granted)
	attorneyGives := gives("attorney", "lacks capacity", granted)
	deputyGives := gives("deputy", "lacks capacity", granted)
	bestInterests := gives("best interests", "lacks capacity", granted)
	parentOfLacking := gives("parental responsibility", "lacks capacity", granted)
	parentGives := gives("parental responsibility", "not assessed", granted)
	gillickGives := gives("gillick competent child", "has capacity", granted)
	neighbourGives := gives("neighbour", "has capacity", notAbleToDecide)
	selfLacks := gives("self", "lacks capacity", notAbleToDecide)
	attorneyGivesYoung := gives("attorney", "lacks capacity", notAbleToDecide)
	parentOfAdult := gives("parental responsibility", "has capacity", notAbleToDecide)
	gillickAdult := gives("gillick competent child", "has capacity", notAbleToDecide)
	selfGivesYoung := gives("self", "has capacity", notAbleToDecide)
	interestsWithCapacity := gives("best interests", "has capacity", notAbleToDecide)
	anyone := deck{refusedNow, withdrawnNow, notSoughtNow, notRequiredNow, wordless, deciderless, needsless, mumbled, needsMumbled,
		neighbourGives, expiredLately, expiredToTheSecond, conflictRefused, conflictWithdrawn, conflictNotSought,
		askedInFuture, needsUnmet, unclear, endedLately, endedForNow}
	return decks{
		adult: append(deck{selfGives, selfGives, attorneyGives, selfGives, selfUnassessed, deputyGives, selfGives, bestInterests, selfGives,
			givenAfterRefusal, askedByStep, askedByStart, toTheSecond, handedOver, refusalInFuture, refusedAfterGiven, selfGives,
			refusedByNeighbour, selfLacks, attorneyTooEarly, attorneyUndated, parentOfAdult, gillickAdult, interestsWithCapacity, birthUnknown, selfGives}, anyone...),
		teenager: append(deck{selfGives, parentOfLacking, selfGives, parentOfAdult, gillickAdult, attorneyGivesYoung, bestInterests, turnedEighteen, selfGives}, anyone...),
		child: append(deck{parentGives, parentGives, gillickGives, selfGivesYoung, childRefuses, parentGives, childWithdraws, childRelents,
			refusalOutlived, refusedByParent, turnedSixteen, turnedSixteenLacking, siblingsNamed, turnedEighteen, parentGives, attorneyGivesYoung}, anyone...),
		closed: deck{refusedNow, withdrawnNow, expiredLately, notSoughtNow, needsUnmet, wordless, conflictRefused, expiredLately},
		out:    deck{outRefused, outRefused, outGiven, outWithdrawn, outRelented, outNotRelented, conflictRefused, outNotSought, outTwice, outFuture},
	}
}

// gives is one asking within the window that is answered with consent; who gave it, and how able, decides what it comes to.
func gives(by, capacity string, comes outcome) scenario {
	return func(h *hand) outcome {
		h.given(h.recent, by, capacity)
		return comes
	}
}

// decider is who decides for the person as a rule, and with which capacity.
func (h *hand) decider() (by, capacity string) {
	if h.m.ageGroup(h.c) == child {
		return "parental responsibility", "not assessed"
	}
	return "self", "has capacity"
}

func (h *hand) usual(at time.Time, decision string) *filled {
	by, capacity := h.decider()
	return h.asks(at, decision, by, capacity)
}

func givenAfterRefusal(h *hand) outcome {
	h.usual(h.old, "refused")
	h.usual(h.recent, "given")
	return granted
}

// askedByStep: the form does not say when, so the step's end does.
func askedByStep(h *hand) outcome {
	r := h.usual(h.recent, "given")
	r.askedAt = time.Time{}
	r.step.status, r.step.started, r.step.completed = "COMPLETED", h.older, h.recent
	return granted
}

// askedByStart: neither the form nor an end says when, so the step's start does; but a step that is not complete opens nothing.
func askedByStart(h *hand) outcome {
	r := h.usual(h.recent, "given")
	r.askedAt = time.Time{}
	r.step.status, r.step.started, r.step.completed = "STARTED", h.recent, time.Time{}
	return incomplete
}

func toTheSecond(h *hand) outcome {
	h.usual(h.c.maker.now.Add(time.Second-window), "given")
	return granted
}

// refusalInFuture: a refusal counts whatever its date says.
func refusalInFuture(h *hand) outcome {
	h.usual(h.recent, "given")
	h.usual(h.c.maker.now.Add(30*time.Hour), "refused")
	return refused
}

func refusedNow(h *hand) outcome { h.usual(h.recent, "refused"); return refused }

func refusedAfterGiven(h *hand) outcome {
	h.usual(h.recent, "given")
	h.usual(h.lately, "refused")
	return refused
}

func refusedByNeighbour(h *hand) outcome {
	h.asks(h.old, "refused", "neighbour", "has capacity")
	return refused
}

func withdrawnNow(h *hand) outcome {
	h.usual(h.recent, "given")
	h.usual(h.lately, "withdrawn")
	return withdrawn
}

func notSoughtNow(h *hand) outcome   { h.usual(h.recent, "not sought"); return notSought }
func notRequiredNow(h *hand) outcome { h.usual(h.recent, "not required"); return notRequired }

// unclear: several people, and the answers name none of them.
func unclear(h *hand) outcome {
	r := h.usual(h.recent, "given")
	other := h.among(r)
	if other == nil {
		return ""
	}
	r.subject = 0
	other.hasIn = true
	other.consents.in = append(other.consents.in, consented{h.datasets, subjectUnclear})
	return subjectUnclear
}

func wordless(h *hand) outcome     { h.usual(h.recent, ""); return incomplete }
func mumbled(h *hand) outcome      { h.usual(h.recent, "maybe next week"); return incomplete }
func deciderless(h *hand) outcome  { h.usual(h.recent, "given").decidedBy = ""; return incomplete }
func needsless(h *hand) outcome    { h.usual(h.recent, "given").needsMet = ""; return incomplete }
func needsMumbled(h *hand) outcome { h.usual(h.recent, "given").needsMet = "partly"; return incomplete }
func needsUnmet(h *hand) outcome   { h.usual(h.recent, "given").needsMet = "no"; return needsNotMet }

func attorneyTooEarly(h *hand) outcome {
	h.given(h.recent, "attorney", "lacks capacity").assessedOn = midnight(h.recent).AddDate(0, 0, 1)
	return notAbleToDecide
}
func attorneyUndated(h *hand) outcome {
	h.given(h.recent, "attorney", "lacks capacity").assessedOn = time.Time{}
	return notAbleToDecide
}

// birthUnknown: a person whose birth date is blank cannot be shown to be of age.
func birthUnknown(h *hand) outcome {
	if h.m.isDouble() || h.m.hasIn {
		return ""
	}
	h.m.recorded.slip, h.m.isRemade = blankBirth, true
	h.given(h.recent, "self", "has capacity")
	return notAbleToDecide
}

func expiredLately(h *hand) outcome { h.usual(h.old, "given"); return expired }
func expiredToTheSecond(h *hand) outcome {
	h.usual(h.c.maker.now.Add(-window), "given")
	return expired
}

func conflictRefused(h *hand) outcome {
	h.usual(h.recent, "given")
	h.usual(h.recent, "refused")
	return conflict
}
func conflictWithdrawn(h *hand) outcome {
	h.usual(h.recent, "refused")
	h.usual(h.recent, "withdrawn")
	return conflict
}
func conflictNotSought(h *hand) outcome {
	h.usual(h.recent, "not sought")
	h.usual(h.recent, "given")
	return conflict
}

func askedInFuture(h *hand) outcome {
	h.usual(h.c.maker.now.Add(26*time.Hour), "given")
	return neverAsked
}

// endedLately: the last open episode ended after the answer, and none has begun since.
func endedLately(h *hand) outcome {
	if !h.isAlone() {
		return ""
	}
	h.restart(h.lately, time.Time{})
	h.usual(h.recent, "given")
	return episodeEnded
}

// endedForNow: an episode ended after the answer; one that began an hour later does not revive it.
func endedForNow(h *hand) outcome {
	if !h.isAlone() {
		return ""
	}
	h.restart(h.lately.Add(-time.Hour), h.lately)
	h.usual(h.recent, "given")
	return episodeEnded
}

// handedOver: one episode ended in the instant in which the next began.
func handedOver(h *hand) outcome {
	if !h.isAlone() {
		return ""
	}
	h.restart(h.lately, h.lately)
	h.usual(h.recent, "given")
	return granted
}
