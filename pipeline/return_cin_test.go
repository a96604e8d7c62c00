package pipeline

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"careshare/extract/borough"
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
		if code := w.run(line...); code != exitDone {
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
	if code := w.run("return", "cin", "--config", w.config(), "--year", fmt.Sprint(year), "--to", to); code != exitDone {
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
		}
	}
	return map[string]string{
		"8545Q": "the child died before the year and the case was not closed",
		"8555Q": "the child died before the referral of a brother or sister was entered for all",
		"2887Q": "a small borough has few children without a disability (the peer counts NONE)",
	}
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
			for _, issue := range peersCIN(t, path, "cin2025_26") {
				if explained(year)[issue[0]] == "" {
					t.Errorf("rule %s: child %s", issue[0], issue[1])
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

// peersCIN runs csc-validator-be-cin on a census: rule and child of each issue, once each.
func peersCIN(t *testing.T, path, ruleset string) [][]string {
	t.Helper()
	python := filepath.Join(pythonWith(t, "csc-validator-be-cin==0.1.13", "pandas<2", "numpy<1.25"), "python")
	command := exec.Command(python, filepath.Join("testdata", "cin_rules.py"), path, ruleset)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("csc-validator-be-cin: %v", err)
	}
	issues, err := csv.NewReader(strings.NewReader(string(out))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return issues
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
	w.atLeast(t, 20, fmt.Sprintf("select count(distinct rule_code) from read_csv(%s, all_varchar = true) where return_name = 'cin'", w.truth("return_errors")))
}

// peerCannot are rules that csc-validator-be-cin 0.1.13 has and does not raise on files, or raises otherwise, and why.
func peerCannot() map[string]string {
	return map[string]string{
		"8540":  "joins a disability to its child by row number and never raises it",
		"8565":  "looks for the end of a protection plan in a table of its own making",
		"8863Q": "takes two assessments with the same dates for one",
		"8869":  "compares the list of factors with a text",
		"8898":  "ends with a type error on a list of factors",
		"8945Q": "compares the list of factors with a text",
		"8950Q": "compares the list of factors with a text",
		"2887Q": "counts the children without a disability, not the kinds of disability",
	}
}

// Rule by rule and child by child, what we find in an untidy census is what the peer finds in the same file.
func TestFindingsAgreeWithThePeers(t *testing.T) {
	t.Parallel()
	w := demo(t)
	for _, year := range []int{2026, 2027} {
		ours, peers := map[[2]string]bool{}, map[[2]string]bool{}
		for _, line := range w.query(t, fmt.Sprintf(`select distinct rule_code, coalesce(person_id::varchar, '') from read_parquet(%s)
			where return_name = 'cin' and severity <> 'note' and collection_year = %d`, w.trusted("returns", "return_findings"), year)) {
			ours[[2]string{line[0], line[1]}] = true
		}
		path := filepath.Join(w.current(), "reports", "returns", fmt.Sprintf("cin-%d", year), "cin.xml")
		for _, issue := range peersCIN(t, path, "cin2025_26") {
			peers[[2]string{issue[0], issue[1]}] = true
		}
		for issue := range ours {
			if !peers[issue] && peerCannot()[issue[0]] == "" {
				t.Errorf("%d: rule %s: only we find child %s", year, issue[0], issue[1])
			}
		}
		for issue := range peers {
			if !ours[issue] && peerCannot()[issue[0]] == "" {
				t.Errorf("%d: rule %s: only the peer finds child %s", year, issue[0], issue[1])
			}
		}
	}
}
