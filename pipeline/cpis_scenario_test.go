package pipeline

import (
	dbsql "database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"careshare/pipeline/borough"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"

	"github.com/xuri/excelize/v2"
)

// council is a small borough over several days: a test writes what CP-IS sends and what workers enter, and looks at what
// each run makes of it.
type council struct {
	world
	t    testing.TB
	day  time.Time
	step int64 // the last workflow step entered
}

func newCouncil(t testing.TB, people int, edits ...string) *council {
	t.Helper()
	c := &council{world: world{folder: t.TempDir()}, t: t, day: borough.DefaultAsAt(), step: 9_000_000}
	o := borough.Options{People: people, Seed: 1, AsAt: c.day, To: filepath.Join(c.folder, "sources")}
	makeBorough(t, o)
	if err := os.RemoveAll(filepath.Join(o.To, "cpis")); err != nil {
		t.Fatal(err)
	}
	if _, err := config.WriteTemplates(c.folder); err != nil {
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
	if code := c.run("run", "--config", c.config(), "--as-at", c.day.Format(time.RFC3339)); code != exit.Done && code != exit.Quarantined {
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

// spareNumber is the nth NHS number of the test range that no borough of under 50,000 people deals: those have the first valid
// number of each ten, this is the last.
func spareNumber(nth int) string {
	for last := 9; ; last-- {
		nine, sum := fmt.Sprintf("999%05d%d", nth, last), 0
		for i, digit := range nine {
			sum += int(digit-'0') * (10 - i)
		}
		if check := (11 - sum%11) % 11; check < 10 {
			return nine + fmt.Sprint(check)
		}
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

// child is one who is sent, looked after or on a plan as asked, with an allocated worker.
func (c *council) child(plan string) (person int64, number string, custodian int64) {
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

// childOnNoPlan has a number that was traced and an allocated worker, and is not one of the others.
func (c *council) childOnNoPlan(others ...int64) (person int64, number string, custodian int64) {
	c.t.Helper()
	_, err := fmt.Sscan(c.one(`select numbers.person_id, numbers.nhs_number, max(work.worker_id)
		from read_parquet(%s) as numbers
		inner join read_parquet('%s/raw/casestore/dm_persons/*.parquet') as people on people.person_id = numbers.person_id
		inner join read_parquet('%[2]s/raw/casestore/dm_allocated_workers/*.parquet') as work on work.person_id = numbers.person_id and work.end_date is null
		where numbers.standing in ('verified', 'traced') and not numbers.is_sensitive and people.restricted = 'N' and people.date_of_death is null
			and people.date_of_birth > timestamp '2012-01-01 00:00:00' and not list_contains(%s::bigint[], numbers.person_id)
		group by all having count(*) = 1 order by 1 limit 1`,
		c.refined("int_nhs_numbers"), c.current(), strings.ReplaceAll(fmt.Sprint(others), " ", ",")), &person, &number, &custodian)
	if err != nil {
		c.t.Fatal(err)
	}
	return person, number, custodian
}

// lists are the workers whose page and workbook name the message, in order.
func (c *council) lists(message string) (workers []int64) {
	c.t.Helper()
	pages, _ := filepath.Glob(filepath.Join(c.current(), "reports", "cpis", "custodian-*.html"))
	for _, page := range pages {
		var worker int64
		if _, err := fmt.Sscanf(filepath.Base(page), "custodian-%d.html", &worker); err != nil {
			c.t.Fatal(err)
		}
		onPage, inWorkbook := strings.Contains(c.page(filepath.Base(page)), message), inWorkbook(c.t, strings.TrimSuffix(page, ".html")+".xlsx", message)
		if onPage != inWorkbook {
			c.t.Errorf("worker %d: on the page %v, in the workbook %v", worker, onPage, inWorkbook)
		}
		if onPage {
			workers = append(workers, worker)
		}
	}
	return workers
}

func inWorkbook(t testing.TB, path, words string) bool {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(fmt.Sprint(rows), words) {
			return true
		}
	}
	return false
}

func (c *council) onListsOf(message string, workers ...int64) {
	c.t.Helper()
	slices.Sort(workers)
	if found := c.lists(message); !slices.Equal(found, workers) {
		c.t.Errorf("message %s is on the lists of %v, want %v", message, found, workers)
	}
}

// explains holds that careshare explain tells each of these things of a person.
func (c *council) explains(person int64, words ...string) {
	c.t.Helper()
	if code := c.run("explain", fmt.Sprint(person), "--config", c.config()); code != exit.Done {
		c.t.Errorf("explain ended with %d: %s", code, c.stderr)
	}
	for _, want := range words {
		if !strings.Contains(c.stdout, want) {
			c.t.Errorf("explain does not say %q", want)
		}
	}
	if c.t.Failed() {
		c.t.Log(c.stdout)
	}
}
