package pipeline

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// faults is a council to which one day brings every fault that we know of, about one child and about nobody's.
type faults struct {
	*council
	person int64
	number string
	sent   int // records of the upload
	from   time.Time
}

const nobodys = "9990554412"

// Whatever CP-IS sends, the run publishes, each fault has its named place, nothing of a child stands in what is printed,
// and no access is lost.
func TestCPISFaultsHaveTheirOutcome(t *testing.T) {
	t.Parallel()
	c := &faults{council: newCouncil(t, 1000)}
	c.runs(0)
	c.person, c.number, _ = c.child("LAC")
	c.sent, c.from = counted(t, c.one("select max(count_records) from %s", c.cpis("cpis_uploads"))), c.day
	for folder, whole := range map[string]string{"notifications": c.whole(), "acknowledgements": answered(18, c.sent, "CPF02", c.from.Add(time.Hour)), "inactive": noLongerLive(c.number, c.from)} {
		for _, f := range unreadables(whole) {
			c.put(folder, f.name, f.content)
		}
	}
	for name, content := range c.badNotifications() {
		c.put("notifications", name, content)
	}
	for name, content := range c.badAnswers() {
		c.put("acknowledgements", name, content)
	}
	c.runs(26 * time.Hour)
	c.answersStand()
	c.accessesStand()
	c.unreadablesStand()
	c.areRaised()
	for _, private := range []string{c.number, nobodys, "Quillfeather"} {
		if strings.Contains(c.stdout+c.stderr, private) {
			t.Errorf("the run prints a value of a child or of who saw it")
		}
	}
	c.nothingIsLost()
}

func (c *faults) whole() string {
	return accessed("B0000000-0000-4000-A000-000000000001", c.number, "RZ9H1", c.from.Add(time.Hour))
}

// unreadable is a file that cannot be read, and the rule that says why.
type unreadable struct{ name, content, rule string }

