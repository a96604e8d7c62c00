package pipeline

import (
	dbsql "database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/extract/borough"
)

// council is a small borough over several days: a test writes what CP-IS sends and what workers enter, and looks at what
// each run makes of it.
type council struct {
	world
	t    *testing.T
	day  time.Time
	step int64 // the last workflow step entered
}

func newCouncil(t *testing.T, people int, edits ...string) *council {
	t.Helper()
	c := &council{world: world{folder: t.TempDir()}, t: t, day: borough.DefaultAsAt(), step: 9_000_000}
	o := borough.Options{People: people, Seed: 1, AsAt: c.day, To: filepath.Join(c.folder, "sources")}
	if err := borough.Make(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(o.To, "cpis")); err != nil {
		t.Fatal(err)
	}
	if _, err := writeTemplates(c.folder); err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(edits); i += 2 {
		c.edit(t, edits[i], edits[i+1])
	}
	c.enter("delete from dm_workflow_steps where workflow_step_type_id = 601")
	return c
}

// runs publishes one snapshot so long after the last; code 3 where files of CP-IS cannot be read.
func (c *council) runs(after time.Duration) {
	c.t.Helper()
	c.day = c.day.Add(after)
	if code := c.run("run", "--config", c.config(), "--as-at", c.day.Format(time.RFC3339)); code != exitDone && code != exitQuarantined {
		c.t.Fatalf("run ended with %d: %s", code, c.stderr)
	}
}

// enter changes the case store.
func (c *council) enter(statement string, args ...any) {
	c.t.Helper()
	db, err := dbsql.Open("duckdb", filepath.Join(c.folder, "sources", "case_store.duckdb"))
	if err == nil {
		_, err = db.Exec(statement, args...)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		c.t.Fatal(err)
	}
}

// follow enters a follow-up step for a message; a status of COMPLETED needs an outcome to close it.
func (c *council) follow(person int64, message, status, outcome string) {
	c.t.Helper()
	c.step++
	at := c.day.Format(time.DateTime)
	completed := "null"
	if status == "COMPLETED" {
		completed = "'" + at + "'"
	}
	c.enter(fmt.Sprintf(`insert into dm_workflow_steps by name
		select %d as workflow_step_id, 601 as workflow_step_type_id, %[1]d as subgroup_id, '%s' as step_status,
			timestamp '%s' as incoming_on, case when '%[2]s' <> 'INCOMING' then timestamp '%[3]s' end as started_on,
			cast(%s as timestamp) as completed_on, 5002 as assignee_id`, c.step, status, at, completed))
	c.enter(fmt.Sprintf("insert into dm_subgroup_subjects by name select %d as subgroup_id, %d as subject_compound_id, 'PER' as subject_type_code", c.step, person))
	for question, words := range map[string]string{"cpis_message_id": message, "cpis_outcome": outcome} {
		if words == "" {
			continue
		}
		c.enter(fmt.Sprintf(`insert into dm_cached_form_answers by name
			select %d as workflow_step_id, %[1]d as form_id, 1 as form_answer_row_id, mapping_id, '%s' as text_answer
			from dm_cached_form_questions where question_user_code = '%s'`, c.step, words, question))
	}
}

func (c *council) cpis(dataset string) string {
	return fmt.Sprintf("read_parquet(%s)", c.trusted("cpis", dataset))
}

func (c *council) one(format string, args ...any) string {
	c.t.Helper()
	rows := c.query(c.t, fmt.Sprintf(format, args...))
	if len(rows) != 1 {
		c.t.Fatalf("%d rows: %s", len(rows), fmt.Sprintf(format, args...))
	}
	return strings.Join(rows[0], " ")
}

func (c *council) expect(want, format string, args ...any) {
	c.t.Helper()
	if got := c.one(format, args...); got != want {
		c.t.Errorf("got %q, want %q: %s", got, want, fmt.Sprintf(format, args...))
	}
}

