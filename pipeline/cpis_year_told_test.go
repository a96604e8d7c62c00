package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"careshare/schedules/london"
)

// matter is what one access, or a burst of them, opens, and how it truly stands.
type matter struct {
	person   *person // nil where the council does not know the child
	unborn   bool    // the mother of an unborn child on a plan was seen
	at       time.Time
	accesses int
	progress int // 1 new, 2 seen, 3 in progress, 4 closed
	outcome  string
	worker   int64 // who closed it
	alone    bool  // nobody ever looks at it
}

// tell tells of the accesses of the last day.
func (n *nhs) tell() {
	held := slices.Sorted(maps.Keys(n.loaded))
	for range n.many(n.rate / 2) {
		if len(held) == 0 {
			break
		}
		key := held[n.random.IntN(len(held))]
		p := n.known(key)
		if strings.Contains(n.loaded[key], "DD") || !p.inactive.IsZero() {
			continue
		}
		n.access(p, n.number[key])
	}
	if n.random.IntN(3) == 0 {
		n.events["empty message"]++
		message := n.message()
		n.put("notifications", message+".xml", fmt.Sprintf(`<AccessNotification xmlns="urn:hl7-org:v3"><effectiveTime value="%s"/><id root="%s"/>
<code code="05" codeSystem="2.16.840.1.113883.2.1.3.2.4.17.470"/><uploadFileId value="18"/><totalReturnedRecords value="0"/></AccessNotification>`, ts(n.day), message))
	}
}

func (n *nhs) known(key string) *person {
	id, _, _ := strings.Cut(key, "/")
	for _, p := range slices.Concat(n.life.people, n.life.mothers) {
		if fmt.Sprint(p.id) == id {
			return p
		}
	}
	return nil
}

func (n *nhs) message() string {
	n.sent++
	return fmt.Sprintf("E0000000-0000-4000-A000-%012d", n.sent)
}

// access is one matter, told in one of the ways in which the NHS tells of it.
func (n *nhs) access(p *person, number string) {
	at := n.day.Add(-time.Duration(2+n.random.IntN(18)) * time.Hour)
	message := n.message()
	place := fmt.Sprintf("RX%04d", n.sent) // another each time, so that no two are one matter
	m := &matter{person: p, at: at, accesses: 1, progress: 1, alone: luck(message).IntN(5) == 0}
	for _, made := range p.plans {
		day := at.Truncate(24 * time.Hour)
		m.unborn = m.unborn || made.kind == "UCPP" && !made.start.After(day) && (made.end.IsZero() || made.end.After(day))
	}
	words, how := accessed(message, number, place, at), ""
	switch n.random.IntN(12) {
	case 0:
		how = "told twice"
		n.postponed = append(n.postponed, func() { n.put("notifications", message+"-again.xml", words) })
	case 1:
		how, m.accesses = "a burst", 20
		for i := 1; i < m.accesses; i++ {
			n.told(n.message(), number, place, at.Add(time.Duration(i)*3*time.Second))
		}
		m.at = at.Add(time.Minute)
	case 2:
		how, m.person, m.unborn = "unknown child", nil, false
		number = n.newNumber()
		words = accessed(message, number, place, at)
	case 3:
		how = "truncated, and whole the next day"
		n.put("notifications", message+".xml", words[:len(words)/2])
		whole := words
		n.postponed = append(n.postponed, func() { n.put("notifications", message+".xml", whole) })
		words = ""
	case 4:
		how, m.at = "from the future", n.day.Add(60*time.Hour)
		words = accessed(message, number, place, m.at)
	case 5:
		how, m.alone = "again with other words", true
		other := *m
		other.at = at.Add(30 * time.Minute)
		n.life.matters[message+"/1/2"] = &other
		n.accesses[message+"/1/2"] = number
		n.postponed = append(n.postponed, func() { n.put("notifications", message+"-2.xml", accessed(message, number, place+"B", other.at)) })
	default:
		how = "told"
	}
	n.events[how]++
	n.life.matters[message+"/1"] = m
	n.accesses[message+"/1/1"] = number
	if words != "" {
		n.put("notifications", message+".xml", words)
	}
}

func (n *nhs) told(message, number, place string, at time.Time) {
	n.accesses[message+"/1/1"] = number
	n.put("notifications", message+".xml", accessed(message, number, place, at))
}

// followUps: custodians look at some of what is open, and the case store has it; one in five is never looked at.
func (s *simulation) followUps() {
	for _, id := range slices.Sorted(maps.Keys(s.life.matters)) {
		m := s.life.matters[id]
		if m.progress == 4 || m.alone || !m.at.Before(s.day.Add(-time.Hour)) {
			continue
		}
		draw := s.random.IntN(12)
		if draw < 6 {
			continue
		}
		if message, _, _ := strings.Cut(id, "/"); draw < 12 {
			s.step(m, message, draw)
		}
	}
}

func (s *simulation) step(m *matter, message string, draw int) {
	local, err := london.In(s.day.Add(-30 * time.Minute))
	if err != nil {
		s.t.Fatal(err)
	}
	at := local.Format(time.DateTime)
	completed, outcome, status := "null", "", "INCOMING"
	switch {
	case draw == 6: // seen
		m.progress = max(m.progress, 2)
	case draw == 7:
		status, m.progress = "STARTED", max(m.progress, 3)
	case draw == 8: // nobody can say what was done
		status, completed, m.progress = "COMPLETED", "timestamp '"+at+"'", max(m.progress, 3)
	case draw == 9:
		status = "CANCELLED"
	default:
		outcome = []string{"No action", "Contact made", "Visit", "Discharge summary requested", "Safeguarding referral"}[s.random.IntN(5)]
		status, completed, m.progress, m.worker = "COMPLETED", "timestamp '"+at+"'", 4, 5025
		m.outcome = strings.ReplaceAll(strings.ToLower(outcome), " ", "_")
	}
	step := s.key()
	s.enters(`insert into dm_workflow_steps by name select %d as workflow_step_id, 601 as workflow_step_type_id, %[1]d as subgroup_id, '%s' as step_status,
		timestamp '%s' as incoming_on, case when '%[2]s' <> 'INCOMING' then timestamp '%[3]s' end as started_on, cast(%s as timestamp) as completed_on, 5025 as assignee_id`, step, status, at, completed)
	if m.person != nil {
		s.enters("insert into dm_subgroup_subjects by name select %d as subgroup_id, %d as subject_compound_id, 'PER' as subject_type_code", step, m.person.id)
	}
	for question, words := range map[string]string{"cpis_message_id": message, "cpis_outcome": outcome} {
		if words != "" {
			s.enters(`insert into dm_cached_form_answers by name select %d as workflow_step_id, %[1]d as form_id, 1 as form_answer_row_id, mapping_id, '%s' as text_answer
				from dm_cached_form_questions where question_user_code = '%s'`, step, words, question)
		}
	}
}
