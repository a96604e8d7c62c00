package pipeline

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"careshare/pipeline/exit"
)

// asking is a consent step that a test enters, as its form's answers by question.
type asking struct {
	kind      int    // the step's type; 0: 401
	status    string // empty: COMPLETED
	completed string // empty: 2026-09-01
	subject   string // the answers' subject; empty: nobody
	answers   map[string]string
}

var nextAsking = 8_000_000

// asks enters one asking about a person and returns its step.
func (c *council) asks(person string, a asking) (step int) {
	c.t.Helper()
	nextAsking++
	step = nextAsking
	or := func(text, otherwise string) string {
		if text == "" {
			return otherwise
		}
		return text
	}
	if a.kind == 0 {
		a.kind = 401
	}
	completed := or(a.completed, "2026-09-01 10:00:00")
	statements := fmt.Sprintf(`insert into dm_workflow_steps (workflow_step_id, workflow_step_type_id, subgroup_id, step_status, incoming_on, started_on, completed_on)
		values (%[1]d, %[2]d, %[1]d, '%[3]s', '2026-08-01', '2026-08-01', '%[4]s'); insert into dm_subgroup_subjects values (%[1]d, %[5]s, 'PER')`,
		step, a.kind, or(a.status, "COMPLETED"), completed, person)
	said := map[string]string{"consent_direction": "out", "consent_datasets": "all", "consent_decided_by": "self", "consent_needs_met": "yes", "consent_decision": "refused"}
	for question, words := range a.answers {
		said[question] = words
	}
	for question, words := range said {
		column := "text_answer"
		if strings.HasSuffix(question, "_at") || strings.HasSuffix(question, "_on") {
			column = "date_answer"
		}
		statements += fmt.Sprintf(`; insert into dm_cached_form_answers (workflow_step_id, form_id, form_answer_row_id, mapping_id, subject_person_id, subgroup_id, %[1]s)
			select %[2]d, %[2]d, mapping_id, mapping_id, %[3]s, %[2]d, '%[4]s' from dm_cached_form_questions where question_user_code = '%[5]s'`,
			column, step, or(a.subject, "null"), words, question)
	}
	c.enter(statements)
	return step
}

// spoils changes the answer to one question of a step.
func (c *council) spoils(step int, question, change string) {
	c.t.Helper()
	c.enter(fmt.Sprintf(`update dm_cached_form_answers set %s where workflow_step_id = %d
		and mapping_id in (select mapping_id from dm_cached_form_questions where question_user_code = '%s')`, change, step, question))
}

// sharedPeople are grown-ups or children of whom the case status is shared, who have one record and were never asked.
func (w world) sharedPeople(t *testing.T, age string) (people []string) {
	t.Helper()
	for _, row := range w.query(t, fmt.Sprintf(`
		select decisions.person_id from read_parquet(%s) as decisions
		inner join read_parquet('%s') as known on known.person_id = decisions.person_id and known.date_of_birth %s
		where decisions.dataset = 'case_status' and decisions.decision = 'shared'
			and decisions.person_id not in (select person_id from read_parquet(%s))
			and decisions.person_id not in (select person_id from read_parquet(%s))
		order by 1`, w.trusted("audit", "decisions"), filepath.Join(w.current(), "raw", "casestore", "dm_persons", "part-0.parquet"), age,
		w.trusted("audit", "consent_requests"), w.refined("int_same_people"))) {
		people = append(people, row[0])
	}
	return people
}

