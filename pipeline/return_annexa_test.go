package pipeline

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"careshare/pipeline/exit"

	"github.com/xuri/excelize/v2"
)

// The workbook holds the eleven lists under their sheets with their headings in the first row, and every one of them speaks of somebody.
func TestAnnexAHoldsElevenLists(t *testing.T) {
	t.Parallel()
	w := clean(t)
	file := openAnnexA(t, filepath.Join(w.current(), "reports", "returns", "annex-a-2026", "annex-a.xlsx"))
	sheets := file.GetSheetList()
	if len(sheets) != 11 {
		t.Fatalf("%d sheets: %v", len(sheets), sheets)
	}
	columns := map[int]int{1: 7, 2: 8, 3: 11, 4: 12, 5: 14, 6: 14, 7: 17, 8: 34, 9: 17, 10: 16, 11: 19}
	for i, sheet := range sheets {
		rows, err := file.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) < 2 || len(rows[0]) != columns[i+1] {
			t.Errorf("%s: %d rows, %d headings, want %d", sheet, len(rows), len(rows[0]), columns[i+1])
		}
	}
	for cell, want := range map[string]string{"A1": "Child Unique ID", "E1": "Age of Child (Years)", "F1": "Date of referral", "I1": "Number of Referrals in Last 12 Months"} {
		if got, err := file.GetCellValue(sheets[2], cell); err != nil || got != want {
			t.Errorf("%s %s: %q, %v", sheets[2], cell, got, err)
		}
	}
	if kind, err := file.GetCellType(sheets[2], "F2"); err != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
		t.Errorf("the date of referral is of type %v, %v, want a number that is shown as a date", kind, err)
	}
}

// liiaReader are liiatools' Annex A reader and what it needs for workbooks.
func liiaReader() []string {
	return []string{"--no-deps", "liiatools==0.2.0", "sfdata-stream-parser==0.4.1", "openpyxl==3.1.5", "et-xmlfile==2.0.0", "PyYAML==6.0.2", "more-itertools==8.14.0"}
}

// behindOfsted are the rejects that come of liiatools 0.2.0 being older than the lists (its repository's newer schema takes them all), and
// why. Of authorities it takes the four nations alone.
func behindOfsted(list, heading, value string) string {
	switch {
	case list == "List 8" && heading == "LA of Placement" && len(value) == 9:
		return "it knows no authority of England"
	case list == "List 9" && value == "unexpected heading" && (strings.HasPrefix(heading, "Unaccompanied") || heading == "Allocated Personal Advisor" ||
		heading == "Latest Pathway Plan Review Date" || heading == "Latest Date of Contact"):
		return "columns that came in 2024"
	case heading == "Activity Status" && (strings.HasPrefix(value, "F4: ") || strings.HasPrefix(value, "P4: ")):
		return "apprenticeships have codes of their own since 2022"
	case strings.HasPrefix(value, "p1) 5D: "):
		return "a source that came in 2024"
	}
	return ""
}

// readByLIIA are the rows that liiatools' reader takes by list, and its rejects: list, heading, value.
func readByLIIA(t *testing.T, path string) (rows map[string]int, rejected [][3]string) {
	t.Helper()
	python := filepath.Join(pythonWith(t, liiaReader()...), "python")
	out, err := exec.Command(python, "-W", "ignore", "testdata/annex_a_reader.py", path).Output()
	if err != nil {
		t.Fatalf("liiatools: %v", err)
	}
	var said struct {
		Rows     map[string]int `json:"rows"`
		Rejected [][3]string    `json:"rejected"`
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatal(err)
	}
	return said.Rows, said.Rejected
}

// The reader of London's councils takes the eleven lists of a clean borough without a reject.
func TestAnnexAIsReadByLIIA(t *testing.T) {
	t.Parallel()
	rows, rejected := readByLIIA(t, filepath.Join(clean(t).current(), "reports", "returns", "annex-a-2026", "annex-a.xlsx"))
	if len(rows) != 11 {
		t.Errorf("it takes %d lists: %v", len(rows), rows)
	}
	for _, r := range rejected {
		if behindOfsted(r[0], r[1], r[2]) == "" {
			t.Errorf("rejected: %v", r)
		}
	}
}

