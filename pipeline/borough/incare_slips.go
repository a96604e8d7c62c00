package borough

import (
	"math/rand/v2"
	"time"
)

// careSlip is one slip of recording about a child in care: the rule that must find it, and how it is made. It is not made where
// the child's care does not lend itself to it.
type careSlip struct {
	rule, field string
	plant       func(s *story, p *spell) bool
}

// slipPercent of the children whose care reaches into the year in progress have one slip, laterSlipPercent of the others one of the later;
// of unsettledPercent of these the last review's step bears a status that is not known, which alters nothing else.
const (
	slipPercent      = 30
	laterSlipPercent = 75
	unsettledPercent = 20
)

// slip plants at most one slip, and an unknown status, in the last period of care, if that reaches into the collection year in progress.
func (s *story) slip() {
	p := &s.care.spells[len(s.care.spells)-1]
	if !s.Errors || p.statuses[0].code == "V3" || !s.end(p.period).After(s.yearBegan().AddDate(0, 0, 1)) {
		return
	}
	if s.chance(slipPercent) && s.plantOne(careSlips(), p) {
		return
	}
	s.random = rand.New(rand.NewPCG(s.Seed^0xd06, uint64(s.personID))) // these came later, and nobody's story hangs on them
	if s.chance(laterSlipPercent) && !s.plantOne(rareSlips(), p) {
		s.plantOne(libertySlips(), p)
	}
	if s.chance(unsettledPercent) {
		s.plantOne([]careSlip{{"no-status", "step_status", onReview(func(one *review) { one.isUnsettled = true })}}, p)
	}
}

// plantOne plants the first of the slips that the child's care lends itself to, from one by chance on.
func (s *story) plantOne(all []careSlip, p *spell) bool {
	for i, first := 0, s.random.IntN(len(all)); i < len(all); i++ {
		if one := all[(first+i)%len(all)]; one.plant(s, p) {
			s.care.planted = append(s.care.planted, plantedError{"903", one.rule, one.field})
			return true
		}
	}
	return false
}

// yearBegan is the first day of the collection year in progress.
func (s *story) yearBegan() time.Time {
	year := s.today.Year()
	if s.today.Month() < time.April {
		year--
	}
	return time.Date(year, time.April, 1, 0, 0, 0, 0, time.UTC)
}

func careSlips() []careSlip {
	return []careSlip{
		{"442", "UPN", func(s *story, _ *spell) bool { return s.misnumber(" ") }},
		{"168", "UPN", func(s *story, _ *spell) bool { return s.misnumber("A12345") }},
		{"145", "CIN", func(_ *story, p *spell) bool { p.placements[0].need = "N9"; return true }},
		{"146", "PLACE", onFostering(func(one *placement) { one.kind = "H5" })},
		{"218", "URN", onFostering(func(one *placement) { one.urn = "" })},
		{"526", "PLACE_PROVIDER", onFostering(func(one *placement) { one.provider = "" })},
		{"550", "PLACE_PROVIDER", onFostering(func(one *placement) { one.provider = "PR0" })},
		{"225", "REASON_PLACE_CHANGE", unreasoned},
		{"148", "REC", func(_ *story, p *spell) bool { return ceasedAs(p, "") }},
		{"149", "REC", func(_ *story, p *spell) bool { return ceasedAs(p, "E99") }},
		{"167", "REVIEW_CODE", onReview(func(one *review) { one.code = "" })},
		{"186", "SDQ_SCORE", func(s *story, p *spell) bool { return s.questionnaire(p, -1) }},
		{"180", "SDQ_SCORE", func(s *story, p *spell) bool { return s.questionnaire(p, 45) }},
		{"378", "PLACE", parentsByAgreement},
		{"565", "MISSING", unnamedAbsence},
		{"630", "PREV_PERM", unasked},
		{"392c", "HOME_POST", func(s *story, _ *spell) bool {
			s.care.inCare.homePost = "ZZ99 9ZZ"
			return s.care.inCare.unaccompanied.IsZero()
		}},
		{"362", "DEC", overlongOrder},
		{"553", "DATE_PLACED", undecided},
		{"702", "DOLO_END", backwardsOrder},
	}
}

