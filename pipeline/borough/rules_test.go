package borough

import (
	"cmp"
	"slices"
	"testing"
	"time"
)

// The rules of care, worked out here from the requests and episodes as they were made, to prove that no scenario runs
// into another by accident: every truth must be what the rules say, too.

// asked is one request as it counts for one person.
type asked struct {
	request
	isUnclear  bool
	isComplete bool // its step was completed by now: only then does it open anything
}

// judge knows one chunk.
type judge struct {
	now      time.Time
	requests map[int64][]asked
}

func newJudge(now time.Time, chunk []*life) judge {
	j := judge{now, map[int64][]asked{}}
	for _, l := range chunk {
		for _, s := range l.care.steps {
			for _, r := range s.requests {
				j.hear(s, r)
			}
		}
	}
	return j
}

// hear notes a request for those whom it is about.
func (j judge) hear(s step, r request) {
	if r.askedAt.IsZero() {
		r.askedAt = cmp.Or(s.completed, s.started)
	}
	subjects := s.subjects
	if r.subject != 0 {
		subjects = []int64{r.subject}
	}
	for _, subject := range subjects {
		if r.askedAt.After(j.now) && isRefusal(r) { // a refusal counts whatever its date says: from its step's end, else its start
			r.askedAt = cmp.Or(s.completed, s.started, j.now)
			if r.askedAt.After(j.now) {
				r.askedAt = j.now
			}
		}
		if !r.askedAt.After(j.now) {
			isComplete := s.status == "COMPLETED" && !s.completed.After(j.now)
			j.requests[subject] = append(j.requests[subject], asked{r, len(subjects) > 1, isComplete})
		}
	}
}

func isRefusal(r request) bool { return r.decision == "refused" || r.decision == "withdrawn" }

// isOwn says that the person may have decided: a refusal is their own unless the form says that somebody else decided.
func isOwn(r request) bool {
	return !slices.Contains([]string{"parental responsibility", "attorney", "deputy", "best interests"}, r.decidedBy)
}

