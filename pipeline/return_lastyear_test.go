package pipeline

import (
	"bytes"
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/flow"
	"careshare/pipeline/returns"
	"careshare/pipeline/snapshot"
	"careshare/sql"
)

// table is one of a return's files, to be spoiled.
type table struct {
	path  string
	lines [][]string
}

func readTable(t *testing.T, path string) table {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return table{path, lines}
}

// of is a row's cell under a heading.
func (f table) of(line []string, heading string) *string {
	return &line[slices.Index(f.lines[0], heading)]
}

func (f table) write(t *testing.T) {
	t.Helper()
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(f.lines); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, f.path, out.Bytes())
}

// otherwise is what last year's return is made to have said of one child each, whose episode it left open, and the rule that must
// find the difference.
var otherwise = []struct{ rule, heading, value string }{
	{"503A", "RNE", "U"}, {"503B", "LS", "D1"}, {"503C", "CIN", "N8"}, {"503D", "PLACE", "Z1"}, {"503E", "PLACE_PROVIDER", "PR9"},
	{"503F", "URN", "SC999999"}, {"503H", "PL_POST", "far"}, {"502", "DECOM", "02/01/2020"}, {"NoE", "CHILD", "of another council"},
	{"202", "SEX", "U"}, {"203", "DOB", "01/02/2003"}, {"204", "ETHNIC", "REFU"}, {"208", "UPN", "Z204999999999"},
	{"207", "MOTHER", "1"}, {"624", "MC_DOB", "01/02/2025"},
}

// spoilLastYear makes last year's files say otherwise, of another child for each rule, and gives the child by rule.
func spoilLastYear(t *testing.T, this, last string) map[string]string {
	t.Helper()
	now, episodes, header := readTable(t, filepath.Join(this, "episodes.csv")), readTable(t, filepath.Join(last, "episodes.csv")), readTable(t, filepath.Join(last, "header.csv"))
	goesOn, far := map[string]bool{}, ""
	for _, line := range now.lines[1:] {
		goesOn[*now.of(line, "CHILD")] = true
	}
	for _, line := range episodes.lines[1:] { // the postcode of a placement outside the council
		if post := *episodes.of(line, "PL_POST"); post != "" && post[:2] != "E8" && post[:2] != "N1" && post[:2] != "E5" && post[:2] != "E9" {
			far = post
		}
	}
	spoiled, next := map[string]string{}, 1
	for _, o := range otherwise {
		for ; next < len(episodes.lines); next++ {
			line := episodes.lines[next]
			child := *episodes.of(line, "CHILD")
			at := slices.IndexFunc(header.lines, func(h []string) bool { return *header.of(h, "CHILD") == child })
			if *episodes.of(line, "DEC") != "" || !goesOn[child] || slices.Contains(slices.Collect(maps.Values(spoiled)), child) ||
				*episodes.of(line, "LS") == "V3" || *header.of(header.lines[at], "UPN") == "" || *episodes.of(line, "PL_POST") == far {
				continue
			}
			switch {
			case o.heading == "CHILD":
				for _, line := range episodes.lines[1:] {
					if cell := episodes.of(line, "CHILD"); *cell == child {
						*cell = o.value
					}
				}
			case o.value == "far":
				*episodes.of(line, o.heading) = far
			case slices.Contains(header.lines[0], o.heading):
				*header.of(header.lines[at], o.heading) = o.value
			default:
				*episodes.of(line, o.heading) = o.value
			}
			spoiled[o.rule] = child
			break
		}
	}
	if len(spoiled) != len(otherwise) {
		t.Fatalf("only %d of %d could be spoiled", len(spoiled), len(otherwise))
	}
	episodes.write(t)
	header.write(t)
	return spoiled
}

// yearRules are the rules that hold a year against the one before and that the validator can run; not 584, by which it gives back
// the row numbers of another table.
var yearRules = []string{
	"199", "202", "203", "204", "205B", "205D", "207", "208", "348", "452", "453", "502", "503A", "503B", "503C", "503D", "503E", "503F", "503G", "503H",
	"503J", "559", "560", "561", "562", "576", "624", "626", "NoE",
}

// Held against last year's return as it was submitted, what differs is found rule by rule and child by child as the validator does.
func TestSSDA903AgainstLastYearAgreesWithThePeers(t *testing.T) {
	w, submitted := demo(t), t.TempDir()
	this := filepath.Join(w.current(), "reports", "returns", "903-2027")
	if err := os.CopyFS(submitted, os.DirFS(filepath.Join(w.current(), "reports", "returns", "903-2026"))); err != nil {
		t.Fatal(err)
	}
	spoiled := spoilLastYear(t, this, submitted)
	said, ours := askPeer903(t, this, submitted, 2027, "lac2026_27", yearRules...), w.findingsAgainst(t, submitted)
	for rule, child := range spoiled {
		if !slices.Contains(ours[rule], child) {
			t.Errorf("rule %s does not find child %s, but %v", rule, child, ours[rule])
		}
	}
	for _, rule := range yearRules {
		if !slices.Contains(said.Done, rule) {
			t.Errorf("the validator did not run rule %s", rule)
		}
		if !slices.Equal(ours[rule], said.Issues[rule]) {
			t.Errorf("rule %s: we find %v, the validator %v", rule, ours[rule], said.Issues[rule])
		}
	}
}

// findingsAgainst are the children by rule that return 903 --check --against FOLDER finds.
func (w world) findingsAgainst(t *testing.T, folder string) map[string][]string {
	t.Helper()
	con := &console.Console{Now: time.Now}
	config, err := config.Read(w.config())
	if err != nil {
		t.Fatal(err)
	}
	_, snapshot, manifest, err := snapshot.OpenChosen(con, config, snapshot.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	wanted, err := returns.Options{Name: "903"}.Window(manifest.AsAt)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := returns.LastYearsFiles(folder, wanted)
	if err != nil {
		t.Fatal(err)
	}
	from, _, err := returns.ReturnSource(t.Context(), con, config, snapshot, manifest, wanted, rows, t.TempDir(), flow.ReturnAgain)
	if err != nil {
		t.Fatal(err)
	}
	defer from.DB.Close()
	found := map[string][]string{}
	query := "select distinct rule_code, cast(person_id as varchar) from return_findings where return_name = '903' and collection_year = ? order by all"
	for line, err := range sql.Texts(t.Context(), from.DB, query, wanted.Year) {
		if err != nil {
			t.Fatal(err)
		}
		rule := strings.Clone(line[0])
		found[rule] = append(found[rule], strings.Clone(line[1]))
	}
	return found
}

// A folder may be named in a way that would be a pattern: its files are read all the same.
func TestLastYearsFolderIsNoPattern(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "903 [2026]")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "header.csv"), []byte("CHILD,SEX\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rows, err := returns.SubmittedFiles(folder, 2026)
	if err != nil || len(rows) != 1 || rows[0]["file"] != "header.csv" || rows[0]["child"] != "1" {
		t.Errorf("%v, %v", rows, err)
	}
}
