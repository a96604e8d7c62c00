package borough

import (
	"math/rand/v2"
	"slices"
	"time"
)

// The demo council's workflow step types for adults' requests, reviews and unpaid carers' support. No published table of the
// case store holds adult services, so they are steps and form answers of the council's own making.
const (
	supportRequest = 801
	adultReview    = 802
	carersSupport  = 803
	carersTalk     = 804 // a carer's assessment that opens no episode of care
)

// adultCare is what the forms of adult social care say of a person: on the steps that the life has anyway, and on steps of
// their own. It is drawn from a stream of the person's own, so that no other truth moves with it.
type adultCare struct {
	forms   map[int][]said // on the life's steps, by their place among them
	steps   []formStep
	carers  []carer
	planted []plantedError
}

// said is one answer of a form: words or a day.
type said struct {
	question string
	row      int
	words    string
	day      time.Time
}

// formStep is a step with the answers of its form.
type formStep struct {
	step
	form []said
}

// carer is an unpaid carer of somebody.
type carer struct{ of, by int64 }

// plantedError is a slip of recording that a return must find.
type plantedError struct{ ret, rule, field string }

// recentMonths: what ended longer ago has left no form behind.
const recentMonths = 24

// adultMaker makes one person's adultCare.
type adultMaker struct {
	*life
	dice
	now     time.Time
	adultAt time.Time // the eighteenth birthday, as recorded
	made    adultCare
}

// adultCare is the same however often it is asked for.
func (l *life) adultCare(o Options) adultCare {
	if !l.isPerson() || l.isUnreadable || years(l.birth, o.local()) < 18 {
		return adultCare{}
	}
	birth := l.recorded.birth
	if birth.IsZero() {
		birth = l.birth
	}
	a := &adultMaker{life: l, now: o.local(), adultAt: birth.AddDate(18, 0, 0), made: adultCare{forms: map[int][]said{}},
		dice: dice{rand.New(rand.NewPCG(o.Seed^0xc1d, uint64(l.personID)))}}
	var first time.Time
	for i, s := range l.care.steps {
		if began := a.existing(i, s); !began.IsZero() && (first.IsZero() || began.Before(first)) {
			first = began
		}
	}
	a.request(first)
	if first.IsZero() {
		a.cares()
	}
	if o.Errors {
		a.plant(o)
	}
	return a.made
}

// existing fills in the form of a step of the life and says when the person's care began, or nothing where the step is none of
// adult social care's.
func (a *adultMaker) existing(i int, s step) (began time.Time) {
	end := s.completed
	if s.started.IsZero() || s.started.After(a.now) || s.status == "CANCELLED" || s.status == "COMPLETED" && end.IsZero() {
		return time.Time{}
	}
	began = later(s.started, a.adultAt)
	if !end.IsZero() && (end.Before(began) || end.Before(a.now.AddDate(0, -recentMonths, 0))) || a.isDeadBy(began) {
		return time.Time{}
	}
	switch s.typeID {
	case careActAssessment:
		a.made.forms[i] = a.assessment()
	case carersAssessment:
		a.made.forms[i] = a.carersAssessment()
		a.caresFor()
		a.supported(began)
	case carePackage, reablement, occupationalTherapy:
		a.made.forms[i] = a.services(s, began, end)
		a.reviewed(s, began, end)
		a.caredFor()
	default:
		return time.Time{}
	}
	return began
}

func (a *adultMaker) isDeadBy(at time.Time) bool {
	return !a.recorded.death.IsZero() && !at.Before(a.recorded.death)
}

// own adds a finished step of its own; nothing where it would lie before the person came of age, after death or after now.
func (a *adultMaker) own(typeID int64, started, completed time.Time, form []said) {
	if started.Before(a.adultAt) || completed.After(a.now) || a.isDeadBy(completed) {
		return
	}
	a.made.steps = append(a.made.steps, formStep{step{typeID: typeID, status: "COMPLETED", incoming: started.Add(-time.Hour),
		started: started, completed: completed, subjects: []int64{a.personID}}, form})
}