// What stops being shared when a refusal is recorded badly, one kind of fault a person. Each was shared before the rules of
// sql/README.md.
func TestEveryRefusalIsHonoured(t *testing.T) {
	t.Parallel()
	c := &council{world: ownSources(t), t: t}
	adults, children := c.sharedPeople(t, "< '2000-01-01'"), c.sharedPeople(t, "between '2012-01-01' and '2022-01-01'")
	if len(adults) < 20 || len(children) < 1 {
		t.Fatalf("%d adults, %d children", len(adults), len(children))
	}
	want := map[string]string{} // reason by person
	next := func(reason string) string {
		person := adults[0]
		adults = adults[1:]
		want[person] = reason
		return person
	}
	given := asking{completed: "2026-10-01 10:00:00", answers: map[string]string{"consent_decision": "given"}}
	// 1: a row of the refusal cannot be read. What is left of it may say enough; all are on the review list
	c.enter(fmt.Sprintf("update dm_workflow_steps set cancelled_on = 'infinity' where workflow_step_id = %d", c.asks(next("refused"), asking{})))
	c.enter(fmt.Sprintf("update dm_workflow_steps set step_status = null where workflow_step_id = %d", c.asks(next("refused"), asking{})))
	c.spoils(c.asks(next("incomplete"), asking{}), "consent_decision", "mapping_id = null")
	c.spoils(c.asks(next("refused"), asking{answers: map[string]string{"consent_asked_at": "2026-09-01"}}), "consent_asked_at", "date_answer = 'infinity'")
	lacking := next("unreadable_consent")
	c.asks(lacking, asking{})
	able := given
	able.answers = map[string]string{"consent_decision": "given", "consent_capacity": "lacks capacity"}
	c.spoils(c.asks(lacking, able), "consent_capacity", "date_answer = 'infinity'")
	// 3: a refusal in the future
	future := next("refused")
	c.asks(future, asking{completed: "2026-10-10 10:00:00", answers: map[string]string{"consent_asked_at": "2062-10-10 10:00:00"}})
	c.asks(future, given)
	// 4: capacity in an unknown word
	unable := next("refused")
	c.asks(unable, asking{})
	able.answers = map[string]string{"consent_decision": "given", "consent_capacity": "No capacity"}
	c.asks(unable, able)
	// 5: a parent after the child
	child := children[0]
	want[child] = "refused"
	c.asks(child, asking{answers: map[string]string{"consent_decided_by": "gillick competent child"}})
	parent := given
	parent.answers = map[string]string{"consent_decision": "given", "consent_decided_by": "parental responsibility"}
	c.asks(child, parent)
	// 6: given on a step that is not complete
	for _, status := range []string{"DELETED", "INCOMING", "STARTED"} {
		person := next("refused")
		c.asks(person, asking{})
		unfinished := given
		unfinished.status = status
		c.asks(person, unfinished)
	}
	// 7: another subject, another type of step
	c.asks(next("refused"), asking{subject: "999999999"})
	c.asks(next("refused"), asking{kind: 101})
	// 8: on a duplicate record
	for reason, column := range map[string]string{"refused": "'N'", "restricted": "'Y'"} {
		person := next(reason)
		double := "7" + person
		c.enter(fmt.Sprintf(`insert into dm_persons by name select * replace (%[1]s as person_id, null as nhs_id, %[2]s as restricted, '%[1]s' as person_id_legacy) from dm_persons where person_id = %[3]s`, double, column, person))
		if reason == "refused" {
			c.asks(double, asking{})
		}
	}
	// 9: a contact who refuses
	refusing := c.query(t, fmt.Sprintf(`
		select contacts.contact_key, min(relationships.other_person_id) from read_parquet(%s) as contacts
		inner join read_parquet('%s') as relationships on contacts.contact_key = 'personal-' || relationships.personal_relationship_id
		group by all order by 1 limit 1`,
		c.trusted("direct-care", "advocates_and_next_of_kin"), filepath.Join(c.current(), "raw", "casestore", "dm_personal_relationships", "part-0.parquet")))[0]
	c.asks(refusing[1], asking{answers: map[string]string{"consent_datasets": "case_status"}})
	// 2: the line with the sender's mark is torn
	marked := c.tearMarkedPatient(t, adults)
	want[marked] = "unreadable_restriction"

	c.mustRun(t, exit.Quarantined, "run", "--as-at", asAt)
	for person, reason := range want {
		c.expect("withheld "+reason, "select decision || ' ' || reason from read_parquet(%s) where person_id = %s and dataset = 'case_status'", c.trusted("audit", "decisions"), person)
	}
	c.expect("0", "select count(*) from read_parquet(%s) where contact_key = '%s'", c.trusted("direct-care", "advocates_and_next_of_kin"), refusing[0])
	for _, warning := range []string{"warning: unreadable_consents: 5 rows", "warning: unreadable_restrictions: "} {
		if !strings.Contains(c.stdout+c.stderr, warning) {
			t.Errorf("no %q in %s", warning, c.stdout+c.stderr)
		}
	}
	c.expect("1", "select count(*) from read_parquet(%s) where matter = 'unreadable consent' and person_id = %s and reference like 'dm_cached_form_answers%%'", c.trusted("audit", "matters_for_review"), lacking)
	id, err := strconv.ParseInt(lacking, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	c.explains(id, "a record that cannot be read may hold a refusal", "record not read", "it may hold a refusal")

	// 7: a refusal that is about nobody, and a row of nobody, stop the run
	group, unread := c.asks("55", asking{}), c.asks("56", asking{})
	c.enter(fmt.Sprintf("update dm_subgroup_subjects set subject_type_code = 'GRP' where subgroup_id in (%d, %d)", group, unread))
	c.enter(fmt.Sprintf("update dm_workflow_steps set step_status = null where workflow_step_id = %d", unread))
	c.mustFail(t, exit.ChecksFailed, "refusals_of_nobody: ")
	if !strings.Contains(c.stderr, "unreadable_rows_of_nobody: 1 bad row") {
		t.Errorf("a row of nobody is not named: %s", c.stderr)
	}
}

// tearMarkedPatient marks one of the people as restricted by a sender, and cuts the end off the line.
func (c *council) tearMarkedPatient(t *testing.T, people []string) (person string) {
	t.Helper()
	rows := c.query(t, fmt.Sprintf("select person_id, nhs_number from read_parquet(%s) where nhs_number is not null and person_id in (%s) order by 1",
		c.refined("int_nhs_numbers"), strings.Join(people, ", ")))
	for _, sender := range []string{"exchange", "community"} {
		path := filepath.Join(c.folder, "sources", "health", sender, "Patient.0.ndjson.gz")
		tear := inZip(func(content string) string {
			lines := strings.Split(content, "\n")
			for i, line := range lines {
				for _, row := range rows {
					if person == "" && strings.Contains(line, `"`+row[1]+`"`) && strings.Contains(line, `"meta":{`) {
						person = row[0]
						lines[i] = strings.Replace(line, `"meta":{`, `"meta":{"security":[{"code":"R"}],`, 1)[:len(line)]
					}
				}
			}
			return strings.Join(lines, "\n")
		})
		mustWrite(t, path, tear(mustRead(t, path)))
	}
	if person == "" {
		t.Fatal("none of them is a patient")
	}
	return person
}
