package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/pipeline/exit"
)

// A council's own dataset: a model that returns candidate rows, a contract, unit cases, and its place in the agreement. The fifth
// file is the configuration, which names the folder of rules.
const (
	occupationModel = `-- grain: allocation_id
-- reads: stg_allocated_workers
-- why: Every allocation of a worker to a person.
select
    allocation_id, person_id, worker_id, cast(started_at as date) as started_on,
    case when ended_at is not null then 'ended' end as excluded_as
from stg_allocated_workers
`
	occupationContract = `name: present_allocations
direction: out
audiences: [direct-care]
subject: person_id
gate: decisions
sources: [stg_allocated_workers]
grain: [allocation_id]
description: The present allocations of workers.
columns:
  - {name: person_id, type: BIGINT, kind: identifier, nullable: false, meaning: "The person in the case store."}
  - {name: nhs_number, type: VARCHAR, kind: identifier, nullable: false, meaning: "The person's NHS number."}
  - {name: allocation_id, type: BIGINT, kind: key, nullable: false, meaning: "The allocation."}
  - {name: worker_id, type: BIGINT, kind: identifier, nullable: true, meaning: "The worker."}
  - {name: started_on, type: DATE, kind: date, nullable: true, meaning: "Since when."}
`
	occupationCases = `-- an_ended_allocation_is_out_of_scope/stg_allocated_workers --
allocation_id,person_id,started_at,ended_at
1,7,2026-01-02 09:00:00,
2,7,2025-01-02 09:00:00,2026-01-01 09:00:00
-- an_ended_allocation_is_out_of_scope/expect --
allocation_id:BIGINT,person_id:BIGINT,excluded_as:VARCHAR
1,7,
2,7,ended
`
	occupationAgreed = `
  - name: present_allocations
    direction: out
    audience: direct-care
    purpose: individual care
    legal_bases: [adult_care_duty, safeguarding]
    gate: objection
    standing: matched
    columns: [person_id, nhs_number, allocation_id, worker_id, started_on]
`
)