// about are a person's requests for a dataset, oldest first.
func (j judge) about(l *life, direction, dataset string) (found []asked) {
	for _, r := range j.requests[l.personID] {
		if r.direction == direction && (len(r.datasets) == 0 || slices.Contains(r.datasets, dataset)) {
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, func(a, b asked) int { return a.askedAt.Compare(b.askedAt) })
	return found
}

func isAble(l *life, r asked) bool {
	if l.recorded.birth.IsZero() {
		return false
	}
	age := years(l.recorded.birth, r.askedAt)
	lacks := r.capacity == "lacks capacity"
	isAssessed := lacks && !r.assessedOn.IsZero() && !r.assessedOn.After(r.askedAt)
	switch r.decidedBy {
	case "self":
		return age >= 16 && !lacks
	case "gillick competent child":
		return age < 16
	case "parental responsibility":
		return age < 16 || age < 18 && lacks
	case "attorney":
		return age >= 18 && isAssessed
	case "deputy", "best interests":
		return age >= 16 && isAssessed
	}
	return false
}

// comesIn is the outcome under ask each time.
func (j judge) comesIn(l *life, dataset string) outcome {
	all := j.about(l, "in", dataset)
	if len(all) == 0 {
		return neverAsked
	}
	last := all[len(all)-1]
	for _, r := range all {
		if r.askedAt.Equal(last.askedAt) && r.decision != last.decision {
			return conflict
		}
	}
	switch last.decision {
	case "refused", "withdrawn":
		return outcome(last.decision)
	case "not sought":
		return notSought
	case "not required":
		return notRequired
	}
	switch {
	case last.isUnclear:
		return subjectUnclear
	case last.decision != "given" || !last.isComplete || last.decidedBy == "" || last.needsMet != "yes" && last.needsMet != "no":
		return incomplete
	}
	return j.given(l, all, last)
}

func (j judge) given(l *life, all []asked, last asked) outcome {
	isParent := last.decidedBy == "parental responsibility"
	lacks := last.capacity == "lacks capacity"
	turns := func(age int) bool {
		return isParent && years(l.recorded.birth, last.askedAt) < age && years(l.recorded.birth, j.now) >= age
	}
	switch {
	case !isAble(l, last):
		return notAbleToDecide
	case isParent && ownRefusalStands(all):
		return childRefused
	case last.needsMet == "no":
		return needsNotMet
	case turns(16) && !lacks:
		return turned16
	case turns(18) && lacks:
		return turned18
	case !j.now.Before(last.askedAt.Add(window)):
		return expired
	case !isCovered(l, last.askedAt, j.now):
		return episodeEnded
	}
	return granted
}

func ownRefusalStands(all []asked) (stands bool) {
	for _, r := range all {
		if isOwn(r.request) {
			stands = isRefusal(r.request) || stands && (r.decision != "given" || r.decidedBy == "")
		}
	}
	return stands
}

// isCovered says whether an episode is open at every moment after from, up to and at to.
func isCovered(l *life, from, to time.Time) bool {
	for reached := from; ; {
		next := reached
		for _, e := range l.care.episodes {
			if !e.start.After(reached) && (e.end.IsZero() || e.end.After(next)) {
				if e.end.IsZero() || e.end.After(to) {
					return true
				}
				next = e.end
			}
		}
		if next.Equal(reached) {
			return false
		}
		reached = next
	}
}

// goesOut is the outcome under objection.
func (j judge) goesOut(l *life, dataset string) outcome {
	state, lastWord, isOwnRefusal := notObjected, asked{}, false
	for _, r := range j.about(l, "out", dataset) {
		switch {
		case r.decision != "given" && r.decision != "refused" && r.decision != "withdrawn":
			continue
		case r.askedAt.Equal(lastWord.askedAt) && r.decision != lastWord.decision:
			state = conflict
		case r.decision != "given":
			state, isOwnRefusal = outcome(r.decision), isOwn(r.request)
		case isAble(l, r) && r.isComplete && r.needsMet == "yes" && !r.isUnclear && (isOwn(r.request) || !isOwnRefusal || years(l.recorded.birth, lastWord.askedAt) >= 18):
			state, isOwnRefusal = notObjected, false
		}
		lastWord = r
	}
	return state
}

func TestTruthFollowsTheRules(t *testing.T) {
	for name, o := range map[string]Options{
		"demo":      {People: 30_000, Seed: 1, AsAt: DefaultAsAt(), Errors: true},
		"leap year": {People: 3_000, Seed: 2, AsAt: time.Date(2028, 3, 1, 22, 30, 0, 0, time.UTC)},
		"summer":    {People: 3_000, Seed: 3, AsAt: time.Date(2027, 6, 30, 23, 30, 0, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			came := map[outcome]int{}
			for chunk := range o.chunks() {
				j := newJudge(o.local(), chunk)
				for _, l := range chunk {
					j.checkScope(t, l)
					j.check(t, l, l.consents.in, inDatasets(), neverAsked, j.comesIn, came)
					j.check(t, l, l.consents.out, outDatasets(), notObjected, j.goesOut, came)
				}
			}
			if name != "demo" {
				return
			}
			for _, word := range []outcome{neverAsked, conflict, refused, withdrawn, notSought, notRequired, subjectUnclear, incomplete, notAbleToDecide,
				childRefused, needsNotMet, turned16, turned18, expired, episodeEnded, granted, notObjected} {
				if came[word] < 10 {
					t.Errorf("%s occurs %d times", word, came[word])
				}
			}
		})
	}
}

func (j judge) checkScope(t *testing.T, l *life) {
	isOpen := slices.ContainsFunc(l.care.episodes, func(e episode) bool { return e.holds(j.now) })
	isDead := !l.recorded.death.IsZero()
	if l.isPerson() && (isOpen != l.isOpen || (l.scope == "open_episode") != (isOpen && !isDead) || (l.scope == "died") != isDead) {
		t.Errorf("person %d: scope %s, open %v, dead %v", l.personID, l.scope, isOpen, isDead)
	}
	if isDead && l.recorded.death.After(j.now) || l.recorded.birth.After(j.now) {
		t.Errorf("person %d: born or dead in the future", l.personID)
	}
}

func (j judge) check(t *testing.T, l *life, truth []consented, datasets []string, otherwise outcome, rules func(*life, string) outcome, came map[outcome]int) {
	for _, dataset := range datasets {
		want := otherwise
		for _, c := range truth {
			if slices.Contains(c.datasets, dataset) {
				want = c.outcome
			}
		}
		if got := rules(l, dataset); got != want {
			t.Errorf("person %d (%s): %s: truth %s, rules %s", l.personID, l.birth.Format(time.DateOnly), dataset, want, got)
		}
		if len(truth) > 0 {
			came[want]++
		}
	}
}