// request adds the request that care began with, which says what is known of the person, and for some a later one that came to
// nothing. Of those without care a few ask for it.
func (a *adultMaker) request(first time.Time) {
	if !first.IsZero() {
		asked := first.AddDate(0, 0, -a.between(1, 30))
		if asked.Before(a.adultAt) {
			asked = first
		}
		a.own(supportRequest, asked, later(asked, asked.AddDate(0, 0, a.between(0, 5))), a.requestForm(a.pick("Progress to assessment, review or reassessment",
			"Progress to support planning or services", "Progress to reablement/ST-Max"), true))
	}
	if !first.IsZero() && a.chance(30) || first.IsZero() && a.chance(4) {
		asked := a.now.AddDate(0, 0, -a.between(35, 500))
		a.own(supportRequest, asked, asked.AddDate(0, 0, a.between(0, 14)), a.requestForm(a.pick("NFA: Information and advice or signposting",
			"NFA: Support declined", "NFA: Referral to other service within the local authority", "NFA: Other"), first.IsZero()))
	}
}

// reviewed adds the yearly reviews of a package of care, of the last two years.
func (a *adultMaker) reviewed(s step, began, end time.Time) {
	if s.typeID != carePackage {
		return
	}
	for at := began.AddDate(1, 0, a.between(-20, 40)); at.Before(a.now); at = at.AddDate(1, 0, a.between(-20, 40)) {
		if !end.IsZero() && at.After(end) {
			return
		}
		if at.After(a.now.AddDate(0, -recentMonths, 0)) && a.chance(80) {
			a.own(adultReview, at, at.AddDate(0, 0, a.between(1, 20)), a.review())
		}
	}
}

// supported gives some carers a service.
func (a *adultMaker) supported(began time.Time) {
	started := began.AddDate(0, 0, a.between(10, 40))
	if !a.chance(50) || started.After(a.now) || a.isDeadBy(started) {
		return
	}
	a.made.steps = append(a.made.steps, formStep{step{typeID: carersSupport, status: "STARTED", incoming: started.Add(-time.Hour), started: started,
		subjects: []int64{a.personID}}, a.carersService(started)})
}

// cares makes some of those without care of their own unpaid carers of somebody at home who has a package of care.
func (a *adultMaker) cares() {
	for _, r := range a.care.relatives {
		isInCare := slices.ContainsFunc(r.care.steps, func(s step) bool { return s.typeID == carePackage && s.status == "STARTED" })
		if !isInCare || !a.isCarer(r) || !a.chance(25) {
			continue
		}
		asked := a.now.AddDate(0, 0, -a.between(60, 420))
		a.own(carersTalk, asked, asked.AddDate(0, 0, a.between(1, 20)), a.carersAssessment())
		if len(a.made.steps) > 0 {
			a.made.carers = []carer{{of: r.personID, by: a.personID}}
			a.supported(asked)
		}
		return
	}
}

// caresFor writes down for whom of the household a carer cares; caredFor who of it cares for somebody in care.
func (a *adultMaker) caresFor() {
	for _, r := range a.care.relatives {
		if a.isCarer(r) && len(a.made.carers) < 3 {
			a.made.carers = append(a.made.carers, carer{of: r.personID, by: a.personID})
		}
	}
}

func (a *adultMaker) caredFor() {
	for _, r := range a.care.relatives {
		if a.isCarer(r) && len(a.made.carers) == 0 && a.chance(20) {
			a.made.carers = append(a.made.carers, carer{of: a.personID, by: r.personID})
		}
	}
}

// isCarer says whether a relative can be one side of caring: grown up, alive and with a record that can be read.
func (a *adultMaker) isCarer(r relative) bool {
	return r.isPerson() && !r.isUnreadable && r.death.IsZero() && years(r.birth, a.now) >= 28
}