// ownDataset gives a borough the dataset.
func (w world) ownDataset(t *testing.T) {
	t.Helper()
	rules := filepath.Join(w.folder, "rules")
	for _, folder := range []string{"share", "tests"} {
		if err := os.MkdirAll(filepath.Join(rules, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	mustWrite(t, filepath.Join(rules, "share", "present_allocations_candidates.sql"), []byte(occupationModel))
	mustWrite(t, filepath.Join(rules, "share", "present_allocations.yaml"), []byte(occupationContract))
	mustWrite(t, filepath.Join(rules, "tests", "present_allocations_candidates.txtar"), []byte(occupationCases))
	w.editFile(t, "careshare.yaml", "# rules: rules ", "rules: rules # ")
	agreement, err := os.ReadFile(filepath.Join(w.folder, "agreement.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, filepath.Join(w.folder, "agreement.yaml"), append(agreement, occupationAgreed...))
}

// Five files make a dataset, and no Go: its candidates are counted, decided, published, checked and accounted for. The model asks
// no gate. The last version published such a dataset about everybody.
func TestADatasetIsFiveFiles(t *testing.T) {
	t.Parallel()
	w := small(t)
	w.ownDataset(t)
	w.mustRun(t, exit.Done, "test", "present_allocations_candidates")
	person := w.anyone(t)
	w.mustRun(t, exit.Done, "withhold", person, "--reason", "asked us")
	w.mustRun(t, exit.Quarantined, "run", "--as-at", asAt)
	own := "read_parquet(" + w.trusted("direct-care", "present_allocations") + ")"
	decisions := "read_parquet(" + w.trusted("audit", "decisions") + ") where dataset = 'present_allocations' and decision = 'shared'"
	w.atLeast(t, 5, "select count(*) from "+own)
	for what, query := range map[string]string{
		"people without a decision": "select person_id from " + own + " where person_id not in (select person_id from " + decisions + ")",
		"people withheld":           "select person_id from " + own + " where person_id = " + person,
		"people without a number":   "select person_id from " + own + " where nhs_number is null",
		"conservation":              "select * from read_parquet(" + w.trusted("audit", "conservation") + ") where table_name = 'present_allocations' and (difference <> 0 or rows_in <= rows_out)",
	} {
		if found := w.query(t, query); len(found) > 0 {
			t.Errorf("%s: %v", what, found)
		}
	}
	w.atLeast(t, 1, "select count(*) from read_parquet("+w.trusted("audit", "conservation")+") where table_name = 'present_allocations' and rows_in > 0")
	w.atLeast(t, 1, "select count(*) from read_parquet("+w.trusted("audit", "disclosures")+") where dataset = 'present_allocations'")
}

// Each wrong way to declare a dataset is refused by check, by name, before anything is read.
func TestWrongDatasetsAreRefused(t *testing.T) {
	t.Parallel()
	made := small(t)
	made.ownDataset(t)
	const model, contract, terms = "rules/share/present_allocations_candidates.sql", "rules/share/present_allocations.yaml", "agreement.yaml"
	cleared := func(kind string) string { // the contract of a de-identified dataset with one more column
		return strings.NewReplacer("direction: out\naudiences: [direct-care]", "audiences: [bi]", "gate: decisions", "gate: cleared\nversion: \"1.0\"\nneeds_key: true",
			"  - {name: person_id, type: BIGINT, kind: identifier, nullable: false, meaning: \"The person in the case store.\"}\n", "",
			"  - {name: nhs_number, type: VARCHAR, kind: identifier, nullable: false, meaning: \"The person's NHS number.\"}\n", "",
			"type: BIGINT, kind: key, nullable: false", "type: VARCHAR, kind: key, pseudonym_of: [allocation_id], nullable: false",
			"kind: identifier, nullable: true", "kind: "+kind+", nullable: true", "kind: date", "kind: quasi_identifier").Replace(occupationContract)
	}
	for name, c := range map[string]struct{ file, from, to, want string }{
		"no subject":             {contract, "subject: person_id\n", "", "dataset present_allocations: subject is missing"},
		"subject not there":      {contract, "subject: person_id", "subject: person", "subject column person is not among columns"},
		"no kind":                {contract, "kind: date, ", "", "column started_on has no kind"},
		"unknown kind":           {contract, "kind: date", "kind: day", "unknown kind day"},
		"unknown gate":           {contract, "gate: decisions\nsources: [stg_allocated_workers]", "gate: open", "dataset present_allocations: unknown gate open"},
		"the word internal":      {contract, "direction: out", "direction: internal", "direction internal exempts nothing"},
		"internal, as agreed":    {terms, "present_allocations\n    direction: out", "present_allocations\n    direction: internal", "dataset present_allocations: direction internal exempts nothing"},
		"no sources":             {contract, "sources: [stg_allocated_workers]\n", "", "sources is missing"},
		"unknown source":         {contract, "[stg_allocated_workers]", "[stg_allocations]", "stg_allocations"},
		"grain not a column":     {contract, "[allocation_id]", "[allocation]", "grain column allocation is not among columns"},
		"gate left out":          {contract, "gate: decisions\nsources: [stg_allocated_workers]", "gate: none", "audience direct-care has no exemption"},
		"unknown audience":       {terms, "present_allocations\n    direction: out\n    audience: direct-care", "present_allocations\n    direction: out\n    audience: direct", "dataset present_allocations: audience direct is not among audiences"},
		"identifiers into bi":    {terms, "present_allocations\n    direction: out\n    audience: direct-care", "present_allocations\n    direction: out\n    audience: bi", "dataset present_allocations: audience bi is de-identified, and column person_id is an identifier"},
		"medications into bi":    {terms, "- name: medications\n    direction: in\n    audience: direct-care", "- name: medications\n    direction: in\n    audience: bi", "dataset medications: audience bi is de-identified, and column person_id is an identifier"},
		"medications to audit":   {terms, "- name: medications\n    direction: in\n    audience: direct-care", "- name: medications\n    direction: in\n    audience: audit", "dataset medications: audience audit is not among those of its contract"},
		"text among pseudonyms":  {contract, occupationContract, cleared("text"), "column worker_id is of kind text"},
		"a sensitive column":     {contract, occupationContract, cleared("sensitive"), "column worker_id is of kind sensitive, which no count of people protects"},
		"a code that k forgets":  {contract, occupationContract, cleared("code"), "column worker_id is of kind code, which no count of people protects"},
		"no legal basis":         {terms, "    legal_basis: UK GDPR, Articles 5(2)", "    # legal_basis: UK GDPR, Articles 5(2)", "audience audit: exemption internal_audit has no legal_basis"},
		"column not returned":    {contract, "  - {name: started_on", "  - {name: begun_on, type: DATE, kind: date, nullable: true, meaning: \"Since when.\"}\n  - {name: started_on", "dataset present_allocations: the model does not return column begun_on"},
		"no excluded_as":         {model, "as excluded_as", "as left_out", "does not return column excluded_as"},
		"column not in contract": {terms, "allocation_id, worker_id, started_on]", "allocation_id, worker_id, begun_on]", "no column begun_on in the contract of present_allocations"},
		"no candidates":          {contract, "name: present_allocations", "name: present_allocation", "the contract is named"},
	} {
		t.Run(name, func(t *testing.T) {
			w := made
			w.folder = filepath.Join(t.TempDir(), "w")
			for _, file := range []string{model, contract, terms, "careshare.yaml", "schedules.yaml", "rules/tests/present_allocations_candidates.txtar"} {
				text, err := os.ReadFile(filepath.Join(made.folder, file))
				if err != nil {
					t.Fatal(err)
				}
				spoilt := string(text)
				if file == c.file {
					if spoilt = strings.Replace(spoilt, c.from, c.to, 1); spoilt == string(text) {
						t.Fatalf("%s does not hold %q", file, c.from)
					}
				}
				if err := os.MkdirAll(filepath.Dir(filepath.Join(w.folder, file)), 0o700); err != nil {
					t.Fatal(err)
				}
				mustWrite(t, filepath.Join(w.folder, file), []byte(spoilt))
			}
			if code := w.run("check", "--config", w.config()); code == exit.Done || !strings.Contains(w.stdout+w.stderr, c.want) {
				t.Errorf("check ended with %d, want %q:\n%s%s", code, c.want, w.stdout, w.stderr)
			}
			if name != "medications into bi" { // plan reads the same terms as check
				return
			}
			if code := w.run("plan", "--config", w.config()); code == exit.Done || !strings.Contains(w.stdout+w.stderr, c.want) {
				t.Errorf("plan ended with %d, want %q:\n%s%s", code, c.want, w.stdout, w.stderr)
			}
		})
	}
}

// Names and birth dates do not reach a de-identified audience under kinds that only say that they are something else.
func TestNamesDeclaredAsCodesAreRefused(t *testing.T) {
	t.Parallel()
	w := small(t)
	folder := filepath.Join(w.folder, "rules", "bi")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, filepath.Join(folder, "clients.sql"), []byte(`-- grain: client_id
-- publishes to: bi/clients
-- reads: stg_people
-- why: Everybody by name.
select person_id as client_id, full_name as client, cast(birth_at as date) as born from stg_people
`))
	mustWrite(t, filepath.Join(folder, "clients.yaml"), []byte(`name: clients
audiences: [bi]
subject: none
gate: none
grain: [client_id]
version: "1.0"
description: Names.
columns:
  - {name: client_id, type: BIGINT, kind: key, nullable: false, meaning: "A key."}
  - {name: client, type: VARCHAR, kind: code, nullable: true, meaning: "A code."}
  - {name: born, type: DATE, kind: date, nullable: true, meaning: "A date."}
`))
	w.editFile(t, "careshare.yaml", "# rules: rules ", "rules: rules # ")
	agreement := mustRead(t, filepath.Join(w.folder, "agreement.yaml"))
	mustWrite(t, filepath.Join(w.folder, "agreement.yaml"), append(agreement, `
  - name: clients
    audience: bi
    purpose: individual care
    columns: [client_id, client, born]
`...))
	for _, verb := range []string{"check", "plan", "run"} {
		const want = "dataset clients has gate none, audience bi is de-identified, and the dataset reads casestore.dm_persons"
		if code := w.run(verb, "--config", w.config()); code == exit.Done || !strings.Contains(w.stdout+w.stderr, want) {
			t.Errorf("%s ended with %d: %s", verb, code, fmt.Sprint(w.stdout, w.stderr))
		}
	}
}

// The managers' pack needs the figures: without them check and plan say so, where the last version ran into an error of the engine.
func TestAnAgreementWithoutFiguresIsRefused(t *testing.T) {
	t.Parallel()
	w := small(t)
	w.editFile(t, "agreement.yaml", "  - name: figures\n    audience: bi\n", "  - name: figures_gone\n    audience: bi\n")
	text, err := os.ReadFile(filepath.Join(w.folder, "agreement.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	from := strings.Index(string(text), "  - name: figures_gone")
	to := from + strings.Index(string(text)[from+1:], "  - name: ") + 1
	mustWrite(t, filepath.Join(w.folder, "agreement.yaml"), []byte(string(text)[:from]+string(text)[to:]))
	for _, verb := range []string{"check", "plan", "run"} {
		if code := w.run(verb, "--config", w.config()); code == exit.Done || !strings.Contains(w.stdout+w.stderr, "dataset figures is missing: the managers' pack needs it") {
			t.Errorf("%s ended with %d: %s", verb, code, fmt.Sprint(w.stdout, w.stderr))
		}
	}
}