// In an untidy borough it rejects what our own rules find: cells that are blank (AA-1, AA-2) or none of Ofsted's answers (AA-7), and a
// placement's provider that the 903 finds too (526).
func TestAnnexARejectsAreFindings(t *testing.T) {
	t.Parallel()
	w := demo(t)
	_, rejected := readByLIIA(t, filepath.Join(w.current(), "reports", "returns", "annex-a-2026", "annex-a.xlsx"))
	found := map[string]bool{}
	for _, line := range w.query(t, fmt.Sprintf(`select distinct case when rule_code = '526' then 'Placement Provider' else field end from read_parquet(%s)
		where return_name = 'annex-a' and rule_code in ('AA-1', 'AA-2', 'AA-7') or return_name = '903' and rule_code = '526'`, w.trusted("returns", "return_findings"))) {
		found[line[0]] = true
	}
	for _, r := range rejected {
		if behindOfsted(r[0], r[1], r[2]) == "" && !found[r[1]] {
			t.Errorf("rejected and not found by us: %v", r)
		}
	}
	if len(rejected) == 0 || len(found) == 0 {
		t.Errorf("%d rejects, findings of %v", len(rejected), found)
	}
}

// The lists of a year that is over end on its last day.
func TestAnnexAOfAYear(t *testing.T) {
	t.Parallel()
	w, to := clean(t), t.TempDir()
	if code := w.run("return", "annex-a", "--config", w.config(), "--year", "2025", "--to", to); code != exit.Done {
		t.Fatalf("ended with %d: %s", code, w.stderr)
	}
	if !strings.Contains(w.stdout, "as known on 2025-12-31") {
		t.Errorf("printed %q", w.stdout)
	}
	days := listedDays(t, openAnnexA(t, filepath.Join(to, "annex-a.xlsx")), "List 3 Referrals", 5)
	if len(days) < 4 || slices.Min(days) < "2025-07-01" || slices.Max(days) > "2025-12-31" {
		t.Errorf("%d referrals from %s to %s", len(days), slices.Min(days), slices.Max(days))
	}
}

// As at another day the lists end there: nothing after it, and of contacts, referrals and enquiries nothing older than six months; every referral
// of the case store in that time is listed, those of its first and last day too, and the returns as at that day tell the same.
func TestAnnexAAsAtAnotherDay(t *testing.T) {
	t.Parallel()
	w := clean(t)
	for on, from := range map[string]string{"2026-06-30": "2025-12-31", "2026-08-31": "2026-03-01"} {
		to := t.TempDir()
		if code := w.run("return", "annex-a", "--config", w.config(), "--on", on, "--to", to); code != exit.Done {
			t.Fatalf("ended with %d: %s", code, w.stderr)
		}
		file := openAnnexA(t, filepath.Join(to, "annex-a.xlsx"))
		for sheet, column := range map[string]int{"List 1 Contacts": 5, "List 3 Referrals": 5, "List 5 S47 and ICPC": 6} {
			days := listedDays(t, file, sheet, column)
			if len(days) < 4 || slices.Min(days) < from || slices.Max(days) > on {
				t.Errorf("%s as at %s: %d rows", sheet, on, len(days))
			}
			if sheet != "List 3 Referrals" {
				continue
			}
			held := w.query(t, fmt.Sprintf("select count(*) from read_parquet('%s') where referral_date::date between date '%s' and date '%s'",
				filepath.Join(w.current(), "raw", "casestore", "dm_cin_referrals", "*.parquet"), from, on))[0][0]
			if fmt.Sprint(len(days)) != held {
				t.Errorf("as at %s %d referrals are listed, the case store holds %s", on, len(days), held)
			}
		}
		for _, found := range w.returnOf(t, "annex-a", "--on", on, "--check").Findings {
			if found.Rule == "AA-5" || found.Rule == "AA-6" {
				t.Errorf("as at %s: %d of %s", on, found.Causes, found.Rule)
			}
		}
	}
}

