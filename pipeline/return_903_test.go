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
	"careshare/sql"
)

// peer903 is what csc-validator-be-903 says of one year's files with last year's beside them.
type peer903 struct {
	Done   []string            `json:"done"`
	Issues map[string][]string `json:"issues"` // children by rule
}

// ssda903 writes the files of a year and of the one before, and asks the validator that councils use.
func (w world) ssda903(t *testing.T, year int, ruleset string) (said peer903) {
	t.Helper()
	folders := map[int]string{year: t.TempDir(), year - 1: t.TempDir()}
	for y, to := range folders {
		if code := w.run("return", "903", "--config", w.config(), "--year", fmt.Sprint(y), "--to", to); code != exit.Done {
			t.Fatalf("return 903 of %d ended with %d: %s", y, code, w.stderr)
		}
	}
	return askPeer903(t, folders[year], folders[year-1], year, ruleset)
}

// askPeer903 asks the validator that councils use about two folders of files; by all of its rules unless some are named.
func askPeer903(t *testing.T, this, last string, year int, ruleset string, rules ...string) (said peer903) {
	t.Helper()
	python := filepath.Join(pythonWith(t, "csc-validator-be-903==0.1.17", "pandas<2", "numpy<1.25"), "python")
	args := []string{"-W", "ignore", "testdata/ssda903_rules.py", this, last, fmt.Sprint(year), ruleset, "E09000012"}
	if len(rules) > 0 {
		args = append(args, strings.Join(rules, ","))
	}
	out, err := exec.Command(python, args...).Output()
	if err != nil {
		t.Fatalf("csc-validator-be-903: %v", err)
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatal(err)
	}
	return said
}

// mistaken are rules of csc-validator-be-903 0.1.17 that raise sound rows, and why.
var mistaken = map[string]string{
	"SW12STG2": "raises every open episode that is not a child's first, whatever social workers are told of",
	"1001":     "leaves out rows that have the row number of a short break in the other year's file, and then counts too few days in care",
}

// A borough without mistakes gives no issue, in both years and every rule that the validator can run soundly.
func TestSSDA903IsValidByThePeersRules(t *testing.T) {
	t.Parallel()
	for year, ruleset := range map[int]string{2026: "lac2025_26", 2027: "lac2026_27"} {
		said := clean(t).ssda903(t, year, ruleset)
		if len(said.Done) < 290 {
			t.Errorf("%s: only %d rules ran", ruleset, len(said.Done))
		}
		for rule, children := range said.Issues {
			if mistaken[rule] == "" {
				t.Errorf("%s: rule %s raises %v", ruleset, rule, children)
			}
		}
	}
}

// What we find on an untidy borough is what the validator finds, rule by rule and child by child.
func TestSSDA903FindingsAgreeWithThePeers(t *testing.T) {
	t.Parallel()
	w := demo(t)
	said := w.ssda903(t, 2027, "lac2026_27")
	ours := w.found903(t, 2027)
	both, agreed := 0, 0
	for _, rule := range rules903(t) {
		if !slices.Contains(said.Done, rule) {
			continue
		}
		both++
		if slices.Equal(ours[rule], said.Issues[rule]) {
			agreed++
		} else {
			t.Logf("rule %s: we find %v, the validator %v", rule, ours[rule], said.Issues[rule])
		}
	}
	t.Logf("%d of %d rules agree", agreed, both)
	if both < 140 || agreed*100 < both*95 {
		t.Errorf("%d of %d rules agree", agreed, both)
	}
}

// found903 are the children whom our rules find in a year, by rule.
func (w world) found903(t *testing.T, year int) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, line := range w.query(t, fmt.Sprintf("select distinct rule_code, person_id::varchar from read_parquet(%s) where return_name = '903' and collection_year = %d order by all",
		w.trusted("returns", "return_findings"), year)) {
		found[line[0]] = append(found[line[0]], line[1])
	}
	return found
}

// rules903 are the codes of the 903's rules.
func rules903(t *testing.T) (codes []string) {
	t.Helper()
	lists, err := sql.Lists(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lists[slices.IndexFunc(lists, func(l sql.List) bool { return l.Name == "return_rules" })].Rows {
		if line[0] == "903" {
			codes = append(codes, line[1])
		}
	}
	return codes
}

// Every slip that was planted about a child in care is found under its rule.
func TestEveryPlantedSSDA903SlipIsFound(t *testing.T) {
	t.Parallel()
	w := demo(t)
	findings := filepath.Join(w.current(), "trusted", "returns", "return_findings", "*", "*", "*", "*", "part-0.parquet")
	planted := w.query(t, fmt.Sprintf("select count(*) from %s where return_name = '903'", w.truth("return_errors")))[0][0]
	missed := w.query(t, fmt.Sprintf(`select rule_code, person_id from %s as planted where return_name = '903' and not exists (
		select 1 from read_parquet('%s') as found where found.return_name = '903' and found.rule_code = planted.rule_code and found.person_id = planted.person_id)`,
		w.truth("return_errors"), findings))
	if len(missed) > 0 || planted == "0" {
		t.Errorf("%s planted, not found: %v", planted, missed)
	}
	w.plants(t, "903", "142", "702", "705", "707", "708", "709", "710")
}

// Whoever follows a child's episodes sees each year's rows come about, not the newest year's alone.
func TestExplainShowsEachYearsEpisodes(t *testing.T) {
	t.Parallel()
	w := demo(t)
	told := w.query(t, fmt.Sprintf(`select person_id, count(*) from read_parquet(%s) group by person_id having count(distinct collection_year) > 1 order by person_id limit 1`,
		w.trusted("returns", "ssda903_episodes")))
	if len(told) == 0 {
		t.Fatal("nobody was in care in two years")
	}
	w.mustRun(t, exit.Done, "explain", told[0][0])
	for _, year := range []string{"2025/26", "2026/27"} {
		if !strings.Contains(w.stdout, "looked-after return "+year) {
			t.Errorf("nothing of %s", year)
		}
	}
	if begins := fmt.Sprint(strings.Count(w.stdout, " begins, RNE ")); begins != told[0][1] {
		t.Errorf("%s episodes of %s are explained", begins, told[0][1])
	}
}
