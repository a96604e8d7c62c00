package pipeline

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// returnOf is what careshare return says of one return with what was submitted.
func (w world) returnOf(t *testing.T, name string, more ...string) (said returned) {
	t.Helper()
	args := append([]string{"return", name, "--config", w.config(), "--json", "--to", t.TempDir()}, more...)
	if code := w.run(args...); code != exitDone {
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
		doctor func(t *testing.T, path string)
		want   map[string]int64
	}{
		"cin":     {lackOneReferral, map[string]int64{"people added": 1, "referrals added": 1, "referrals altered": 1}},
		"cld":     {lackOneEvent, map[string]int64{"events added": 1, "events altered": 1}},
		"annex-a": {lackOneContact, map[string]int64{"contacts added": 1, "contacts altered": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			held, submitted := filepath.Join(w.current(), "reports", "returns"), t.TempDir()
			year := map[string]string{"cin": "cin-2027", "cld": "cld-2026", "annex-a": "annex-a-2026"}[name]
			content, err := os.ReadFile(filepath.Join(held, year, comparedFile(name)))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(submitted, comparedFile(name))
			mustWrite(t, path, content)
			if same := w.returnOf(t, name, "--against", submitted); len(same.Against) > 0 {
				t.Fatalf("against itself: %v", same.Against)
			}
			c.doctor(t, path)
			got := counts(w.returnOf(t, name, "--against", submitted).Against)
			if name == "annex-a" {
				delete(got, "people added") // the child may stand in other lists
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
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
