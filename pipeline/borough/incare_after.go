package borough

import "time"

// shortBreaks gives children with that service a few short stays, each a period of care of its own.
func (s *story) shortBreaks() {
	var service period
	for _, st := range s.care.steps {
		if st.typeID == shortBreaks && st.status == "STARTED" {
			service = period{start: st.started}
		}
	}
	if service.start.IsZero() || len(s.care.spells) > 0 || s.age(service.start) < 5 || s.age(s.today) > 16 || s.now.Sub(service.start).Hours() < 24*120 {
		return
	}
	s.care.inCare.isNoted = true
	with := s.someone("residential", 0)
	for after := 20; after < 260 && after < int(s.now.Sub(service.start).Hours()/24)-20; after += s.between(40, 90) {
		from := midnight(service.start).AddDate(0, 0, after).Add(9 * time.Hour)
		p := period{from, midnight(from).AddDate(0, 0, s.between(2, 9)).Add(17 * time.Hour)}
		s.care.spells = append(s.care.spells, spell{period: p,
			placements: []placement{{period: p, kind: "R1", need: "N2", carer: with.id, provider: with.provider, reasonCeased: "E8"}},
			statuses:   []legalStatus{{p, "V3"}}})
		s.admission(from)
	}
}

// afterwards tells how care leavers were found to live around each birthday from the 17th to the 21st.
func (s *story) afterwards() {
	var left time.Time
	for _, p := range s.care.spells {
		if p.end.IsZero() || p.statuses[0].code == "V3" {
			return
		}
		left = later(left, p.end)
	}
	for age := 17; age <= 21; age++ {
		at := s.birthday(age).AddDate(0, 0, s.between(-20, 20))
		if s.birthday(age).Before(midnight(left)) || s.birthday(age).After(s.today) {
			continue
		}
		if at.After(s.now) {
			at = s.birthday(age)
		}
		found := situation{at, "YES", s.pick("F1", "F2", "F4", "P2", "G4", "G6"), s.pick("B", "C", "D", "U", "V", "K"), s.pick("Y", "Y", "Y", "N")}
		if s.chance(6) {
			found.inTouch, found.activity, found.accommodation, found.suitable = "NO", "0", "0", ""
		}
		s.care.inCare.situations = append(s.care.inCare.situations, found)
	}
}

// socialWorkers gives the child one social worker after another, without a gap while there is care or anything open.
func (s *story) socialWorkers() {
	from, until := s.now, time.Time{}
	isOpen := s.isOpen
	for _, p := range s.care.spells {
		if p.start.Before(from) {
			from = p.start
		}
		until = later(until, s.end(p.period))
		isOpen = isOpen || p.end.IsZero()
	}
	from = from.AddDate(0, 0, -10)
	if isOpen {
		until = s.now
	}
	for at := from; at.Before(until); {
		next := midnight(at).AddDate(0, 0, s.between(90, 400)).Add(9 * time.Hour)
		if next.Month() == time.March && next.Day() > 24 { // nobody hands cases over as the collection closes
			next = next.AddDate(0, 0, 10)
		}
		one := allocation{period{at, next}, firstWorker + int64(s.random.IntN(s.workers()))}
		if !next.Before(until.AddDate(0, 0, -20)) {
			one.end = until
			if isOpen {
				one.end = time.Time{}
			}
			next = until
		}
		s.care.inCare.allocations = append(s.care.inCare.allocations, one)
		at = next
	}
}
