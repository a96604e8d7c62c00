package pipeline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"careshare/pipeline/exit"
	"careshare/pipeline/returns"
	"careshare/sql"
	"careshare/transform/cases"
)

// returnOf is what careshare return says of one return with what was submitted.
func (w world) returnOf(t *testing.T, name string, more ...string) (said returns.Returned) {
	t.Helper()
	args := append([]string{"return", name, "--config", w.config(), "--json", "--to", t.TempDir()}, more...)
	if code := w.run(args...); code != exit.Done {
		t.Fatalf("return %s ended with %d: %s", name, code, w.stderr)
	}
	if err := json.Unmarshal([]byte(w.stdout), &said); err != nil {
		t.Fatal(err)
	}
	return said
}

// A return held against itself has no change; what is altered in the submitted file, and left out of it, is told as just that.
func TestEveryReturnAgainstWhatWasSubmitted(t *testing.T) {
	w := demo(t)
	for name, c := range map[string]struct {
		doctor  func(t *testing.T, path string)
		want    map[string]int64
		altered [3]string // the change, its field, and what was submitted
	}{
		"903":     {lackOneEpisode, map[string]int64{"people added": 1, "episodes added": 1, "episodes altered": 1}, [3]string{"episodes altered", "LS", "D1"}},
		"cin":     {lackOneReferral, map[string]int64{"people added": 1, "referrals added": 1, "referrals altered": 1}, [3]string{"referrals altered", "ReferralSource", "10"}},
		"cld":     {lackOneEvent, map[string]int64{"events added": 1, "events altered": 1}, [3]string{"events altered", "Event Outcome", "nfa"}},
		"annex-a": {lackOneContact, map[string]int64{"contacts added": 1, "contacts altered": 1}, [3]string{"contacts altered", "Contact Source", "A neighbour"}},
	} {
		t.Run(name, func(t *testing.T) {
			held, submitted := filepath.Join(w.current(), "reports", "returns"), t.TempDir()
			year := map[string]string{"cin": "cin-2027", "cld": "cld-2026", "annex-a": "annex-a-2026", "903": "903-2027"}[name]
			content, err := os.ReadFile(filepath.Join(held, year, returns.ComparedFile(name)))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(submitted, returns.ComparedFile(name))
			mustWrite(t, path, content)
			w.mustRun(t, exit.Done, "return", name, "--against", submitted, "--to", t.TempDir())
			if !strings.Contains(w.stdout, "Since what was submitted: nothing changed\n") {
				t.Fatalf("against itself: %s", w.stdout)
			}
			c.doctor(t, path)
			got := counts(w.returnOf(t, name, "--against", submitted).Against)
			if name == "annex-a" {
				delete(got, "people added") // the child may stand in other lists
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
			w.tellsWhose(t, name, year, submitted, c.altered)
		})
	}
}

// Every file of the looked-after return that both folders have is compared; one that was not kept is named.
func TestTheOtherFilesAgainstWhatWasSubmitted(t *testing.T) {
	w, submitted := demo(t), t.TempDir()
	if err := os.CopyFS(submitted, os.DirFS(filepath.Join(w.current(), "reports", "returns", "903-2027"))); err != nil {
		t.Fatal(err)
	}
	if same := w.returnOf(t, "903", "--against", submitted); len(same.Against)+len(same.Absent) > 0 {
		t.Fatalf("against itself: %v, not compared %v", same.Against, same.Absent)
	}
	header, reviews := readTable(t, filepath.Join(submitted, "header.csv")), readTable(t, filepath.Join(submitted, "reviews.csv"))
	*header.of(header.lines[1], "ETHNIC") = "REFU"
	header.write(t)
	reviews.lines = slices.Delete(reviews.lines, 1, 2)
	reviews.write(t)
	if err := os.Remove(filepath.Join(submitted, "missing.csv")); err != nil {
		t.Fatal(err)
	}
	w.refusesOtherSeparators(t, filepath.Join(submitted, "reviews.csv"))
	said := w.returnOf(t, "903", "--against", submitted)
	if got, want := counts(said.Against), (map[string]int64{"children altered": 1, "reviews added": 1}); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if !slices.Equal(said.Absent, []string{"missing.csv"}) {
		t.Errorf("not compared: %v", said.Absent)
	}
	checked := w.returnOf(t, "903", "--check", "--against", submitted)
	isOfLastYear := func(f returns.RuleFound) bool { return f.Rule == "502" || f.Rule == "562" || f.Rule == "204" }
	if checked.Anew || slices.ContainsFunc(checked.Findings, isOfLastYear) {
		t.Errorf("an earlier submission of the year was taken for last year's: %v", checked.Findings)
	}
}

// refusesOtherSeparators: a line was cut off; a file with semicolons, as a spreadsheet saves it, is read.
func (w world) refusesOtherSeparators(t *testing.T, path string) {
	t.Helper()
	whole := mustRead(t, path)
	for said, content := range map[string][]byte{
		"read reviews.csv: line 3: wrong number of fields": append(bytes.Join(bytes.SplitAfter(whole, []byte("\n"))[:2], nil), "100"...),
	} {
		mustWrite(t, path, content)
		w.mustRun(t, exit.WrongUsage, "return", "903", "--against", filepath.Dir(path), "--to", t.TempDir())
		if !strings.Contains(w.stderr, said) {
			t.Errorf("not said: %s: %s", said, w.stderr)
		}
	}
	mustWrite(t, path, bytes.ReplaceAll(whole, []byte(","), []byte(";")))
	w.mustRun(t, exit.Done, "return", "903", "--against", filepath.Dir(path), "--to", t.TempDir())
	mustWrite(t, path, whole)
}

// tellsWhose opens the workbook of the check, which must name each person and row that changed, with what was submitted and what is told now.
func (w world) tellsWhose(t *testing.T, name, year, submitted string, altered [3]string) {
	t.Helper()
	to := t.TempDir()
	if code := w.run("return", name, "--config", w.config(), "--check", "--against", submitted, "--to", to); code != exit.Done {
		t.Fatalf("return %s ended with %d: %s", name, code, w.stderr)
	}
	rows, err := openAnnexA(t, filepath.Join(to, "findings-"+year+".xlsx")).GetRows("changes since submitted")
	if err != nil {
		t.Fatal(err)
	}
	isTold := slices.ContainsFunc(rows, func(row []string) bool {
		return len(row) == len(returns.ChangeColumns) && row[0] == altered[0] && row[1] != "" && row[3] == altered[1] && strings.HasPrefix(row[4], altered[2]) && row[5] != row[4]
	})
	if !isTold {
		t.Errorf("%s: no row tells of %v: %v", year, altered, rows)
	}
}

// What changed since the last snapshot is told with what each field said, and of a name only that it is another.
func TestTheSheetOfChangesSinceTheLastSnapshot(t *testing.T) {
	t.Parallel()
	query := string(mustRead(t, "../sql/explain/return_changed.sql"))
	var values []string
	for _, line := range expectedChanges(t, "since_the_last_snapshot") {
		cells := make([]string, len(line))
		for i, cell := range line {
			cells[i] = "nullif(" + sql.Quote(cell) + ", '')"
		}
		values = append(values, "("+strings.Join(cells, ", ")+")")
	}
	query = strings.NewReplacer("$1", "'annex-a'", "$2", "'2026'", "with changes as (", `with return_changes as (select * from (values `+
		strings.Join(values, ", ")+`) as told (return_name, collection_year, position, change, person_id, began_on, fields, values_before, values_now)),
		changes as (`).Replace(query)
	got := fmt.Sprint(demo(t).query(t, query))
	want := "[[list 3 row dropped 5 2026-05-01   ] [list 6 row altered 5 2026-05-01 team_name North South] [list 6 row altered 5 2026-05-01 worker_name a name another name]]"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// expectedChanges are the rows that a unit case of return_changes expects.
func expectedChanges(t *testing.T, name string) [][]string {
	t.Helper()
	documents, err := cases.Read(sql.Cases, "tests")
	if err != nil {
		t.Fatal(err)
	}
	changes := documents[slices.IndexFunc(documents, func(d cases.Document) bool { return d.Model == "return_changes" })]
	return changes.Cases[slices.IndexFunc(changes.Cases, func(c cases.Case) bool { return c.Name == name })].Expect.Cells
}

// lackOneEpisode leaves out a child who came into care in the year and never moved, and gives another's episode another legal status.
func lackOneEpisode(t *testing.T, path string) {
	file := readTable(t, path)
	rows := map[string]int{}
	for _, line := range file.lines[1:] {
		rows[*file.of(line, "CHILD")]++
	}
	at := slices.IndexFunc(file.lines[1:], func(line []string) bool {
		return rows[*file.of(line, "CHILD")] == 1 && *file.of(line, "RNE") == "S" && strings.HasSuffix(*file.of(line, "DECOM"), "/2026") && (*file.of(line, "DECOM"))[3:5] > "03"
	})
	other := 1
	if at == 0 {
		other = 2
	}
	*file.of(file.lines[other], "LS") = "D1"
	file.lines = slices.Delete(file.lines, at+1, at+2)
	file.write(t)
}

// lackOneReferral leaves out a child of whom the census has a referral and nothing more, and tells another's source otherwise.
func lackOneReferral(t *testing.T, path string) {
	text := mustRead(t, path)
	children := strings.SplitAfter(string(text), "</Child>")
	for i, child := range children {
		if strings.Contains(child, "<ReferralNFA>1<") && strings.Count(child, "<CINdetails>") == 1 && !strings.Contains(child, "<Assessments>") {
			children[i] = child[:strings.Index(child, "<Child>")]
			break
		}
	}
	last := len(children) - 2
	before, after, _ := strings.Cut(children[last], "</ReferralSource>")
	children[last] = before[:strings.LastIndex(before, ">")+1] + "10</ReferralSource>" + after
	mustWrite(t, path, []byte(strings.Join(children, "")))
}

// lackOneEvent leaves out an event of a person who has another, and tells another's outcome otherwise.
func lackOneEvent(t *testing.T, path string) {
	lines := bytes.SplitAfter(mustRead(t, path), []byte("\n"))
	person := func(i int) string { return strings.Split(string(lines[i]), ",")[4] }
	for i := 1; i+2 < len(lines); i++ {
		if person(i) != person(i+1) {
			continue
		}
		if altered := bytes.Replace(lines[i+1], []byte(",NFA: "), []byte(",nfa: "), 1); !bytes.Equal(altered, lines[i+1]) && bytes.Count(lines[i], []byte(",,,")) > 0 {
			lines[i], lines[i+1] = nil, altered
			mustWrite(t, path, bytes.Join(lines, nil))
			return
		}
	}
	t.Fatal("nobody has two events")
}

// lackOneContact leaves the last contact out of the workbook and tells the first one's source otherwise.
func lackOneContact(t *testing.T, path string) {
	file := openAnnexA(t, path)
	sheet := "List 1 Contacts"
	rows, err := file.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{file.SetCellValue(sheet, "G2", "A neighbour"), file.RemoveRow(sheet, len(rows)), file.Save()} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