// listedDays are the days of a sheet's column.
func listedDays(t *testing.T, file *excelize.File, sheet string, column int) (days []string) {
	t.Helper()
	rows, err := file.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil || len(rows) == 0 {
		t.Fatalf("%s: %d rows, %v", sheet, len(rows), err)
	}
	for _, row := range rows[1:] {
		var serial float64
		if _, err := fmt.Sscan(row[column], &serial); err != nil {
			t.Fatal(err)
		}
		day, err := excelize.ExcelDateToTime(serial, false)
		if err != nil {
			t.Fatal(err)
		}
		days = append(days, day.Format("2006-01-02"))
	}
	return days
}

// The workbook of a check says what the verb printed, in its order: errors before queries, numbers as numbers.
func TestFindingsStandAsTheyArePrinted(t *testing.T) {
	t.Parallel()
	w, to := demo(t), t.TempDir()
	printed := w.returnOf(t, "cin", "--check", "--to", to).Findings
	sheet, err := openAnnexA(t, filepath.Join(to, "findings-cin-2027.xlsx")).GetRows("by rule")
	if err != nil {
		t.Fatal(err)
	}
	sheet = slices.DeleteFunc(sheet, func(row []string) bool { return len(row) != 6 })[1:]
	if len(printed) < 20 || len(sheet) != len(printed) {
		t.Fatalf("%d rules printed, %d in the workbook", len(printed), len(sheet))
	}
	severities := []string{"error", "query", "note"}
	for i, f := range printed {
		if sheet[i][0] != f.Rule || sheet[i][3] != fmt.Sprint(f.Causes) {
			t.Errorf("line %d: printed %s, in the workbook %v", i+1, f.Rule, sheet[i])
		}
		if i > 0 && slices.Index(severities, printed[i-1].Severity) > slices.Index(severities, f.Severity) {
			t.Errorf("%s %s comes before %s %s", printed[i-1].Severity, printed[i-1].Rule, f.Severity, f.Rule)
		}
	}
}

// What the lists and the returns both tell is the same in a borough without mistakes; that the checks can fail is shown by their cases.
func TestAnnexAAgreesWithTheReturns(t *testing.T) {
	t.Parallel()
	found := 0
	for _, check := range clean(t).manifest(t).Checks {
		if check.Name == "annex_a_disagrees_with_census" || check.Name == "annex_a_disagrees_with_ssda903" {
			found++
			if check.Bad != 0 {
				t.Errorf("%s: %d", check.Name, check.Bad)
			}
		}
	}
	if found != 2 {
		t.Errorf("%d of the two checks ran", found)
	}
}

// What is recorded wrongly on purpose is found, with the record to mend; and a person's blank is one line, however many lists show it.
func TestAnnexAFindings(t *testing.T) {
	w := demo(t)
	findings := w.trusted("returns", "return_findings")
	missed := w.query(t, fmt.Sprintf(`select person_id, rule_code from read_csv(%s, all_varchar = true) as planted
		where return_name = 'annex-a' and not exists (
			select 1 from read_parquet(%s) as found
			where found.return_name = 'annex-a' and found.rule_code = planted.rule_code and found.person_id = planted.person_id::bigint
				and found.field = planted.field and found.source_key is not null and found.words <> '')`, w.truth("return_errors"), findings))
	report(t, "person, rule", missed)
	w.plants(t, "annex-a", "AA-3", "AA-4", "AA-6")
	w.atLeast(t, 1, fmt.Sprintf("select count(*) from read_parquet(%s) where return_name = 'annex-a' and rule_code = 'AA-1' and rows_affected > 1", findings))
	twice := w.query(t, fmt.Sprintf(`select rule_code, source_table, source_key, field from read_parquet(%s) where return_name = 'annex-a'
		group by all having count(*) > 1`, findings))
	report(t, "rule, table, record, field told twice", twice)
}

func openAnnexA(t *testing.T, path string) *excelize.File {
	t.Helper()
	file, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}
