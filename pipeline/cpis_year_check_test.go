package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// check holds what the last run published against the truth, and against what the NHS has.
func (s *simulation) check() {
	s.t.Helper()
	s.checkBelief()
	s.checkChildren()
	s.checkNotifications()
	s.checkFollowUps()
	if len(s.nhs.loaded) < 10 || len(s.life.matters) < 3 {
		s.t.Errorf("%d plans loaded, %d matters: too few to prove anything", len(s.nhs.loaded), len(s.life.matters))
	}
}

// checkBelief: what the council believes that the NHS has loaded is what it has.
func (s *simulation) checkBelief() {
	s.t.Helper()
	found := map[string]string{}
	for _, row := range s.query(s.t, fmt.Sprintf(`
		select person_id || '/' || plan_type, 'SD' || strftime(started_on, '%%Y%%m%%d') || coalesce(' ED' || strftime(ended_on, '%%Y%%m%%d'), '')
			|| coalesce(' DD' || strftime(deleted_on, '%%Y%%m%%d'), '')
		from %s where answer = 'loaded'
		qualify row_number() over (partition by person_id, plan_type order by sequence_number desc) = 1`, s.cpis("cpis_uploads"))) {
		found[row[0]] = row[1]
	}
	s.same("the NHS has", s.nhs.loaded, found)
}

// same compares two maps key by key.
func (s *simulation) same(what string, want, found map[string]string) {
	s.t.Helper()
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if found[key] != want[key] {
			s.t.Errorf("%s %s: %q, the council says %q", what, key, want[key], found[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(found)) {
		if _, there := want[key]; !there {
			s.t.Errorf("%s nothing of %s, the council says %q", what, key, found[key])
		}
	}
}

// expected is one line of the cohort as the truth has it.
type expected struct {
	start, end time.Time
	person     *person
	adopted    bool
}

// cohort is whom the NHS must know: the live plan of a kind, or else the newest that ended less than twelve months ago. A
// child's plans end with the eighteenth birthday.
func (s *simulation) cohort() map[string]expected {
	today, cohort := s.midnight(), map[string]expected{}
	for _, p := range slices.Concat(s.life.people, s.life.mothers) {
		for _, made := range p.plans {
			end := made.end
			if adult := p.born.AddDate(18, 0, 0); made.kind != "UCPP" && !adult.After(today) && (end.IsZero() || adult.Before(end)) {
				end = adult
			}
			if !end.IsZero() && !end.AddDate(0, 12, 0).After(today) {
				continue
			}
			key := fmt.Sprint(p.id, "/", made.kind)
			known, there := cohort[key]
			if !there || end.IsZero() || (!known.end.IsZero() && made.start.After(known.start)) {
				cohort[key] = expected{made.start, end, p, made.adopted}
			}
		}
	}
	return cohort
}

func (e expected) dates() string {
	words := "SD" + e.start.Format("20060102")
	if !e.end.IsZero() {
		words += " ED" + e.end.Format("20060102")
	}
	return words
}

// hindered says why a child cannot be sent, or nothing.
func (e expected) hindered(key string, today time.Time) string {
	switch {
	case !strings.HasSuffix(key, "/UCPP") && !e.person.born.AddDate(18, 0, 0).After(today):
		return "over_18"
	case e.adopted && !e.end.IsZero():
		return "adopted"
	case !e.person.inactive.IsZero():
		return "nhs_number_inactive"
	case e.person.isSensitive:
		return "sensitive_record"
	}
	return ""
}

// checkChildren: the cohort is the truth's; who can be sent is held by the NHS as true and under the true number; who cannot
// has the true reason; and the NHS holds nobody else as live.
func (s *simulation) checkChildren() {
	s.t.Helper()
	today, truth := s.midnight(), s.cohort()
	want, found, reasons := map[string]string{}, map[string]string{}, map[string]string{}
	for key, e := range truth {
		want[key] = e.dates()
	}
	for _, row := range s.query(s.t, fmt.Sprintf(`select person_id || '/' || plan_type, 'SD' || strftime(started_on, '%%Y%%m%%d') || coalesce(' ED' || strftime(ended_on, '%%Y%%m%%d'), ''),
		coalesce(reasons, '') from %s`, s.cpis("cpis_cohort"))) {
		found[row[0]], reasons[row[0]] = row[1], row[2]
	}
	s.same("the truth of", want, found)
	for _, key := range slices.Sorted(maps.Keys(truth)) {
		e := truth[key]
		why := e.hindered(key, today)
		if !strings.Contains(reasons[key], why) || (why == "" && reasons[key] != "") {
			s.t.Errorf("%s cannot be sent for %q, truly for %q", key, reasons[key], why)
		}
		if why == "" && (s.nhs.loaded[key] != e.dates() || s.nhs.number[key] != e.person.number) {
			s.t.Errorf("the NHS has %s as %q under the right number: %v, the truth is %q", key, s.nhs.loaded[key], s.nhs.number[key] == e.person.number, e.dates())
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.nhs.loaded)) {
		p := s.nhs.known(key)
		_, isIn := truth[key]
		ended := strings.Contains(s.nhs.loaded[key], "ED") || strings.Contains(s.nhs.loaded[key], "DD")
		if endedByTheNHS := !p.inactive.IsZero() || !p.born.AddDate(18, 0, 0).After(today); !isIn && !ended && !endedByTheNHS {
			s.t.Errorf("the NHS still has %s as live: %q", key, s.nhs.loaded[key])
		}
	}
}

// checkNotifications: every access that was ever told stands once, under its number, and nothing else does.
func (s *simulation) checkNotifications() {
	s.t.Helper()
	found := map[string]string{}
	for _, row := range s.query(s.t, fmt.Sprintf("select concat_ws('/', message_id, access_position, edition), nhs_number from %s where access_position > 0", s.cpis("cpis_notifications"))) {
		found[row[0]] = row[1]
	}
	s.same("the NHS told of", s.nhs.accesses, found)
	if empty := s.one("select count(*) from %s where access_position = 0", s.cpis("cpis_notifications")); empty != fmt.Sprint(s.events["empty message"]) {
		s.t.Errorf("%s empty messages, want %d", empty, s.events["empty message"])
	}
}

// checkFollowUps: each matter stands as its custodian left it, and what is open has the right custodian.
func (s *simulation) checkFollowUps() {
	s.t.Helper()
	states := map[int]string{1: "new", 2: "seen", 3: "in_progress", 4: "closed"}
	want, found := map[string]string{}, map[string]string{}
	for id, m := range s.life.matters {
		want[id] = fmt.Sprint(states[m.progress], " ", m.outcome, " ", m.accesses, " ", s.custodian(m))
	}
	for _, row := range s.query(s.t, fmt.Sprintf("select follow_up_id, concat_ws(' ', state, coalesce(outcome, ''), count_accesses, custodian_worker_id) from %s", s.cpis("cpis_follow_ups"))) {
		found[row[0]] = row[1]
	}
	s.same("the truth of matter", want, found)
}

// custodian is the worker allocated, the duty custodian of the team of a leaver, or the council's.
func (s *simulation) custodian(m *matter) int64 {
	if m.progress == 4 {
		return m.worker
	}
	worker := int64(0)
	if m.person != nil {
		worker = m.person.worker
	}
	if m.unborn {
		worker = 5001
	}
	if worker == 0 {
		return 5013
	}
	if !s.life.left[worker] {
		return worker
	}
	if duty, has := map[int64]int64{309: 5009, 310: 5010, 311: 5011, 312: 5012}[s.life.team[worker]]; has {
		return duty
	}
	return 5013
}
