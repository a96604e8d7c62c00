package agreement

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	models "careshare/sql"
)

func TestAgreementFaultsNameTheLine(t *testing.T) {
	contracts, _ := theAgreement(t)
	whole, err := os.ReadFile("../testdata/agreement.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown key":        {"review_on:", "reviewd_on:", "agreement.yaml:4: unknown key reviewd_on; the nearest known is review_on"},
		"key of a dataset":   {"    purpose: care\n    legal_bases: [adult", "    porpose: care\n    legal_bases: [adult", "agreement.yaml:17: unknown key porpose; the nearest known is purpose"},
		"unknown dataset":    {"name: medications", "name: medication", "agreement.yaml:14: no contract for dataset medication; the nearest known is medications"},
		"unknown column":     {"kind, status]", "kind, state]", "agreement.yaml:29: no column state in the contract of case_status; the nearest known is status"},
		"twice":              {"name: case_status", "name: medications", "agreement.yaml:22: dataset medications is named twice"},
		"wrong direction":    {"direction: out", "direction: in", "agreement.yaml:23: dataset case_status has direction out in its contract, not in"},
		"unknown audience":   {"audience: audit\n", "audience: audits\n", "agreement.yaml:38: dataset decisions: audience audits is not among audiences; the nearest known is audit"},
		"internal":           {"direction: out", "direction: internal", "agreement.yaml:23: dataset case_status: direction internal exempts nothing"},
		"another audience":   {"    direction: in\n    audience: direct-care", "    direction: in\n    audience: audit", "agreement.yaml:16: dataset medications: audience audit is not among those of its contract, [direct-care]"},
		"no legal basis":     {`, legal_basis: "UK GDPR, Article 5(2)"`, "", "agreement.yaml:12: audience audit: exemption internal_audit has no legal_basis"},
		"unknown exemption":  {"internal_audit", "internal", "agreement.yaml:12: audience audit: exemption must be one of"},
		"a basis alone":      {"exemption: internal_audit, ", "", "agreement.yaml:12: audience audit has a legal_basis and no exemption"},
		"no exemption":       {`{exemption: internal_audit, legal_basis: "UK GDPR, Article 5(2)"}`, "{}", "dataset decisions has gate none: audience audit has no exemption"},
		"no terms":           {"internal_audit", "de_identified", "audience audit is exempt as de_identified: its terms are missing"},
		"no purpose":         {"    purpose: care\n    legal_bases: [adult_care_duty]\n", "    legal_bases: [adult_care_duty]\n", "dataset medications has no purpose"},
		"unknown gate":       {"gate: objection", "gate: opt_in", "agreement.yaml:27: dataset case_status: gate must be one of"},
		"unknown basis":      {"[safeguarding]", "[safeguard]", "agreement.yaml:26: dataset case_status: legal basis must be one of"},
		"unknown standing":   {"standing: matched", "standing: held", "agreement.yaml:20: dataset medications: standing must be one of"},
		"not a date":         {"2027-04-01", "next year", "agreement.yaml:4: review_on is not a date"},
		"no retention":       {"raw_days: 7", "raw_days: 0", "agreement.yaml:7: retention.raw_days is missing"},
		"world may read":     {`"0640"`, `"0644"`, `agreement.yaml:11: audience direct-care: file_mode must be "0600" or "0640"`},
		"mode without quote": {`"0640"`, `0640`, "agreement.yaml:11: file_mode: must be in quotes"},
		"mode not octal":     {`"0640"`, `rw`, "agreement.yaml:11: audience direct-care: a mode is not octal"},
		"not a number":       {"raw_days: 7", "raw_days: week", "agreement.yaml:7: raw_days: must be a whole number"},
		"path as audience":   {"audit: {exemption", "../audit: {exemption", "only lower case, digits and dashes"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "agreement.yaml")
			spoilt := strings.Replace(string(whole), c.from, c.to, 1)
			if err := os.WriteFile(path, []byte(spoilt), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Read(path, contracts); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestAgreementInDate(t *testing.T) {
	_, agreement := theAgreement(t)
	for at, want := range map[string]bool{
		"2026-03-31T22:59:59Z": false,
		"2026-03-31T23:00:00Z": true, // midnight of 1 April in London's summer time
		"2027-03-31T22:59:59Z": true,
		"2027-03-31T23:00:00Z": false,
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := agreement.InDate(moment); err != nil || got != want {
			t.Errorf("InDate(%s) = %v, %v", at, got, err)
		}
	}
}

func TestTemplateMatchesTheContracts(t *testing.T) {
	contracts, err := ReadContracts(models.Files)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "agreement.yaml")
	if err := os.WriteFile(path, []byte(Template), 0o600); err != nil {
		t.Fatal(err)
	}
	agreement, err := Read(path, contracts)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range Dictionary(contracts, agreement) {
		if entry.Audience == "" || len(entry.Agreed) != len(entry.Columns) {
			t.Errorf("the template does not name all of %s", entry.Name)
		}
	}
	datasets, bases, columns := agreement.Rows()
	if len(datasets) != len(contracts) || len(bases) < 20 || len(columns) < len(contracts) {
		t.Errorf("%d datasets, %d bases, %d columns", len(datasets), len(bases), len(columns))
	}
}
