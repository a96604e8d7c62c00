package borough

// The scenarios of children and young people, and of those who decide for them.

func refusedByParent(h *hand) outcome {
	h.given(h.recent, "gillick competent child", "has capacity")
	h.asks(h.lately, "refused", "parental responsibility", "not assessed")
	return refused
}

// siblingsNamed: one step about two children, with a set of answers for each.
func siblingsNamed(h *hand) outcome {
	r := h.given(h.recent, "parental responsibility", "not assessed")
	other := h.among(r)
	if other == nil || other.ageGroup(h.c) != child {
		return ""
	}
	r.subject = h.m.personID
	theirs := r.request
	theirs.subject, theirs.decision = other.personID, "refused"
	r.step.requests = append(r.step.requests, theirs)
	other.hasIn = true
	other.consents.in = append(other.consents.in, consented{h.datasets, refused})
	return granted
}

func childRefuses(h *hand) outcome {
	h.asks(h.old, "refused", "gillick competent child", "has capacity")
	h.given(h.recent, "parental responsibility", "not assessed")
	return childRefused
}

func childWithdraws(h *hand) outcome {
	h.given(h.older, "gillick competent child", "has capacity")
	h.asks(h.old, "withdrawn", "gillick competent child", "has capacity")
	h.given(h.recent, "parental responsibility", "not assessed")
	return childRefused
}

func childRelents(h *hand) outcome {
	h.asks(h.old, "refused", "gillick competent child", "has capacity")
	h.given(h.recent, "gillick competent child", "has capacity")
	return granted
}

// refusalOutlived: the child gave consent after the refusal, so the parent's later answer is not against the child's.
func refusalOutlived(h *hand) outcome {
	h.asks(h.older, "refused", "gillick competent child", "has capacity")
	h.given(h.old, "gillick competent child", "has capacity")
	h.given(h.recent, "parental responsibility", "not assessed")
	return granted
}

func turnedSixteen(h *hand) outcome {
	at, ok := h.birthday(16)
	if !ok {
		return ""
	}
	h.given(at, "parental responsibility", "not assessed")
	return turned16
}

// turnedSixteenLacking: the parent's answer outlives the birthday of a child who lacks capacity.
func turnedSixteenLacking(h *hand) outcome {
	at, ok := h.birthday(16)
	if !ok {
		return ""
	}
	h.given(at, "parental responsibility", "lacks capacity")
	return granted
}

func turnedEighteen(h *hand) outcome {
	at, ok := h.birthday(18)
	if !ok {
		return ""
	}
	h.given(at, "parental responsibility", "lacks capacity")
	return turned18
}
