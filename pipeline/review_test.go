package pipeline

import (
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"careshare/pipeline/exit"
)

// reviewed is a world with one snapshot and its exported queue, as the CSV's rows.
func reviewed(t *testing.T) (w world, folder string, rows [][]string) {
	t.Helper()
	w = published(t)
	folder = t.TempDir()
	w.mustRun(t, exit.Done, "review", "export", "--to", folder)
	return w, folder, readRows(t, filepath.Join(folder, "nhs_number_reviews_20261101T070000Z.csv"))
}

func readRows(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func writeRows(t *testing.T, rows [][]string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "decided.csv")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := csv.NewWriter(file).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return path
}

// decide writes a decision into the first row, from one on, that has the reason, and returns the row.
func decide(t *testing.T, rows [][]string, reason, decision string) []string {
	t.Helper()
	for _, row := range rows[1:] {
		if row[3] == reason && row[2] == "" {
			row[2] = decision
			return row
		}
	}
	t.Fatalf("nothing to decide for %s", reason)
	return nil
}

func TestAReviewersWordOutranksEveryRuleAndIsKept(t *testing.T) {
	t.Parallel()
	w, _, rows := reviewed(t)
	shared := decide(t, rows, "number_of_two_people", "accept")
	disagrees := decide(t, rows, "patient_disagrees", "reject")
	another := decide(t, rows, "trace_gave_another_number", "accept")
	w.mustRun(t, exit.Done, "review", "import", writeRows(t, rows), "--by", "A Reviewer")
	if !strings.Contains(w.stdout, "2 numbers accepted, 2 rejected (1 of them because another was accepted)") {
		t.Error(w.stdout)
	}
	w.runAt(t, nextDay)
	if got := w.number(t, shared[0]); got != shared[1]+" 02 matched reviewed accepted_by_reviewer" {
		t.Errorf("a shared number, accepted: %s", got)
	}
	if got := w.number(t, shared[12]); got != "- 05 conflict none number_of_two_people" { // the other person
		t.Errorf("and its other: %s", got)
	}
	if got := w.number(t, disagrees[0]); strings.Contains(got, disagrees[1]) || strings.Contains(got, "conflict") {
		t.Errorf("a number rejected: %s", got)
	}
	if got := w.number(t, another[0]); !strings.HasPrefix(got, another[1]+" 0") || !strings.HasSuffix(got, "reviewed accepted_by_reviewer") {
		t.Errorf("one of two numbers: %s", got)
	}
	history := w.query(t, fmt.Sprintf(`select string_agg(standing || coalesce(' ' || decided_by, ''), ', ' order by position)
		from read_parquet(%s) where person_id = %s`, w.trusted("audit", "nhs_number_decisions"), shared[0]))
	if history[0][0] != "conflict, matched A Reviewer" {
		t.Errorf("history %v", history)
	}

	// a later word stands over an earlier one, and the history keeps both
	rows[1] = []string{shared[0], shared[1], "reject"}
	w.mustRun(t, exit.Done, "review", "import", writeRows(t, [][]string{rows[0][:3], rows[1]}), "--by", "B Reviewer")
	w.runAt(t, dayAfter)
	if got := w.number(t, shared[0]); strings.Contains(got, shared[1]) {
		t.Errorf("a number rejected later: %s", got)
	}
	w.mustRun(t, exit.Done, "verify", "--read-data")
}

func TestDecisionsThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	w, folder, rows := reviewed(t)
	head := rows[0][:3]
	var two, other []string
	for _, row := range rows[1:] {
		if row[3] == "number_of_two_people" && two == nil {
			two = row[:2]
			other = []string{row[12], row[1]}
		}
	}
	row := func(key []string, decision string) []string { return []string{key[0], key[1], decision} }
	for name, c := range map[string]struct {
		rows [][]string
		want string
	}{
		"a stranger":          {[][]string{row([]string{"1", "9990000018"}, "accept")}, "row 2, column nhs_number: this person and number are not in the review queue"},
		"twice":               {[][]string{row(two, "reject"), row(two, "accept")}, "row 3, column decision: decided twice in this file"},
		"one number, two":     {[][]string{row(two, "accept"), row(other, "accept")}, "row 3, column nhs_number: accepted for another person; reject it there first"},
		"a word of their own": {[][]string{row(two, "maybe")}, "row 2, column decision: must be accept, reject or empty"},
		"nothing":             {[][]string{row(two, "")}, "no row has a decision"},
	} {
		t.Run(name, func(t *testing.T) {
			w := w
			w.mustRun(t, exit.Failed, "review", "import", writeRows(t, append([][]string{head}, c.rows...)), "--by", "A Reviewer")
			if !strings.Contains(w.stderr, c.want) {
				t.Errorf("said %s, want %s", w.stderr, c.want)
			}
			for _, row := range c.rows {
				if strings.Contains(w.stderr, row[1]) {
					t.Error("the error says an NHS number")
				}
			}
		})
	}
	if _, err := os.Stat(filepath.Join(w.lake(), "reviews")); err == nil {
		t.Error("something was remembered")
	}
	w.mustRun(t, exit.WrongUsage, "review", "import", writeRows(t, [][]string{head}))
	w.mustRun(t, exit.Failed, "review", "export", "--to", folder) // the reviewer may be working on it
}

