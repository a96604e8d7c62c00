package borough

import "time"

// towardsAdoption tells a care that was to end in adoption: a foster placement under an interim order, a placement order, then
// the adopters; some are adopted by their foster carers, some decisions are taken back where care goes on. Care that has ended, ended in adoption.
func (s *story) towardsAdoption(p *spell) {
	first := s.someone("fostering", 0)
	s.add(p, "U6", first, p.start)
	order := midnight(p.start).AddDate(0, 0, s.between(90, 150))
	p.statuses = []legalStatus{{period{p.start, order}, "C1"}, {period{order, p.end}, "E1"}}
	plan := &adoptionPlan{decided: order.AddDate(0, 0, -s.between(5, 30))}
	s.care.inCare.plan = plan
	if p.end.IsZero() && s.chance(35) {
		s.takenBack(p, plan, order)
		return
	}
	plan.matched = order.AddDate(0, 0, s.between(60, 100))
	placed := plan.matched.AddDate(0, 0, s.between(7, 30))
	p.placements[0].end = placed
	plan.byCarer, plan.adopters = "no", s.pick("1", "2", "2")
	if s.chance(30) {
		plan.byCarer = "yes"
		s.add(p, "A5", first, placed)
	} else {
		s.add(p, "A6", s.someone("fostering", first.id), placed)
	}
	switch {
	case plan.adopters == "1":
		plan.sexes, plan.marriage = s.pick("M1", "F1"), "L0"
	case s.chance(20):
		plan.sexes, plan.marriage = s.pick("MM", "FF"), s.pick("L12", "L4")
	default:
		plan.sexes, plan.marriage = "MF", s.pick("L11", "L11", "L3")
	}
}

// takenBack ends the decision, and with it the placement order.
func (s *story) takenBack(p *spell, plan *adoptionPlan, order time.Time) {
	plan.ceased = order.AddDate(0, 0, s.between(40, 120))
	plan.reason = s.pick("RD1", "RD2", "RD3", "RD4")
	p.statuses[1].end = plan.ceased
	p.statuses = append(p.statuses, legalStatus{period{plan.ceased, p.end}, "C2"})
}
