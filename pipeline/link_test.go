package pipeline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/unicode"

	"careshare/pipeline/exit"
	"careshare/pipeline/linking"
)

// linkFiles are two small files of one town, with blanks where the labelled sets have them.
func linkFiles(t *testing.T) (left, right string) {
	t.Helper()
	folder := t.TempDir()
	left, right = filepath.Join(folder, "left.csv"), filepath.Join(folder, "right.csv")
	var a, b strings.Builder
	a.WriteString("rec_id, forename, surname, dob, postcode\n")
	b.WriteString("rec_id, given, surname, dob, postcode\n")
	for i := range 400 {
		name := string([]byte{byte('a' + i%26), byte('a' + i/3%26), byte('a' + i*7%26), byte('a' + i*11%26), byte('a' + i*5%23)})
		fmt.Fprintf(&a, "a-%d, %s, %s%d, 19%02d-%02d-%02d, E%d %dAA\n", i, name, name[2:], i%37, i%90+10, i%12+1, i%28+1, i%9+1, i%10)
		fmt.Fprintf(&b, "b-%d, %s, %s%d, 19%02d-%02d-%02d, E%d %dAA\n", i, name, name[2:], i%37, i%90+10, i%12+1, i%28+1, i%9+1, i%10)
	}
	for path, text := range map[string]string{left: a.String(), right: b.String()} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return left, right
}

const linkColumns = "forename|given=given,surname=family,dob=date,postcode=postcode"

func TestLinkTwoFiles(t *testing.T) {
	t.Parallel()
	left, right := linkFiles(t)
	out := filepath.Join(filepath.Dir(left), "pairs.csv")
	var w world
	code := w.run("link", "--json", "--left", left, "--right", right, "--id", "rec_id", "--truth", "rec_id", "--truth-pattern", `-(\d+)$`,
		"--map", linkColumns, "--pairs", out, "--clusters", filepath.Join(filepath.Dir(left), "clusters.parquet"), "--explain", "a-7,b-7")
	if code != exit.Done {
		t.Fatalf("ended with %d: %s", code, w.stderr)
	}
	var l linking.Linked
	if err := json.Unmarshal([]byte(w.stdout), &l); err != nil {
		t.Fatal(err)
	}
	if l.Measures.Accepted.F1 < 0.99 || l.Explained.Outcome != "accepted" || l.Calibration.Expected > 0.02 {
		t.Errorf("accepted %+v, explained %+v", l.Measures.Accepted, l.Explained)
	}
	written, err := os.ReadFile(out)
	if err != nil || !strings.HasPrefix(string(written), "left_id,right_id,weight,margin,outcome,") || strings.Count(string(written), ",accepted,") != int(l.Accepted) {
		t.Errorf("pairs.csv: %v, %.100s", err, written)
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("pairs.csv may be read by others: %v %v", info.Mode(), err)
	}
}

