package borough

import (
	"fmt"
	"strconv"
	"time"
)

// followUp is one notification of an access, and what the council did about it by as-at.
type followUp struct {
	messageID  string
	number     string // the NHS number that the notification names
	accessedAt time.Time
	toldAt     time.Time // when CP-IS sent the message
	step       step      // its typeID is 0 where nobody has looked yet
	state      string    // what a run must make of it: new, seen, in_progress, closed
	outcome    string    // as the form says it; empty where none is written
}

// followUpOutcomes are the outcomes that close a follow-up, as a form says them.
func followUpOutcomes() []string {
	return []string{"No action", "Contact made", "Visit", "Discharge summary requested", "Safeguarding referral"}
}

// followUp is of every child whom the council uploads: one look by an ambulance crew, and by the child's place one of the ways
// in which such a matter can stand.
func (l *life) followUp(o Options) (f followUp, there bool) {
	if !l.isUploaded(o) {
		return followUp{}, false
	}
	accessed := o.AsAt.Add(-time.Duration(6+l.personID%60) * time.Hour)
	f = followUp{number: l.uploadedNumber(), accessedAt: accessed, toldAt: accessed.Add(30 * time.Minute), state: "new",
		messageID: fmt.Sprintf("F0110000-%04X-4000-A000-%012X", o.Seed&0xffff, l.personID)}
	looked, begun, done := wallClock(accessed.Add(time.Hour)), wallClock(accessed.Add(2*time.Hour)), wallClock(accessed.Add(3*time.Hour))
	s := step{typeID: cpisFollowUp, status: "INCOMING", incoming: looked, subjects: []int64{l.personID}}
	switch l.personID % 7 {
	case 0:
		return f, true
	case 1:
		f.state = "seen"
	case 2:
		f.state, s.status, s.started = "in_progress", "STARTED", begun
	case 3:
		s.status, s.started, s.cancelled = "CANCELLED", begun, done
	case 4: // completed without an outcome: nobody can say what was done
		f.state, s.status, s.started, s.completed = "in_progress", "COMPLETED", begun, done
	default:
		f.state, s.status, s.started, s.completed = "closed", "COMPLETED", begun, done
		f.outcome = followUpOutcomes()[l.personID%5]
	}
	f.step = s
	return f, true
}

// followUp writes the step of a follow-up, with the message that it answers.
func (m *mosaic) followUp(l *life) {
	f, there := l.followUp(m.Options)
	if !there || f.step.typeID == 0 {
		return
	}
	id, subgroup := m.workflowStep(f.step)
	m.row("dm_subgroup_subjects", subgroup, l.personID, "PER")
	said := m.form(id, subgroup, l.personID)
	said.says("cpis_message_id", f.messageID)
	said.says("cpis_outcome", f.outcome)
}

// followUp writes the notification that is followed up.
func (c *cpis) followUp(l *life) error {
	f, there := l.followUp(c.o)
	if !there {
		return nil
	}
	c.count("access_notifications", "person", 1)
	crew := &authorPerson{JobRole: coded{Code: "R8003", DisplayName: "Health Professional Access Role"}, ID: instanceID{Extension: "900000000601"},
		Name:         personName{Prefix: "Ms", Given: "Ottoline", Family: "Wexcombe"},
		Organisation: organisation{"RZ6F1", "Lea Valley Ambulance Service"}}
	return writeXML(c.o.path("cpis", "notifications", fmt.Sprintf("follow-up-%d.xml", l.personID)), accessNotification{
		EffectiveTime: hl7(f.toldAt), ID: instanceID{Root: f.messageID}, Code: messageCode("05"),
		UploadFile: valued{strconv.Itoa(c.o.uploadAt(f.toldAt))}, Total: valued{"1"},
		Accesses: []access{{EffectiveTime: hl7(f.accessedAt), Author: author{Person: crew}, Patient: nhsID(f.number)}}})
}

// followUp writes what a run must make of it.
func (t *truth) followUp(l *life) error {
	f, there := l.followUp(t.options)
	if !there {
		return nil
	}
	return t.followUps.write(f.messageID, strconv.FormatInt(l.personID, 10), f.state, f.outcome)
}
