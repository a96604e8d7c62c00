package borough

import "time"

// request is one asking for consent, with its answer, as a form of a workflow step holds it. Empty is not answered.
type request struct {
	askedAt    time.Time // zero: the form does not say, the step's own dates do
	direction  string    // in or out
	datasets   []string  // none: all
	decision   string    // given, refused, withdrawn, not sought, not required, or anything else
	decidedBy  string    // self, gillick competent child, parental responsibility, attorney, deputy, best interests, or anybody else
	capacity   string    // has capacity, lacks capacity, not assessed
	assessedOn time.Time
	needsMet   string // yes or no
	subject    int64  // whom the answers name; 0: nobody
}

// inDatasets are those that are asked for each time; outDatasets those that may be objected to.
func inDatasets() []string {
	return []string{"allergies", "diagnoses", "immunisations", "medications", "visits"}
}

func outDatasets() []string {
	return []string{"accessible_information", "advocates_and_next_of_kin", "allocated_teams", "allocated_workers", "case_status"}
}

// outcome is what a person's requests for a dataset come to. The words are the run's.
type outcome string

const (
	neverAsked      outcome = "never_asked"
	conflict        outcome = "conflict"
	refused         outcome = "refused"
	withdrawn       outcome = "withdrawn"
	notSought       outcome = "not_sought"
	notRequired     outcome = "not_required"
	subjectUnclear  outcome = "subject_unclear"
	incomplete      outcome = "incomplete"
	notAbleToDecide outcome = "not_able_to_decide"
	childRefused    outcome = "child_refused"
	needsNotMet     outcome = "needs_not_met"
	turned16        outcome = "turned_16"
	turned18        outcome = "turned_18"
	expired         outcome = "expired"
	episodeEnded    outcome = "episode_ended"
	granted         outcome = "granted"
	notObjected     outcome = "not_objected"
)

// consented is a truth: what a person's requests for some datasets come to.
type consented struct {
	datasets []string
	outcome  outcome
}

// window is for how long a given request opens the health record: the demo's seven days.
const window = 7 * 24 * time.Hour

// hand is one asking being made up: about whom, at which times, for which datasets.
type hand struct {
	c         *chunk
	m         *member
	direction string
	datasets  []string  // the thread's; no two threads of a person and direction share one
	isAll     bool      // the forms say "all"
	recent    time.Time // a moment within the window
	lately    time.Time // between recent and as-at
	old       time.Time // before the window, within two months
	older     time.Time // before old
	requests  []filled
}

// filled is a request with the step that holds it.
type filled struct {
	request
	step step
}

func (c *chunk) hand(m *member, direction string, datasets []string, isAll bool) *hand {
	now := c.maker.now
	minutes := func(low, high int) time.Time { return now.Add(-time.Duration(c.between(low, high)) * time.Minute) }
	const hour, day = 60, 24 * 60
	return &hand{c: c, m: m, direction: direction, datasets: datasets, isAll: isAll,
		lately: minutes(1, 20*hour), recent: minutes(21*hour, 7*day-hour), old: minutes(8*day, 30*day), older: minutes(31*day, 59*day)}
}

// asks adds a request with the usual answers and hands it back to be changed.
func (h *hand) asks(at time.Time, decision, by, capacity string) *filled {
	r := request{askedAt: at, direction: h.direction, datasets: h.datasets, decision: decision, decidedBy: by, capacity: capacity, needsMet: "yes"}
	if h.isAll {
		r.datasets = nil
	}
	if capacity == "lacks capacity" {
		r.assessedOn = midnight(at).AddDate(0, 0, -h.c.between(0, 20))
	}
	if h.c.chance(50) {
		r.subject = h.m.personID
	}
	s := step{typeID: consentRequest, status: "COMPLETED", incoming: at.Add(-48 * time.Hour), started: at.Add(-time.Hour),
		completed: at.Add(time.Duration(h.c.between(1, 600)) * time.Minute), subjects: []int64{h.m.personID}}
	if now := h.c.maker.now; !at.After(now) && s.completed.After(now) {
		s.completed = now
	}
	if h.c.chance(10) && decision != "given" { // consent opens only from a step that is complete
		s.status, s.completed = "STARTED", time.Time{}
	}
	h.requests = append(h.requests, filled{r, s})
	return &h.requests[len(h.requests)-1]
}

func (h *hand) given(at time.Time, by, capacity string) *filled {
	return h.asks(at, "given", by, capacity)
}

// done writes the requests down: with the person, as steps.
func (h *hand) done() {
	for _, r := range h.requests {
		if h.c.chance(12) {
			h.beside(&r)
		}
		r.step.requests = append(r.step.requests, r.request)
		h.m.life.care.steps = append(h.m.life.care.steps, r.step)
	}
}

// beside makes another member of the household a subject of the step, of whom the answers say nothing.
func (h *hand) beside(r *filled) {
	if r.decision == "" || len(r.step.subjects) > 1 { // a step that decides nothing would be about both
		return
	}
	for _, other := range h.m.house.all {
		if other != h.m {
			r.subject, r.step.subjects = h.m.personID, append(r.step.subjects, other.personID)
			return
		}
	}
}

// among makes another member of the household a subject of the step as well; nil when there is none to be had.
func (h *hand) among(r *filled) *member {
	for _, other := range h.m.house.all {
		if other == h.m || other.original != nil || h.m.original != nil || other.hasIn || other.isReserved {
			continue
		}
		r.step.subjects = append(r.step.subjects, other.personID)
		return other
	}
	return nil
}