func TestLinkOneFileByAMapInYAML(t *testing.T) {
	t.Parallel()
	left, _ := linkFiles(t)
	mapping := filepath.Join(filepath.Dir(left), "map.yaml")
	if err := os.WriteFile(mapping, []byte("id: rec_id\nfields:\n  forename: given\n  surname: family\n  dob: date\n  postcode: postcode\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var w world
	if code := w.run("link", "--left", left, "--map", mapping, "--explain", "a-1,a-2"); code != exit.Failed || !strings.Contains(w.stderr, "no such pair") {
		t.Errorf("a pair that nothing brings: %d %s", code, w.stderr)
	}
	if code := w.run("link", "--left", left, "--map", mapping); code != exit.Done || !strings.Contains(w.stdout, "accepted") {
		t.Errorf("ended with %d: %s%s", code, w.stdout, w.stderr)
	}
}

// An id that a spreadsheet would take for a formula is escaped in the CSV of pairs; a decision copied from there finds its pair.
func TestLinkEscapesFormulasAndReadsThemBack(t *testing.T) {
	t.Parallel()
	left, right := linkFiles(t)
	mustWrite(t, left, bytes.ReplaceAll(mustRead(t, left), []byte("a-7,"), []byte("=a-7,")))
	out, decisions := filepath.Join(filepath.Dir(left), "pairs.csv"), filepath.Join(filepath.Dir(left), "decisions.csv")
	base := []string{"link", "--json", "--left", left, "--right", right, "--id", "rec_id", "--map", linkColumns}
	var w world
	w.mustRun(t, exit.Done, append(base, "--pairs", out)...)
	if written := string(mustRead(t, out)); !strings.Contains(written, "\n'=a-7,b-7,") || strings.Contains(written, "'-") {
		t.Errorf("%.500s", written)
	}
	mustWrite(t, decisions, []byte("left_id,right_id,decision\n'=a-7,b-7,reject\n"))
	w.mustRun(t, exit.Done, append(base, "--decisions", decisions, "--explain", "=a-7,b-7")...)
	if !strings.Contains(w.stdout, `"outcome": "rejected"`) && !strings.Contains(w.stdout, `"outcome":"rejected"`) {
		t.Errorf("%.800s", w.stdout)
	}
}

// TestLinkByDecisions: what a person has decided stands, against the weights both ways.
func TestLinkByDecisions(t *testing.T) {
	t.Parallel()
	left, right := linkFiles(t)
	decisions := filepath.Join(filepath.Dir(left), "decisions.csv")
	base := []string{"link", "--json", "--left", left, "--right", right, "--id", "rec_id", "--map", linkColumns, "--decisions", decisions, "--explain"}
	mustWrite(t, decisions, []byte("left_id,right_id,decision\na-7,b-7,reject\na-8,b-9,Accept\n"))
	for pair, want := range map[string]string{"a-7,b-7": "rejected", "a-8,b-9": "accepted", "a-8,b-8": "rejected", "a-10,b-10": "accepted"} {
		var w world
		w.mustRun(t, exit.Done, append(base, pair)...)
		var l linking.Linked
		if err := json.Unmarshal([]byte(w.stdout), &l); err != nil {
			t.Fatal(err)
		}
		if l.Explained.Outcome != want {
			t.Errorf("%s is %s, want %s", pair, l.Explained.Outcome, want)
		}
	}
	for _, wrong := range []string{"left_id,right_id,decision\na-7,b-7,maybe\n", "left_id,decision\na-7,accept\n"} {
		mustWrite(t, decisions, []byte(wrong))
		var w world
		if code := w.run(append(base, "a-1,b-1")...); code != exit.WrongUsage {
			t.Errorf("%q: ended with %d: %s", wrong, code, w.stderr)
		}
	}
}

// Files as spreadsheets and Windows programs write them link as the plain file does, or are refused by name.
func TestLinkReadsFilesAsTheyCome(t *testing.T) {
	t.Parallel()
	left, right := linkFiles(t)
	plain := strings.ReplaceAll(string(mustRead(t, right)), ", ", ",")
	dates := func(layout string) string {
		return regexp.MustCompile(`\d{4}-\d\d-\d\d`).ReplaceAllStringFunc(plain, func(day string) string {
			at, err := time.Parse(time.DateOnly, day)
			if err != nil {
				t.Fatal(err)
			}
			return at.Format(layout)
		})
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(plain, "\n", "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, refused string }{
		"UTF-16":                  {utf16, ""},
		"a byte order mark":       {"\ufeff" + plain, ""},
		"semicolons":              {strings.ReplaceAll(plain, ",", ";"), ""},
		"tabs and its name":       {"sep=\t\n" + strings.ReplaceAll(plain, ",", "\t"), ""},
		"carriage returns":        {strings.ReplaceAll(plain, "\n", "\r"), ""},
		"days first":              {dates("02/01/2006"), ""},
		"names of months":         {dates("2-Jan-2006"), ""},
		"digits":                  {dates("20060102"), ""},
		"a few that are no dates": {strings.Replace(plain, ",19", ",x19", 9), ""},
		"months first":            {dates("01/02/2006"), "right.csv: column dob: "},
		"years of two digits":     {dates("2-Jan-06"), "right.csv: column dob: 400 of 400 values are written as a year of two digits"},
		"numbers of days":         {regexp.MustCompile(`\d{4}-\d\d-\d\d`).ReplaceAllString(plain, "31415"), "a spreadsheet's number of a day"},
		"Windows-1252":            {strings.Replace(plain, "b-1,", "b-\xe9,", 1), "right.csv: line 3: not UTF-8"},
		"two columns of one name": {strings.Replace(plain, "postcode", "DOB", 1), "the header names columns 4 and 5 alike"},
		"one id twice":            {strings.Replace(plain, "b-1,", "b-0,", 1), "right.csv: column rec_id: 1 ids are on two rows or more"},
		"a workbook":              {"PK\x03\x04" + plain, "right.csv: a workbook or archive"},
	} {
		mustWrite(t, right, []byte(c.text))
		var w world
		code := w.run("link", "--json", "--left", left, "--right", right, "--id", "rec_id", "--truth", "rec_id", "--truth-pattern", `-(\d+)$`, "--map", linkColumns)
		if c.refused != "" {
			if code != exit.WrongUsage || !strings.Contains(w.stderr, c.refused) {
				t.Errorf("%s: ended with %d: %.300s", name, code, w.stderr)
			}
			continue
		}
		var l linking.Linked
		if code != exit.Done {
			t.Errorf("%s: ended with %d: %.300s", name, code, w.stderr)
		} else if err := json.Unmarshal([]byte(w.stdout), &l); err != nil || l.Accepted < 395 {
			t.Errorf("%s: %d pairs, %v", name, l.Accepted, err)
		}
	}
}

func TestLinkFaults(t *testing.T) {
	t.Parallel()
	left, right := linkFiles(t)
	broken := filepath.Join(filepath.Dir(left), "broken.csv")
	if err := os.WriteFile(broken, []byte("rec_id,forename\n1,secretname\n2,\"secretname\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, fault := range map[string]struct {
		args []string
		want string
	}{
		"unknown column": {[]string{"--left", left, "--map", "forenam=given"}, "has no column forenam; nearest is forename"},
		"unknown kind":   {[]string{"--left", left, "--map", "forename=givn"}, "there is no kind givn; nearest is given"},
		"no map":         {[]string{"--left", left}, "--left and --map are wanted"},
		"no such file":   {[]string{"--left", "/nowhere.csv", "--map", "a=given"}, "no such file"},
		"no such right":  {[]string{"--left", left, "--right", "/nowhere.csv", "--map", "a=given"}, "no such file"},
		"unknown id":     {[]string{"--left", left, "--right", right, "--id", "recid", "--map", "surname=family"}, "nearest is rec_id"},
	} {
		var w world
		if code := w.run(append([]string{"link"}, fault.args...)...); code != exit.WrongUsage || !strings.Contains(w.stderr, fault.want) {
			t.Errorf("%s: ended with %d: %s, want %s", name, code, w.stderr, fault.want)
		}
	}
	var w world
	if code := w.run("link", "--left", broken, "--map", "forename=given"); code == exit.Done && strings.Contains(w.stderr, "secretname") {
		t.Errorf("a broken line: %d %s", code, w.stderr)
	}
	if strings.Contains(w.stderr, "secretname") {
		t.Errorf("a value is in the error: %s", w.stderr)
	}
	for name, text := range map[string]string{
		"no header":           "1,gavin\n2,secretname\n",
		"too many in a line":  "rec_id,forename\n1,secretname,2\n" + strings.Repeat("1,secretname\n", 3000) + "2,secretname,3,4,5\n",
		"another encoding":    "\xff\xfer\x00e\x00c\x00\n\x00secretname",
		"a line without end":  "rec_id,forename\n1,secretname\n2,secretname" + strings.Repeat("x", 3_000_000) + "\n",
		"quotes within words": "rec_id,forename\n" + strings.Repeat("1,secretname\n", 3000) + "2,\"secret\"name\"\n",
	} {
		mustWrite(t, broken, []byte(text))
		for _, column := range []string{"given", "forename"} {
			_ = w.run("link", "--left", broken, "--map", column+"=given")
			if strings.Contains(w.stderr, "secretname") || strings.Contains(w.stderr, "gavin") || strings.Count(w.stderr, "\n") > 1 {
				t.Errorf("%s: the error says too much: %.300s", name, w.stderr)
			}
		}
	}
}
