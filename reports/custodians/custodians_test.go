package custodians

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"careshare/reports"
	"careshare/reports/pagetest"
	"careshare/sql"
)

// hostile are names that a page or a spreadsheet might take for something else.
func hostile() []string {
	return []string{"Zoë O’Brien-Ångström 李", "=cmd()", "<script>alert(1)</script>", strings.Repeat("Long-", 40) + "Name", "+44", "0123456789", "a'b; drop"}
}

// written has the lists made of one follow-up for each name, the third of a restricted record and past its due time, and of more failures.
func written(t *testing.T, names []string, failures ...string) (folder string) {
	t.Helper()
	db, err := sql.Open(t.Context(), sql.Options{Memory: "500MB", Threads: 1, Spill: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	at := time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC)
	run := func(statement string, args ...any) {
		if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	run("create schema config")
	run("create table config.reasons as select 'cpis_past_due' as reason, 'the follow-up is past its due time' as words")
	run(`create table cpis_failures (area varchar, subject varchar, reason varchar, person_id bigint, urgency integer, first_seen_at timestamptz, age_days bigint, is_to_be_mended boolean)`)
	run(`create table cpis_follow_ups (follow_up_id varchar, person_id bigint, nhs_number varchar, family varchar, given varchar, birth_date date,
		is_restricted boolean, plan_types varchar, first_accessed_at timestamptz, count_accesses bigint, organisation_code varchar, organisation_name varchar,
		author_name varchar, job_role varchar, nominated_people varchar, severity varchar, due_at timestamptz, custodian_worker_id bigint, custodian_name varchar,
		custodian_rule varchar, state varchar, remark varchar, is_past_due boolean, escalation_level integer, escalated_to_worker_id bigint, escalated_to_name varchar,
		passed_on_from_worker_id bigint)`)
	for i, name := range names {
		isLate := i == 2
		run(`insert into cpis_follow_ups values (?, ?, '9990000018', ?, 'Ann', date '2015-02-01', ?, 'CPP', ?, ?, 'RZ9', ?, ?, 'Nurse', null, 'high', ?, ?, ?,
			'team_duty', 'new', null, ?, ?, ?, ?, 5002)`, fmt.Sprintf("M%d/1", i), i+1, name, isLate, at, i+1, "Ward of "+name, name, at.Add(time.Hour), 5003, name,
			isLate, map[bool]int{true: 2}[isLate], map[bool]any{true: 5014}[isLate], map[bool]any{true: "Head " + name}[isLate])
	}
	if len(names) > 2 {
		run("insert into cpis_failures values ('follow_up', 'M2/1', 'past_due', 3, 2, ?, 0, true)", at)
	}
	for _, failure := range failures {
		run("insert into cpis_failures values " + failure)
	}
	folder = t.TempDir()
	about := reports.About{Again: "report cpis", Run: "20261101T070000Z", AsAt: at, Agreement: "1", RootSize: 7, RootHash: "abc="}
	if err := Write(t.Context(), db, Options{To: folder, Scratch: t.TempDir(), About: about}); err != nil {
		t.Fatal(err)
	}
	return folder
}

func text(t *testing.T, path ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestListsTakeNamesAsText(t *testing.T) {
	folder := written(t, hostile())
	page := text(t, folder, "custodian-5003.html")
	for _, bad := range []string{"<script", "src=", "Ann &lt;script", "restricted record, born"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	for _, good := range []string{"Zoë O’Brien-Ångström 李", "=cmd()", "<h3>restricted record</h3>", "<p>person 3, plans", "PAST DUE since 01/11/2026 08:00", "7 entries, root abc=",
		"duty custodian of the team, passed on from worker 5002; escalated (level 2) to worker 5014", "01/11/2026 07:00, 2 times at Ward of =cmd() (RZ9)", "Do next: act on the 1 visit marked PAST DUE", "How to record this in Mosaic", "child protection plan (CPP)"} {
		if !strings.Contains(page, good) {
			t.Errorf("the page lacks %s", good)
		}
	}
	if above := text(t, folder, "custodian-5014.html"); !strings.Contains(above, "Escalated to you: 1 visit") || !strings.Contains(above, "custodian is worker 5003") || !strings.Contains(above, `<section aria-labelledby="escalated-to-you--1-visit">`) || strings.Contains(above, "9990000018") {
		t.Error("whom it is escalated to does not see the matter, or sees a restricted child's number")
	}
	if owners := text(t, folder, "failures.html"); !strings.Contains(owners, "The follow-up is past its due time") || !strings.Contains(owners, "5014") {
		t.Error("the owners' page lacks the failure or a custodian")
	}
}

func TestWorkbookHoldsEveryCellAsText(t *testing.T) {
	folder := written(t, hostile())
	book, err := excelize.OpenFile(filepath.Join(folder, "custodian-5003.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("follow-ups in full")
	if err != nil {
		t.Fatal(err)
	}
	const first = 3 // title, count of tables, header
	if len(rows) != first+len(hostile()) || !slices.Equal(rows[2], wideHeader()) {
		t.Fatalf("%d rows, header %v", len(rows), rows[2])
	}
	if late, other := rows[first], rows[first+1]; late[5] != "PAST DUE" || late[6] != "2026-11-01 08:00" || late[2] != "" || other[5] != "" || other[2] != "9990000018" {
		t.Errorf("%v, %v", late, other)
	}
	for line := range rows[first:] {
		for _, column := range []string{"A", "C", "M"} {
			cell := fmt.Sprintf("%s%d", column, first+line+1)
			if kind, _ := book.GetCellType("follow-ups in full", cell); kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
				t.Errorf("%s is held as %v, not as text", cell, kind)
			}
		}
	}
	if cover, _ := book.GetRows("cover"); len(cover) < 6 || !strings.Contains(fmt.Sprint(cover), "root abc=") {
		t.Errorf("the cover does not hold the audit log's root: %v", cover)
	}
}

func TestAListSaysWhyAndHowOftenInPlainWords(t *testing.T) {
	one := followUp{custodian: "5003", rule: "allocated worker", severity: "high", state: "looked at", seen: "2026-11-01 07:00", due: "2026-11-02 07:00", count: 1, place: "A (B)"}
	same, other := one, one
	same.level, same.escalatedTo = 2, "5003"
	other.level, other.escalatedTo, other.escalatedToName, other.passedOnFrom = 1, "5014", "Ann", "5002"
	for _, c := range [][2]string{{one.why(), "allocated worker"}, {same.why(), "allocated worker; escalated (level 2), to you too"},
		{other.why(), "allocated worker, passed on from worker 5002; escalated (level 1) to worker 5014 Ann"},
		{one.narrow("")[2], "01/11/2026 07:00 at A (B)"}, {one.narrow("")[4], "high severity, looked at"}} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
}

// The sheet that is printed says of each follow-up what the page says, as large as it is written; nothing that is known is on neither sheet.
func TestListsCanBeReadOnPaper(t *testing.T) {
	book, err := excelize.OpenFile(filepath.Join(written(t, hostile()), "custodian-5003.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	list, err := book.GetRows("follow-ups")
	if err != nil || len(list) != 5+len(hostile()) || !slices.Equal(list[4], narrowHeader()) || !strings.Contains(list[2][0], "close it with an outcome") {
		t.Fatalf("%d rows: %v", len(list), err)
	}
	full, err := book.GetRows("follow-ups in full")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range full[3:] {
		printed := strings.Join(list[5+i], " ")
		for column, fact := range row {
			if name := full[2][column]; name == "Times" || name == "Seen at" || name == "Born" || name == "Due" {
				continue // in other words
			}
			if !strings.Contains(printed, fact) {
				t.Errorf("the printed line %d lacks %q, its %s", i+1, fact, full[2][column])
			}
		}
	}
	for name, widths := range map[string][]float64{"list": narrowWidths(), "failures": failuresSheet("a", "a", nil).Widths} {
		sum := 0.0
		for _, width := range widths {
			sum += width
		}
		if sum > reports.PaperWidth {
			t.Errorf("the %s is %v wide: it is printed smaller than it is written", name, sum)
		}
	}
}

func TestNothingToReport(t *testing.T) {
	folder := written(t, nil)
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	if page := text(t, folder, "failures.html"); strings.Count(page, "Nothing to report") != 1 || !strings.Contains(page, "No problems to fix") {
		t.Error("the owners' page does not say that there is nothing")
	}
}

// Whoever may come to harm first stands first, then what has stood longest; what is wrong with one subject stands together.
func TestFailuresStandInTheOrderToActIn(t *testing.T) {
	folder := written(t, hostile(), "('cohort', '9/LAC', 'over_18', 9, 7, timestamptz '2026-01-01 07:00:00+00', 304, true)",
		"('cohort', '8/CPP', 'no_nhs_number', 8, 5, timestamptz '2026-10-02 07:00:00+00', 30, true)",
		"('upload', '17', 'no_acknowledgement', null, 4, timestamptz '2026-11-01 07:00:00+00', 0, true)",
		"('upload', '16', 'no_acknowledgement', null, 4, timestamptz '2026-10-31 07:00:00+00', 1, true)",
		"('follow_up', 'M2/1', 'step_cancelled', 3, 2, timestamptz '2026-11-01 07:00:00+00', 0, true)",
		"('follow_up', 'M0/1', 'no_custodian', 1, 1, timestamptz '2026-11-01 07:00:00+00', 0, true)",
		"('upload', '15', 'sent_again', null, 4, timestamptz '2026-10-01 07:00:00+00', 31, false)")
	inOrder := []string{"follow-up M0/1", "the follow-up is past its due time; step cancelled", "upload 16", "upload 17", "cohort 8/CPP", "cohort 9/LAC"}
	onPage := []string{"No custodian:", "Worker 5003", "Ann Zoë", "The follow-up is past its due time; step cancelled:", "Worker 5003", "restricted record (3)", "upload 16, 1 day,", "upload 17", "No nhs number:", "person 8, 30 days", "Over 18:", "person 9, 304 days"}
	page := text(t, folder, "failures.html")
	for _, next := range append([]string{"6 problems to fix, the most urgent first"}, append(onPage, "Open follow-ups, by custodian", `<a href="custodian-`, "upload 15")...) {
		_, after, isThere := strings.Cut(page, next)
		if !isThere {
			t.Fatalf("the page lacks %s, or has it too early", next)
		}
		page = after
	}
	book, err := excelize.OpenFile(filepath.Join(folder, "failures.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("to fix")
	if err != nil || len(rows) != 3+len(inOrder) {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for i, want := range inOrder {
		if row := strings.Join(rows[3+i], "|"); !strings.Contains(row, want) {
			t.Errorf("line %d is %s, not of %s", i+1, row, want)
		}
	}
	if late := rows[4]; late[0] != "2 Overdue follow-ups" || late[2] != "2026-11-01 07:00" || late[6] != "worker 5003 "+hostile()[2]+", escalated to worker 5014 Head "+hostile()[2] {
		t.Errorf("a follow-up past its due time: %q", late)
	}
}

// What an agreement leaves out, or an older snapshot lacks, stops no list.
func TestFailuresWithoutUrgencyAreListed(t *testing.T) {
	db, err := sql.Open(t.Context(), sql.Options{Memory: "500MB", Threads: 1, Spill: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{"create schema config", "create table config.reasons (reason varchar, words varchar)",
		`create table cpis_follow_ups (follow_up_id varchar, is_past_due boolean, due_at timestamptz, custodian_worker_id bigint, custodian_name varchar,
			escalation_level integer, escalated_to_worker_id bigint, escalated_to_name varchar)`,
		`create table cpis_failures as select 'cohort' as area, '8/CPP' as subject, 'no_nhs_number' as reason, 8::bigint as person_id,
			timestamptz '2026-10-02 07:00:00+00' as first_seen_at, 30::bigint as age_days, true as is_to_be_mended`} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	failed, err := readFailures(t.Context(), db)
	if err != nil || len(failed) != 1 {
		t.Fatalf("%v: %v", failed, err)
	}
	if title := owners(failed, nil).page[0].Title; title != "To fix, in no order of urgency: the agreement leaves it out: 1" {
		t.Error(title)
	}
}

func TestListsAreAccessible(t *testing.T) {
	chromium, axe := pagetest.Need(t, "chromium"), pagetest.Axe(t)
	full, empty, scratch := written(t, hostile()), written(t, nil), t.TempDir()
	for name, page := range map[string]string{"list": text(t, full, "custodian-5003.html"), "owners": text(t, full, "failures.html"), "nothing": text(t, empty, "failures.html")} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []string{"1280,900", "500,900"} { // where rows become cards
				if found := pagetest.Violations(t, chromium, axe, filepath.Join(scratch, name, size), page, []string{"--window-size=" + size}); len(found) > 0 {
					t.Errorf("at %s: %s", size, strings.Join(found, "\n"))
				}
			}
		})
	}
}
