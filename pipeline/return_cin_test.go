package pipeline

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"careshare/pipeline/borough"
	"careshare/pipeline/exit"
	"careshare/sql"
)

// theCleanBorough is a borough without mistakes and its published snapshot, made once; tests only read it.
var theCleanBorough = sync.OnceValues(func() (world, error) {
	folder, err := outlives("careshare-clean")
	if err != nil {
		return world{}, err
	}
	w := world{folder: folder}
	for _, line := range [][]string{
		{"borough", "--people", fmt.Sprint(cleanSize()), "--errors=false", "--to", filepath.Join(folder, "sources")},
		{"init", "--to", folder},
		{"run", "--config", w.config(), "--as-at", borough.DefaultAsAt().Format("2006-01-02T15:04:05Z")},
	} {
		if code := w.run(line...); code != exit.Done {
			return world{}, fmt.Errorf("%s ended with %d: %s", line[0], code, w.stderr)
		}
	}
	return w, nil
})

// cleanSize is how many people the clean borough has: CLEAN_PEOPLE for a longer proof.
func cleanSize() int {
	size := 4_000
	if _, err := fmt.Sscan(os.Getenv("CLEAN_PEOPLE"), &size); err != nil {
		return 4_000
	}
	return size
}

func clean(t *testing.T) world {
	t.Helper()
	w, err := theCleanBorough()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// census writes a return's census of a year and gives the file's place.
func (w world) census(t *testing.T, year int) string {
	t.Helper()
	to := t.TempDir()
	if code := w.run("return", "cin", "--config", w.config(), "--year", fmt.Sprint(year), "--to", to); code != exit.Done {
		t.Fatalf("return cin of %d ended with %d: %s", year, code, w.stderr)
	}
	return filepath.Join(to, "cin.xml")
}

// explained are the queries that a census without a mistake may raise, and why. Those of the year in progress come of a reference
// date that lies ahead.
func explained(year int) map[string]string {
	if year == 2027 {
		return map[string]string{
			"8670Q": "the assessment is under way and the reference date is months ahead",
			"8675Q": "the enquiry is under way and the reference date is months ahead",
			"8545Q": "the child died before the year, and the case was closed in it or not yet",
		}
	}
	queries := map[string]string{
		"8545Q": "the child died before the year, and the case was closed in it or not yet",
		"8555Q": "the child died before the referral of a brother or sister was entered for all",
		"2887Q": "a small borough has few children without a disability (the peer counts NONE)",
	}
	if year == 2025 {
		queries["8569Q"] = "1 April 2024 was a bank holiday: the peer takes the day after it for the working day before the year"
	}
	return queries
}

// A census of a borough without mistakes is valid by the schema and by the rules that councils use, in every year that a snapshot
// can make.
func TestCensusIsValidByItsSchemaAndThePeersRules(t *testing.T) {
	t.Parallel()
	w := clean(t)
	for _, year := range []int{2025, 2026, 2027} {
		t.Run(fmt.Sprint(year), func(t *testing.T) {
			path := w.census(t, year)
			validByXSD(t, path, year)
			peer := peersCIN(t, path, "cin2025_26")
			if len(peer.ran) < 100 {
				t.Errorf("only %d rules ran", len(peer.ran))
			}
			for rule, children := range peer.found {
				if explained(year)[rule] == "" {
					t.Errorf("rule %s: %d children, such as %s", rule, len(children), children[0])
				}
			}
		})
	}
}

// validByXSD asks xmllint; the year in progress goes by the newest schema there is.
func validByXSD(t *testing.T, path string, year int) {
	t.Helper()
	schema := filepath.Join(cmp.Or(os.Getenv("CARESHARE_DATA"), "../../shared/data"), "returns", fmt.Sprintf("CIN_schema_%d.xsd", min(year, 2026)))
	if out, err := exec.Command("xmllint", "--noout", "--schema", schema, path).CombinedOutput(); err != nil {
		lines := strings.Split(string(out), "\n")
		t.Errorf("xmllint: %v: %s", err, strings.Join(lines[:min(len(lines), 5)], "\n"))
	}
}

// peerCIN is what csc-validator-be-cin says of a census: the rules that came to their end, and the children that each raises.
type peerCIN struct {
	ran   map[string]bool
	found map[string][]string
}

func peersCIN(t *testing.T, path, ruleset string) peerCIN {
	t.Helper()
	python := filepath.Join(pythonWith(t, "csc-validator-be-cin==0.1.13", "pandas<2", "numpy<1.25"), "python")
	command := exec.Command(python, filepath.Join("testdata", "cin_rules.py"), path, ruleset)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("csc-validator-be-cin: %v", err)
	}
	lines, err := csv.NewReader(strings.NewReader(string(out))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	peer := peerCIN{map[string]bool{}, map[string][]string{}}
	for _, line := range lines {
		if line[0] == "ran" {
			peer.ran[line[1]] = true
		} else {
			peer.found[line[1]] = append(peer.found[line[1]], line[2])
		}
	}
	return peer
}

// What is recorded wrongly on purpose is found under its rule, with the field and the record to mend.
func TestEverySlipPlantedInTheCensusIsFound(t *testing.T) {
	t.Parallel()
	w := demo(t)
	missed := w.query(t, fmt.Sprintf(`
		select planted.person_id, planted.rule_code
		from read_csv(%s, all_varchar = true) as planted
		where planted.return_name = 'cin' and not exists (
			select 1 from read_parquet(%s) as found
			where found.return_name = 'cin' and found.rule_code = planted.rule_code and found.person_id = planted.person_id::bigint
				and found.field = planted.field and found.source_key is not null)`,
		w.truth("return_errors"), w.trusted("returns", "return_findings")))
	report(t, "person, rule", missed)
	w.plants(t, "cin", "8630", "8840", "8925", "8935", "8940", "8920", "4008", "4009Q")
	w.atLeast(t, 20, fmt.Sprintf("select count(distinct rule_code) from read_csv(%s, all_varchar = true) where return_name = 'cin'", w.truth("return_errors")))
}

// plants says which of the rules no slip of the borough is planted for: what is not there cannot be found either.
func (w world) plants(t *testing.T, name string, rules ...string) {
	t.Helper()
	for _, rule := range rules {
		w.atLeast(t, 1, fmt.Sprintf("select count(*) from read_csv(%s, all_varchar = true) where return_name = '%s' and rule_code = '%s'", w.truth("return_errors"), name, rule))
	}
}

// peerSilences are rules of csc-validator-be-cin 0.1.13 that come to their end and can raise nothing whatever a file holds, and why: they
// cannot be held against ours.
func peerSilences() map[string]string {
	return map[string]string{
		"8869":  "compares the list of factors with a text",
		"8935":  "counts the open plans within each plan instead of the child's",
		"8945Q": "compares the list of factors with a text",
		"8950Q": "compares the list of factors with a text",
	}
}

// peerFaults are rules that it carries out on our files and takes for something else than it says, and why.
func peerFaults() map[string]string {
	return map[string]string{
		"8540":  "joins a disability to its child by row number and does not raise it",
		"8863Q": "takes two assessments with the same dates for one",
	}
}

// In every rule that both can carry out to the end, what we find in an untidy census is what the peer finds in the same file, child by child,
// in 19 of 20 rules and all but those that the peer gets wrong. Rules count in which neither finds anything; how many those are is said.
func TestFindingsAgreeWithThePeers(t *testing.T) {
	t.Parallel()
	w := demo(t)
	years := []int{2026, 2027}
	ours, peers, ran := w.censusFindings(t, years)
	both, agreed, spoke := 0, 0, 0
	for _, rule := range ourRules(t, "cin") {
		slices.Sort(ours[rule])
		slices.Sort(peers[rule])
		isSame := slices.Equal(ours[rule], peers[rule])
		switch {
		case ran[rule] < len(years):
			t.Logf("rule %s: the peer breaks down; we find %d", rule, len(ours[rule]))
			continue
		case peerSilences()[rule] != "":
			if len(ours[rule]) == 0 || len(peers[rule]) > 0 {
				t.Errorf("rule %s: we find %v, the peer, which can find nothing, %v", rule, ours[rule], peers[rule])
			}
			continue
		case isSame:
			agreed++
		case peerFaults()[rule] == "":
			t.Errorf("rule %s: we find %v, the peer %v", rule, ours[rule], peers[rule])
		}
		both++
		if len(ours[rule])+len(peers[rule]) > 0 {
			spoke++
		}
	}
	t.Logf("%d rules that both can run, %d agree; %d of them find something", both, agreed, spoke)
	if both < 100 || agreed*100 < both*95 || spoke < 50 {
		t.Errorf("%d rules that both can run, %d agree, %d find something", both, agreed, spoke)
	}
}

// censusFindings are the children whom each rule names in some years' censuses, by us and by the peer, and in how many years the peer's ran.
func (w world) censusFindings(t *testing.T, years []int) (ours, peers map[string][]string, ran map[string]int) {
	t.Helper()
	ours, peers, ran = map[string][]string{}, map[string][]string{}, map[string]int{}
	for _, year := range years {
		for _, line := range w.query(t, fmt.Sprintf(`select distinct rule_code, coalesce(person_id::varchar, '') from read_parquet(%s)
			where return_name = 'cin' and severity <> 'note' and collection_year = %d order by all`, w.trusted("returns", "return_findings"), year)) {
			ours[line[0]] = append(ours[line[0]], fmt.Sprint(year, " ", line[1]))
		}
		peer := peersCIN(t, filepath.Join(w.current(), "reports", "returns", fmt.Sprintf("cin-%d", year), "cin.xml"), "cin2025_26")
		for rule := range peer.ran {
			ran[rule]++
		}
		for rule, children := range peer.found {
			for _, child := range children {
				peers[rule] = append(peers[rule], fmt.Sprint(year, " ", child))
			}
		}
	}
	return ours, peers, ran
}

// ourRules are the codes of a return's rules that are the collection's own.
func ourRules(t *testing.T, name string) (codes []string) {
	t.Helper()
	lists, err := sql.Lists(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	rules := lists[slices.IndexFunc(lists, func(l sql.List) bool { return l.Name == "return_rules" })]
	for _, line := range rules.Rows {
		if line[0] == name && line[2] != "note" {
			codes = append(codes, line[1])
		}
	}
	return codes
}
