package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const state = "select state, coalesce(outcome, '-'), severity, custodian_rule, escalation_level from %s where follow_up_id = '%s/1'"

// matterOf is one of the three cases: who was seen, by whom it must be followed up, and the message that told of it.
type matterOf struct {
	message, number   string
	person, custodian int64
}

type threeCases struct {
	*council
	ambulance, discharged, injured matterOf
}

// The three cases of the case study, from feed file to custodian's list and closure: a looked-after child met by an ambulance
// far away, which leads to a safeguarding referral; a child on a plan discharged from A&E, of whom nobody would have known,
// which is escalated, passes on when the worker leaves, and leads to a visit; and a seemingly innocuous injury of a child on a
// plan, for which the discharge summary is requested.
func TestTheThreeCasesOfTheStudy(t *testing.T) {
	t.Parallel()
	c := &threeCases{council: newCouncil(t, 1000)}
	c.runs(0)
	c.areTold()
	c.areLookedAt()
	c.passOn()
	c.areClosed()
	c.areExplained()
	c.opensAgain()
}

// areTold: what the feed says on one day is on the list of each child's own worker.
func (c *threeCases) areTold() {
	at := c.day.Add(time.Hour)
	tell := func(nth int, place string, person int64, number string, custodian int64) matterOf {
		m := matterOf{fmt.Sprintf("A0000000-0000-4000-A000-%012d", nth), number, person, custodian}
		c.put("notifications", fmt.Sprint(nth, ".xml"), accessed(m.message, number, place, at))
		return m
	}
	lookedAfter, number, worker := c.child("LAC")
	c.ambulance = tell(1, "RX6AA", lookedAfter, number, worker)
	onPlan, number, worker := c.child("CPP")
	c.discharged = tell(2, "RZ9H1", onPlan, number, worker)
	other, number, worker := c.childOnNoPlan(lookedAfter, onPlan)
	c.injured = tell(3, "RZ9M2", other, number, worker)
	c.enter("insert into dm_registrations by name select 990001 as registration_id, ? as person_id, ? as registration_start_date, 'Y' as is_child_protection_plan", other, c.day.AddDate(0, 0, -9))
	c.runs(2 * time.Hour)
	for _, m := range []matterOf{c.ambulance, c.discharged, c.injured} {
		c.onListsOf(m.message, m.custodian)
	}
	if page := c.page(fmt.Sprintf("custodian-%d.html", worker)); !strings.Contains(page, number) || !strings.Contains(page, "Place RZ9M2") {
		c.t.Error("the custodian's list does not name the child and the place")
	}
	c.expect("new - standard allocated_worker 0", state, c.cpis("cpis_follow_ups"), c.ambulance.message)
	c.expect("new - high allocated_worker 0", state, c.cpis("cpis_follow_ups"), c.discharged.message)
}

// areLookedAt: two of them are taken up, and what nobody looks at is past its due time a day later.
func (c *threeCases) areLookedAt() {
	c.follow(c.ambulance.person, c.ambulance.message, "INCOMING", "")
	c.follow(c.injured.person, c.injured.message, "STARTED", "")
	c.runs(24 * time.Hour)
	c.expect("seen - standard allocated_worker 0", state, c.cpis("cpis_follow_ups"), c.ambulance.message)
	c.expect("in_progress - high allocated_worker 1", state, c.cpis("cpis_follow_ups"), c.injured.message)
	c.expect("new - high allocated_worker 1", state, c.cpis("cpis_follow_ups"), c.discharged.message)
	c.onListsOf(c.discharged.message, c.discharged.custodian, 5013)
	child := fmt.Sprintf("(%d)", c.discharged.person) // behind the name; message ids are in the workbook
	if page := c.page("failures.html"); !strings.Contains(page, child) || !strings.Contains(page, "past its due time") {
		c.t.Error("what is past due is not on the failures list")
	}
}

// passOn: the worker leaves, and the matter finds another custodian.
func (c *threeCases) passOn() {
	left := c.discharged.custodian
	c.enter("update dm_worker_roles set end_date = ? where worker_id = ?", c.day, left)
	c.runs(24 * time.Hour)
	var custodian int64
	if _, err := fmt.Sscan(c.one("select custodian_worker_id from %s where follow_up_id = '%s/1' and passed_on_from_worker_id = %d and escalation_level = 2 and custodian_rule <> 'allocated_worker'",
		c.cpis("cpis_follow_ups"), c.discharged.message, left), &custodian); err != nil || custodian == left {
		c.t.Errorf("the matter stays with the worker who left: %d, %v", custodian, err)
	}
	c.onListsOf(c.discharged.message, custodian, 5014)
}

// areClosed: each by its outcome, though the inbox was tidied meanwhile, and no list names them any more.
func (c *threeCases) areClosed() {
	c.follow(c.ambulance.person, c.ambulance.message, "COMPLETED", "Safeguarding referral")
	c.follow(c.discharged.person, c.discharged.message, "COMPLETED", "Visit")
	c.follow(c.injured.person, c.injured.message, "COMPLETED", "Discharge summary requested")
	if err := os.RemoveAll(filepath.Join(c.folder, "sources", "cpis", "notifications")); err != nil {
		c.t.Fatal(err)
	}
	c.runs(time.Hour)
	for m, want := range map[matterOf]string{c.ambulance: "safeguarding_referral standard", c.discharged: "visit high", c.injured: "discharge_summary_requested high"} {
		c.onListsOf(m.message)
		if got := c.one(state, c.cpis("cpis_follow_ups"), m.message); !strings.HasPrefix(got, "closed "+want+" closed_by") {
			c.t.Errorf("message %s stands as %s, want it closed with %s", m.message, got, want)
		}
	}
}

func (c *threeCases) areExplained() {
	c.explains(c.discharged.person, "child protection plan (CPP) since 20", ": sent in upload 18 (record", "high severity, due 20", "seen at Place RZ9H1", "told in message "+c.discharged.message+"/1 on 2026-11-01 08:00",
		"closed with visit", "closed by worker 5002", "first looked at 20", "step 9000", "passed on from worker "+fmt.Sprint(c.discharged.custodian))
	c.explains(c.ambulance.person, "closed with safeguarding referral", "seen at Place RX6AA by Wilhelmina Quillfeather (Nurse Access Role)")
}

// opensAgain: the child is seen once more, and within the hour again, after that was closed too.
func (c *threeCases) opensAgain() {
	seen := c.day.Add(10 * time.Minute)
	again, once := "A0000000-0000-4000-A000-000000000005", "A0000000-0000-4000-A000-000000000004"
	c.put("notifications", "d.xml", accessed(once, c.injured.number, "RX6AA", seen))
	c.runs(20 * time.Minute)
	c.follow(c.injured.person, once, "COMPLETED", "No action")
	c.put("notifications", "e.xml", accessed(again, c.injured.number, "RX6AA", seen.Add(30*time.Minute)))
	c.runs(time.Hour)
	c.expect("new seen_again_after_closing 2 true", "select state, remark, count_accesses, is_repeated from %s where follow_up_id = '%s/1'", c.cpis("cpis_follow_ups"), once)
	c.onListsOf(once, c.injured.custodian)
}