// unreadables are the ways in which a whole message can be spoilt.
func unreadables(whole string) []unreadable {
	return []unreadable{
		{"truncated.xml", whole[:len(whole)/2], "not well-formed XML"},
		{"empty.xml", "", "empty file"},
		{"encoding.xml", "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + whole, "not UTF-8"},
		{"mis-encoded.xml", strings.Replace(whole, "</", "Zo\xeb</", 1), "not UTF-8"},
		{"namespace.xml", strings.ReplaceAll(whole, "urn:hl7-org:v3", "urn:example"), "element outside urn:hl7-org:v3"},
		{"bomb.xml", `<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]>` + whole, "document type declaration"},
	}
}

func (c *faults) badNotifications() map[string]string {
	day := c.from
	files := map[string]string{
		"future.xml":   accessed("B0000000-0000-4000-A000-000000000002", c.number, "RZ9M2", day.AddDate(0, 1, 0)),
		"unknown.xml":  accessed("B0000000-0000-4000-A000-000000000003", nobodys, "RZ9M2", day.Add(time.Hour)),
		"reused.xml":   accessed("B0000000-0000-4000-A000-000000000004", c.number, "RZ8K4", day.Add(time.Hour)),
		"reused-2.xml": accessed("B0000000-0000-4000-A000-000000000004", c.number, "RZ8K4", day.Add(3*time.Hour)),
		"same.xml":     accessed("B0000000-0000-4000-A000-000000000005", c.number, "RX6AA", day.Add(time.Hour)),
		"same-2.xml":   accessed("B0000000-0000-4000-A000-000000000005", c.number, "RX6AA", day.Add(time.Hour)),
	}
	for i := range 1000 { // a thousand for one child in a minute
		at := day.Add(2*time.Hour + time.Duration(i)*60*time.Millisecond)
		files[fmt.Sprintf("burst-%04d.xml", i)] = accessed(fmt.Sprintf("C0000000-0000-4000-A000-%012d", i), c.number, "RZ7N1", at)
	}
	return files
}

func (c *faults) badAnswers() map[string]string {
	sent, day := c.sent, c.from
	refused := answered(18, sent, "CPF03", day.Add(3*time.Hour), fmt.Sprintf("CPR03 %s %d", c.number, c.person))
	return map[string]string{
		"early.xml":   answered(18, sent, "CPF02", day.Add(-time.Hour)),
		"future.xml":  answered(18, sent, "CPF02", day.AddDate(0, 0, 9)),
		"unknown.xml": answered(99, sent, "CPF02", day.Add(time.Hour)),
		"counts.xml":  answered(18, sent+1, "CPF02", day.Add(time.Hour)),
		"another.xml": answered(18, sent, "CPF03", day.Add(2*time.Hour), fmt.Sprintf("CPR06 %s %d", c.number, c.person), "CPR02 "+nobodys+" 77"),
		"theirs.xml": strings.Replace(answered(18, sent, "CPF04", day.Add(4*time.Hour)), "<acknowledgementFile>",
			`<communicationFunctionRcv><id extension="706"/></communicationFunctionRcv><acknowledgementFile>`, 1),
		"unreadable.xml": answered(-1, -1, "CPF01", day.Add(time.Hour)),
		"before.xml":     answered(17, 3, "CPF02", day.Add(-48*time.Hour)),
		"once.xml":       refused, "once-more.xml": refused,
	}
}

func (c *faults) answersStand() {
	for file, want := range map[string]string{
		"early": "before_the_upload", "future": "from_the_future", "unknown": "unknown_sequence", "counts": "count_differs",
		"another": "another_upload", "theirs": "another_council", "unreadable": "upload_not_read", "before": "before_this_program", "once": "duplicate", "once-more": "accepted",
	} {
		c.expect(want, "select distinct standing from %s where file = '%s.xml'", c.cpis("cpis_acknowledgements"), file)
	}
	c.expect(fmt.Sprint("refused CPR03 ", c.sent-1), "select max(answer) filter (where person_id = %d), max(answer_code) filter (where person_id = %[1]d), count(distinct record_position) filter (where answer = 'loaded') from %s where sequence_number = 18",
		c.person, c.cpis("cpis_uploads"))
}

func (c *faults) accessesStand() {
	c.expect("1 1000", "select count(*), max(count_accesses) from %s where organisation_code = 'RZ7N1'", c.cpis("cpis_follow_ups"))
	c.expect("1000", "select count(*) from %s where organisation_code = 'RZ7N1'", c.cpis("cpis_notifications"))
	c.expect("1 true", "select count(*), bool_and(severity = 'high') from %s where person_id is null", c.cpis("cpis_follow_ups"))
	c.expect("from_the_future", "select standing from %s where message_id = 'B0000000-0000-4000-A000-000000000002'", c.cpis("cpis_notifications"))
	c.expect("new false", "select state, is_past_due from %s where follow_up_id = 'B0000000-0000-4000-A000-000000000002/1'", c.cpis("cpis_follow_ups"))
	c.expect("1", "select count(*) from %s where organisation_code = 'RX6AA'", c.cpis("cpis_notifications"))
	c.expect("2 2", "select count(*), max(edition) from %s where organisation_code = 'RZ8K4'", c.cpis("cpis_notifications"))
}

// unreadablesStand: each is quarantined whole under its rule, by the hash of what came, leaves no row behind, and is raised.
func (c *faults) unreadablesStand() {
	folders := map[string]string{"notifications": "access_notifications", "acknowledgements": "acknowledgements", "inactive": "inactive_numbers"}
	for folder, table := range folders {
		for _, f := range unreadables("</") {
			came, err := os.ReadFile(filepath.Join(c.folder, "sources", "cpis", folder, f.name))
			if err != nil {
				c.t.Fatal(err)
			}
			c.expect(fmt.Sprintf("%s %x", f.rule, sha256.Sum256(came)), "select rule, raw_sha256 from read_parquet('%s/quarantine/cpis/part-0.parquet') where table_name = '%s' and file = '%s'", c.current(), table, f.name)
			c.expect("not_readable true", "select reason, is_to_be_mended from %s where area = 'file' and subject = '%s/%s'", c.cpis("cpis_failures"), folder, f.name)
			c.expect("0", "select count(*) from read_parquet('%s/raw/cpis/%s.parquet') where file = '%s'", c.current(), table, f.name)
		}
	}
	c.expect(fmt.Sprint(len(folders)*len(unreadables("</"))), "select count(*) from read_parquet('%s/quarantine/cpis/part-0.parquet')", c.current())
}

func (c *faults) areRaised() {
	found := c.query(c.t, fmt.Sprintf("select distinct reason from %s where is_to_be_mended", c.cpis("cpis_failures")))
	for _, reason := range []string{"not_readable", "unknown_child", "from_the_future", "message_id_reused", "unknown_sequence", "count_differs",
		"another_upload", "another_council", "before_the_upload", "upload_not_read", "refused_cpr03"} {
		if !slices.ContainsFunc(found, func(row []string) bool { return row[0] == reason }) {
			c.t.Errorf("no failure says %s", reason)
		}
	}
}

// nothingIsLost when the inbox is emptied, and what was truncated comes whole.
func (c *faults) nothingIsLost() {
	for _, folder := range []string{"acknowledgements", "notifications", "inactive"} {
		if err := os.RemoveAll(filepath.Join(c.folder, "sources", "cpis", folder)); err != nil {
			c.t.Fatal(err)
		}
	}
	c.put("notifications", "truncated.xml", c.whole())
	c.runs(time.Hour)
	c.expect("17 0", "select count(*), count(*) filter (where subject = 'notifications/truncated.xml') from %s where reason = 'not_readable'", c.cpis("cpis_failures"))
	c.expect("1", "select count(*) from %s where message_id = 'B0000000-0000-4000-A000-000000000001'", c.cpis("cpis_notifications"))
	c.expect("1 1000", "select count(*), max(count_accesses) from %s where organisation_code = 'RZ7N1'", c.cpis("cpis_follow_ups"))
}

// A sensitive record is told to the gates: nothing of the person is shared from then on (CPR02). A superseded number
// asks for a trace (CPR05), and is not sent again while it is the number held.
func TestAnswersThatChangeWhatIsShared(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, 2800)
	c.runs(0)
	people := c.query(t, fmt.Sprintf("select person_id, nhs_number from %s where can_be_sent and state = 'live' and standing in ('verified', 'traced') order by person_id limit 3", c.cpis("cpis_cohort")))
	sensitive, first := counted(t, people[0][0]), people[0][1]
	superseded, second := counted(t, people[1][0]), people[1][1]
	inactive, third := counted(t, people[2][0]), people[2][1]
	sent := counted(t, c.one("select max(count_records) from %s", c.cpis("cpis_uploads")))
	c.put("acknowledgements", "a.xml", answered(18, sent, "CPF03", c.day.Add(time.Hour),
		fmt.Sprintf("CPR02 %s %d", first, sensitive), fmt.Sprintf("CPR05 %s %d", second, superseded)))
	c.put("inactive", "a.xml", noLongerLive(third, c.day.Add(time.Hour)))
	c.runs(24 * time.Hour)
	c.expect("0", "select count(*) from read_parquet(%s) where person_id = %d and decision = 'shared'", c.trusted("audit", "decisions"), sensitive)
	c.expect("sensitive_record", "select distinct reasons from %s where person_id = %d", c.cpis("cpis_cohort"), sensitive)
	c.expect("nhs_number_superseded", "select distinct reasons from %s where person_id = %d", c.cpis("cpis_cohort"), superseded)
	c.expect("nhs_number_inactive", "select distinct reasons from %s where person_id = %d", c.cpis("cpis_cohort"), inactive)
	c.expect("2", "select count(*) from read_parquet(%s) where person_id in (%d, %d) and reason = 'cpis_asks'", c.trusted("audit", "trace_requests"), superseded, inactive)
	c.expect("2", "select count(*) from %s where area = 'trace' and person_id in (%d, %d)", c.cpis("cpis_failures"), superseded, inactive)
	c.expect("0", "select count(*) from %s where is_to_send and person_id in (%d, %d, %d)", c.cpis("cpis_uploads"), sensitive, superseded, inactive)
	if err := os.RemoveAll(filepath.Join(c.folder, "sources", "cpis")); err != nil { // the inbox is emptied, the notice still holds
		t.Fatal(err)
	}
	c.runs(24 * time.Hour)
	c.expect("nhs_number_inactive", "select distinct reasons from %s where person_id = %d", c.cpis("cpis_cohort"), inactive)
	c.expect("0", "select count(*) from %s where is_to_send and person_id in (%d, %d, %d)", c.cpis("cpis_uploads"), sensitive, superseded, inactive)
	c.expect(fmt.Sprint(inactive, " known_child"), "select person_id, standing from %s", c.cpis("cpis_inactive_numbers"))
	c.explains(int64(inactive), "NHS number no longer live, no replacement given", "to be mended")
	c.explains(int64(superseded), "CPR05 to upload 18", "LAC refused", "CPR05 to upload 18, NHS number verified but superseded") // the file's answer, and the record's
}

// noLongerLive is a notice that a number is no longer live, without another in its place.
func noLongerLive(number string, at time.Time) string {
	return fmt.Sprintf(`<InactiveNHSNumberNotification xmlns="urn:hl7-org:v3"><effectiveTime value="%s"/><id root="D0000000-0000-4000-A000-000000000001"/>
<code code="06" codeSystem="2.16.840.1.113883.2.1.3.2.4.17.470"/><patient><id root="2.16.840.1.113883.2.1.4.1" extension="%s"/></patient></InactiveNHSNumberNotification>`, ts(at), number)
}

func counted(t *testing.T, text string) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(text, &n); err != nil {
		t.Fatal(err)
	}
	return n
}