// put writes a file of CP-IS.
func (c *council) put(folder, name, content string) {
	c.t.Helper()
	path := filepath.Join(c.folder, "sources", "cpis", folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func ts(at time.Time) string { return at.UTC().Format("20060102150405-0700") }

// accessed is a notification that a child of the number was seen at the place.
func accessed(message, number, place string, at time.Time) string {
	return fmt.Sprintf(`<AccessNotification xmlns="urn:hl7-org:v3"><effectiveTime value="%[4]s"/><id root="%[1]s"/>
<code code="05" codeSystem="2.16.840.1.113883.2.1.3.2.4.17.470"/><uploadFileId value="18"/><totalReturnedRecords value="1"/>
<access><effectiveTime value="%[4]s"/><author><person><jobRole code="R8001" displayName="Nurse Access Role"/><id extension="1"/>
<name><given>Wilhelmina</given><family>Quillfeather</family></name><organisation code="%[3]s" name="Place %[3]s"/></person></author>
<patient><id root="2.16.840.1.113883.2.1.4.1" extension="%[2]s"/></patient></access></AccessNotification>`, message, number, place, ts(at))
}

// answered is an acknowledgement; records are `code number person`.
func answered(sequence int64, count int, code string, at time.Time, records ...string) string {
	var said strings.Builder
	for _, r := range records {
		f := strings.Fields(r)
		fmt.Fprintf(&said, `<acknowledgementRecord><code code="%s" codeSystem="2.16.840.1.113883.2.1.3.2.4.17.473"/>
<id root="2.16.840.1.113883.2.1.4.1" extension="%s"/><id root="2.16.840.1.113883.2.1.3.2.4.18.24" extension="%s"/></acknowledgementRecord>`, f[0], f[1], f[2])
	}
	return fmt.Sprintf(`<FileResponse xmlns="urn:hl7-org:v3"><creationTime value="%s"/><id root="2.16.840.1.113883.2.1.3.2.4.18.46" extension="%d"/>
<transmissionQuantity value="%d"/><acknowledgementFile><code code="%s" codeSystem="2.16.840.1.113883.2.1.3.2.4.17.474"/></acknowledgementFile>%s</FileResponse>`,
		ts(at), sequence, count, code, said.String())
}

func (c *council) page(name string) string {
	c.t.Helper()
	content, err := os.ReadFile(filepath.Join(c.current(), "reports", "cpis", name))
	if err != nil {
		return ""
	}
	return string(content)
}

// child is one who is sent, looked after or on a plan as asked, with an allocated worker; not one of those taken already.
func (c *council) child(plan string, taken ...int64) (person int64, number string, custodian int64) {
	c.t.Helper()
	_, err := fmt.Sscan(c.one(`select cohort.person_id, cohort.nhs_number, max(work.worker_id)
		from %s as cohort inner join read_parquet('%s/raw/casestore/dm_allocated_workers/*.parquet') as work
			on work.person_id = cohort.person_id and work.end_date is null
		where can_be_sent and state = 'live' and plan_type = '%s' and not is_restricted
		group by all having count(*) = 1 order by 1 limit 1`,
		c.cpis("cpis_cohort"), c.current(), plan), &person, &number, &custodian)
	if err != nil {
		c.t.Fatal(err)
	}
	return person, number, custodian
}

const state = "select state, coalesce(outcome, '-'), severity, custodian_rule, is_past_due from %s where follow_up_id = '%s/1'"

// The case study: a looked-after child is met by an ambulance far away; the council hears of it and follows it up.
func TestLookedAfterChildMetFarAway(t *testing.T) {
	c := newCouncil(t, 2800)
	c.runs(0)
	person, number, custodian := c.child("LAC")
	page := fmt.Sprintf("custodian-%d.html", custodian)
	message := "A0000000-0000-4000-A000-000000000001"
	c.put("notifications", "a.xml", accessed(message, number, "RX6AA", c.day.Add(time.Hour)))
	c.runs(4 * time.Hour)
	c.expect("new - standard allocated_worker false", state, c.cpis("cpis_follow_ups"), message)
	if !strings.Contains(c.page(page), number) || !strings.Contains(c.page(page), "Place RX6AA") {
		t.Error("the custodian's list does not name the child and the place")
	}
	if _, err := os.Stat(filepath.Join(c.current(), "reports", "cpis", fmt.Sprintf("custodian-%d.xlsx", custodian))); err != nil {
		t.Error(err)
	}
	c.follow(person, message, "INCOMING", "")
	c.runs(time.Hour)
	c.expect("seen - standard allocated_worker false", state, c.cpis("cpis_follow_ups"), message)
	c.follow(person, message, "STARTED", "")
	c.runs(time.Hour)
	c.expect("in_progress - standard allocated_worker false", state, c.cpis("cpis_follow_ups"), message)
	c.follow(person, message, "COMPLETED", "Contact made")
	if err := os.RemoveAll(filepath.Join(c.folder, "sources", "cpis", "notifications")); err != nil { // the inbox is tidied
		t.Fatal(err)
	}
	c.runs(time.Hour)
	c.expect("closed contact_made standard closed_by false", state, c.cpis("cpis_follow_ups"), message)
	if strings.Contains(c.page(page), message) {
		t.Error("a closed follow-up is still on the custodian's list")
	}
	if code := c.run("explain", fmt.Sprint(person), "--config", c.config()); code != exitDone || !strings.Contains(c.stdout, "closed with contact made") ||
		!strings.Contains(c.stdout, "seen at Place RX6AA") || !strings.Contains(c.stdout, "LAC sent in upload 18") {
		t.Errorf("explain does not tell the story: %s", c.stdout)
	}
}

// A child on a plan is discharged from A&E and nobody was told: the matter is escalated, passes on when the worker
// leaves, and is closed by a request for the discharge summary.
func TestChildOnAPlanDischargedUnseen(t *testing.T) {
	c := newCouncil(t, 2800)
	c.runs(0)
	person, number, custodian := c.child("CPP")
	message := "A0000000-0000-4000-A000-000000000002"
	c.put("notifications", "a.xml", accessed(message, number, "RZ9H1", c.day.Add(time.Hour)))
	c.runs(2 * time.Hour)
	c.expect("new - high allocated_worker false", state, c.cpis("cpis_follow_ups"), message)
	c.runs(30 * time.Hour)
	c.expect("new - high allocated_worker true", state, c.cpis("cpis_follow_ups"), message)
	if !strings.Contains(c.page("failures.html"), message) || !strings.Contains(c.page("failures.html"), "past its due time") {
		t.Error("what is past due is not on the failures list")
	}
	c.enter("update dm_worker_roles set end_date = ? where worker_id = ?", c.day, custodian)
	c.runs(time.Hour)
	c.expect(fmt.Sprint("true true ", custodian), "select custodian_worker_id <> %d, custodian_rule in ('team_duty', 'council_duty'), passed_on_from_worker_id from %s",
		custodian, c.cpis("cpis_follow_ups"))
	c.follow(person, message, "COMPLETED", "Discharge summary requested")
	c.runs(time.Hour)
	c.expect("closed discharge_summary_requested high closed_by false", state, c.cpis("cpis_follow_ups"), message)
}

// A seemingly innocuous injury, and another two weeks later: the second is high, and the matter that was closed opens
// again where the child is seen again within the hour.
func TestSeeminglyInnocuousInjury(t *testing.T) {
	c := newCouncil(t, 2800)
	c.runs(0)
	person, number, _ := c.child("LAC")
	first, second, again := "A0000000-0000-4000-A000-000000000003", "A0000000-0000-4000-A000-000000000004", "A0000000-0000-4000-A000-000000000005"
	c.put("notifications", "a.xml", accessed(first, number, "RZ9H1", c.day.Add(time.Minute)))
	c.runs(time.Hour)
	c.follow(person, first, "COMPLETED", "No action")
	c.runs(14 * 24 * time.Hour)
	c.expect("closed no_action standard closed_by false", state, c.cpis("cpis_follow_ups"), first)
	seen := c.day.Add(10 * time.Minute)
	c.put("notifications", "b.xml", accessed(second, number, "RZ9M2", seen))
	c.runs(20 * time.Minute)
	c.expect("new - high allocated_worker false", state, c.cpis("cpis_follow_ups"), second)
	c.follow(person, second, "COMPLETED", "Safeguarding referral")
	c.runs(5 * time.Minute)
	c.expect("closed safeguarding_referral high closed_by false", state, c.cpis("cpis_follow_ups"), second)
	c.put("notifications", "c.xml", accessed(again, number, "RZ9M2", seen.Add(30*time.Minute)))
	c.runs(time.Hour)
	c.expect("new seen_again_after_closing 2", "select state, remark, count_accesses from %s where follow_up_id = '%s/1'", c.cpis("cpis_follow_ups"), second)
}
