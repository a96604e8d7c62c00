package borough

import "slices"

// identityCards are the identities of people with an open episode, who are traced; a hundred, dealt round and round.
func identityCards() []identity {
	weights := []struct {
		identity identity
		cards    int
	}{
		{heldVerified, 51}, {heldPatientAgrees, 8}, {heldAlone, 2}, {heldPatientDiffers, 1}, {heldNotFound, 2}, {heldNotTraced, 1},
		{superseded, 3}, {mistypedTraced, 2}, {transposedTraced, 2}, {mistypedUntraced, 1}, {missingTraced, 7}, {missingLinkable, 4},
		{missingNotTraced, 1}, {missingNotFound, 3}, {missingUnasked, 1}, {missingPatientDiffers, 1}, {sentinelTraced, 1},
		{sentinelUntraced, 1}, {wrongNumber, 1}, {wrongNumberTraced, 1}, {traceDisagrees, 1}, {sendersDisagree, 1}, {sensitive, 2},
		{invalidReplaced, 1}, {invalidUnreplaced, 1},
	}
	var cards []identity
	for _, w := range weights {
		cards = append(cards, slices.Repeat([]identity{w.identity}, w.cards)...)
	}
	return cards
}

// identityStride spreads the rarer cards over the deal; it has no divisor in common with the number of cards.
const identityStride = 37

// dealIdentity chooses how the person's NHS number came to be as it is.
func (c *chunk) dealIdentity(m *member) identity {
	if m.original != nil {
		return c.doubledIdentity()
	}
	if m.isDoubled {
		return heldAlone // its double decides; see double
	}
	if m.isReserved {
		return heldAlone
	}
	if m.role == current {
		cards := c.maker.identities
		card := cards[(c.number*10+c.dealt.identity)*identityStride%len(cards)]
		c.dealt.identity++
		return card
	}
	switch draw := c.random.IntN(100); {
	case draw < 3:
		return missingLinkable
	case draw < 27:
		return missingUnasked
	case draw < 28:
		return sentinelUntraced
	case draw < 30:
		return mistypedUntraced
	case draw < 38:
		return heldPatientAgrees
	default:
		return heldAlone
	}
}

func (c *chunk) doubledIdentity() identity {
	if c.chance(50) {
		return duplicateHolds
	}
	return duplicateBlank
}

// standing is what the run must make of an identity.
func (i identity) standing() string {
	switch i {
	case heldVerified, sensitive:
		return "verified"
	case superseded, mistypedTraced, transposedTraced, missingTraced, sentinelTraced, invalidReplaced:
		return "traced"
	case heldPatientAgrees, heldNotTraced, missingLinkable, missingPatientDiffers:
		return "matched"
	case heldAlone, heldPatientDiffers, heldNotFound:
		return "held"
	case duplicateHolds, wrongNumber, wrongNumberTraced, traceDisagrees, sendersDisagree:
		return "conflict"
	default:
		return "none"
	}
}