func (s *story) misnumber(upn string) bool {
	if s.care.inCare.upn == "" {
		return false
	}
	s.care.inCare.upn = upn
	return true
}

// onFostering spoils the last placement, where it is fostering and not there before.
func onFostering(spoil func(*placement)) func(*story, *spell) bool {
	return func(_ *story, p *spell) bool {
		last := p.last()
		if last.kind[0] != 'U' || len(p.placements) > 1 && p.placements[len(p.placements)-2].kind[0] == 'T' || last.reasonCeased == "E45" || last.reasonCeased == "E46" {
			return false
		}
		spoil(last)
		return true
	}
}

func unreasoned(s *story, p *spell) bool {
	for i := range p.placements {
		if one := &p.placements[i]; one.reasonChanged != "" && one.end.After(s.yearBegan()) {
			one.reasonChanged = ""
			return true
		}
	}
	return false
}

func ceasedAs(p *spell, reason string) bool {
	last := p.last()
	if p.end.IsZero() || last.kind[0] == 'A' {
		return false
	}
	last.reasonCeased = reason
	return true
}

// onReview spoils the last review, where it was held in the year in progress.
func onReview(spoil func(*review)) func(*story, *spell) bool {
	return func(s *story, _ *spell) bool {
		reviews := s.care.inCare.reviews
		if len(reviews) == 0 || reviews[len(reviews)-1].at.Before(s.yearBegan()) || reviews[len(reviews)-1].at.After(s.now) {
			return false
		}
		spoil(&reviews[len(reviews)-1])
		return true
	}
}

func (s *story) questionnaire(p *spell, score int) bool {
	years := s.care.inCare.health
	begins, ends := s.yearBegan(), s.yearBegan().AddDate(1, 0, -1)
	if len(years) == 0 || !p.end.IsZero() || p.start.After(begins) || s.birthday(4).After(begins) || !s.birthday(17).After(ends) {
		return false
	}
	last := &years[len(years)-1]
	if last.at.Before(begins) {
		return false
	}
	last.score, last.reason = score, ""
	return true
}

func parentsByAgreement(s *story, p *spell) bool {
	return p.statuses[len(p.statuses)-1].code == "V2" && onFostering(func(one *placement) { one.kind = "P1" })(s, p)
}

func unnamedAbsence(s *story, _ *spell) bool {
	absences := s.care.inCare.absences
	if len(absences) == 0 || absences[len(absences)-1].end.Before(s.yearBegan()) {
		return false
	}
	absences[len(absences)-1].kind = ""
	return true
}

func unasked(s *story, p *spell) bool {
	forms := s.care.inCare.admissions
	if p.start.Before(s.yearBegan()) {
		return false
	}
	forms[len(forms)-1] = admission{at: forms[len(forms)-1].at}
	return true
}

func overlongOrder(s *story, p *spell) bool {
	first := &p.statuses[0]
	if s.end(first.period).Sub(first.start).Hours() < 24*26 || s.end(first.period).Before(s.yearBegan()) || first.code == "E1" || p.placements[0].kind == "P1" {
		return false
	}
	if len(p.statuses) > 1 && s.care.inCare.plan != nil {
		return false
	}
	first.code = "L2"
	return true
}

func undecided(s *story, p *spell) bool {
	if s.care.inCare.plan == nil || !p.end.IsZero() || p.statuses[len(p.statuses)-1].code != "E1" {
		return false
	}
	s.care.inCare.plan = nil
	return true
}

func backwardsOrder(s *story, _ *spell) bool {
	orders := s.care.inCare.liberty
	if len(orders) == 0 || orders[0].start.Before(s.yearBegan()) {
		return false
	}
	orders[0].end = orders[0].start.AddDate(0, 0, -3)
	return true
}
