package borough

import "time"

// The scenarios of objection, for the datasets that go out: a refusal or a withdrawal stands, whoever spoke it and
// however long ago, until somebody who may decide gives consent.

func outRefused(h *hand) outcome { h.usual(h.older, "refused"); return refused }
func outGiven(h *hand) outcome   { h.usual(h.recent, "given"); return notObjected }

func outWithdrawn(h *hand) outcome {
	h.usual(h.older, "refused")
	h.usual(h.old, "withdrawn")
	return withdrawn
}

// outRelented: nobody can tell that the first answer was not a child's own, and a parent lifts no child's refusal.
func outRelented(h *hand) outcome {
	h.asks(h.older, "refused", "neighbour", "has capacity")
	h.usual(h.recent, "given")
	if h.m.ageGroup(h.c) == child {
		return refused
	}
	return notObjected
}

// outNotRelented: the later consent came from somebody who may not decide.
func outNotRelented(h *hand) outcome {
	h.usual(h.older, "refused")
	h.given(h.recent, "neighbour", "has capacity")
	return refused
}

func outNotSought(h *hand) outcome {
	h.usual(h.older, "refused")
	h.usual(h.recent, "not sought")
	return refused
}

func outTwice(h *hand) outcome {
	h.usual(h.older, "refused")
	h.usual(h.old, "given")
	h.usual(h.recent, "withdrawn")
	return withdrawn
}

// outFuture: a refusal counts whatever its date says.
func outFuture(h *hand) outcome {
	h.usual(h.c.maker.now.Add(50*time.Hour), "refused")
	return refused
}
