package borough

import "testing"

// Each list of a spell runs from its start to its end without gap or overlap, and so do the pieces that they are cut into.
func TestSpellsAreWhole(t *testing.T) {
	spells := 0
	for chunk := range (Options{People: 20_000, Seed: 4, AsAt: DefaultAsAt()}).chunks() {
		for _, l := range chunk {
			for _, s := range l.care.spells {
				spells++
				var placements, statuses, pieces []period
				for _, p := range s.placements {
					placements = append(placements, p.period)
				}
				for _, status := range s.statuses {
					statuses = append(statuses, status.period)
				}
				for _, p := range s.pieces() {
					pieces = append(pieces, p.period)
				}
				if !isWhole(s.period, placements) || !isWhole(s.period, statuses) || !isWhole(s.period, pieces) || len(pieces) > len(placements)+len(statuses)-1 {
					t.Errorf("person %d: a spell of %d placements, %d statuses and %d pieces is not whole", l.personID, len(placements), len(statuses), len(pieces))
				}
			}
		}
	}
	if spells < 100 {
		t.Errorf("only %d spells", spells)
	}
}

func isWhole(all period, parts []period) bool {
	reached := all.start
	for _, p := range parts {
		if !p.start.Equal(reached) || !p.end.IsZero() && !p.end.After(p.start) {
			return false
		}
		reached = p.end
	}
	return reached.Equal(all.end)
}