// spreadsheet converts a file with LibreOffice to another form.
func spreadsheet(t *testing.T) func(from, to string) string {
	t.Helper()
	office, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("NOT TESTED: LibreOffice is not installed")
	}
	return func(from, to string) string {
		t.Helper()
		format, _, _ := strings.Cut(to, ":")
		out := t.TempDir()
		command := exec.Command(office, "-env:UserInstallation=file://"+t.TempDir(), "--headless", "--convert-to", to, "--outdir", out, from)
		command.Env = append(os.Environ(), "LC_ALL=en_GB.UTF-8") // dates in British order, as the councils' machines show them
		if said, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		return filepath.Join(out, strings.TrimSuffix(filepath.Base(from), filepath.Ext(from))+"."+format)
	}
}

// What a reviewer does: opens the workbook in a spreadsheet, writes a word, saves it as whatever the program offers.
func TestTheRoundTripThroughASpreadsheet(t *testing.T) {
	t.Parallel()
	convert := spreadsheet(t)
	w, folder, exported := reviewed(t)
	const utf8 = "csv:Text - txt - csv (StarCalc):44,34,76"
	rows := readRows(t, convert(filepath.Join(folder, "nhs_number_reviews_20261101T070000Z.xlsx"), utf8))
	exported[0][0] = strings.TrimPrefix(exported[0][0], "\ufeff")
	if fmt.Sprint(rows) != fmt.Sprint(exported) {
		t.Errorf("the spreadsheet reads %v, the queue is %v", rows[1], exported[1])
	}
	row := decide(t, rows, "number_of_two_births", "accept")
	decided := writeRows(t, rows)
	w.mustRun(t, exit.Done, "review", "import", decided, "--by", "A Reviewer")
	w.mustRun(t, exit.Done, "review", "import", convert(decided, "xlsx"), "--by", "B Reviewer")
	w.runAt(t, nextDay)
	if got := w.number(t, row[0]); !strings.HasPrefix(got, row[1]) || !strings.HasSuffix(got, "reviewed accepted_by_reviewer") {
		t.Errorf("decided in a spreadsheet: %s", got)
	}
}

// TestAReviewerTypesIntoTheWorkbook opens the exported workbook itself in LibreOffice, writes a word into the cell that is offered for it
// (in LibreOffice's own flat form, where a cell is text), saves it as a workbook again, and imports that.
func TestAReviewerTypesIntoTheWorkbook(t *testing.T) {
	t.Parallel()
	convert := spreadsheet(t)
	w, folder, rows := reviewed(t)
	place := slices.IndexFunc(rows, func(row []string) bool { return row[3] == "number_of_two_births" })
	opened := convert(filepath.Join(folder, "nhs_number_reviews_20261101T070000Z.xlsx"), "fods")
	book, err := os.ReadFile(opened)
	if err != nil {
		t.Fatal(err)
	}
	row := rows[place]
	cell := regexp.MustCompile(`(?s)(<text:p>` + row[0] + `</text:p>\s*</table:table-cell>\s*<table:table-cell[^>]*>\s*<text:p>` + row[1] + `</text:p>\s*</table:table-cell>\s*<table:table-cell[^>]*)/>`)
	if len(cell.FindAll(book, -1)) != 1 {
		t.Fatal("the cell for the decision is not found once")
	}
	mustWrite(t, opened, cell.ReplaceAll(book, []byte(`$1 office:value-type="string"><text:p>Accept</text:p></table:table-cell>`)))
	w.mustRun(t, exit.Done, "review", "import", convert(opened, "xlsx"), "--by", "A Reviewer")
	if !strings.Contains(w.stdout, "1 number accepted, 0 rejected") {
		t.Error(w.stdout)
	}
	w.runAt(t, nextDay)
	if got := w.number(t, row[0]); !strings.HasPrefix(got, row[1]) || !strings.HasSuffix(got, "reviewed accepted_by_reviewer") {
		t.Errorf("decided by typing: %s", got)
	}
	if !strings.Contains(w.stdout, " 0 of them new or changed; 0 pairs compared") {
		t.Errorf("the second run has linked again what had not changed: %s", w.stdout)
	}
}
