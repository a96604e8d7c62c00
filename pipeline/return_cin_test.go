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
	folder, err := os.MkdirTemp("", "careshare-clean")
	if err != nil {
		return world{}, err
	}
	shared = append(shared, folder)
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
	python := pythonWith(t, "csc-validator-be-cin==0.1.13", "pandas<2", "numpy<1.25", "import cin_validator")
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
