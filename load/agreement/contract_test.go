package agreement

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	models "careshare/sql"
)

func TestDriftIsNamed(t *testing.T) {
	w := newCouncil(t)
	for name, c := range map[string]struct{ spoil, want string }{
		"sound":          {"select 1", ""},
		"missing column": {"alter table case_status drop kind", "kind is missing"},
		"extra column":   {"alter table case_status add surname varchar", "surname is not in the contract"},
		"wrong type":     {"alter table case_status alter person_id type varchar", "person_id is VARCHAR, the contract says BIGINT"},
		"null":           {"update case_status set status = null where person_id < 3", "status is null in required rows: 4"},
		"grain":          {"insert into case_status from case_status where person_id = 1", "rows share one grain (person_id, kind): 2"},
	} {
		t.Run(name, func(t *testing.T) {
			w.exec("create or replace table kept as from case_status")
			defer w.exec("create or replace table case_status as from kept")
			w.exec(c.spoil)
			contract, _ := w.contracts.Find("case_status")
			err := Enforce(t.Context(), w.db, contract)
			var drift DriftError
			if c.want == "" {
				w.ok(err)
			} else if !errors.As(err, &drift) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestContractFaults(t *testing.T) {
	whole := "name: visits\ndirection: in\naudiences: [direct-care]\nsubject: person_id\ngate: decisions\nsources: [stg_visits]\ngrain: [id]\ndescription: x\ncolumns:\n" +
		"  - {name: id, type: BIGINT, kind: key, nullable: false, meaning: x}\n  - {name: person_id, type: BIGINT, kind: identifier, nullable: false, meaning: x}\n"
	for name, c := range map[string]struct{ from, to, want string }{
		"key":       {"direction", "directon", "unknown key directon; the nearest known is direction"},
		"name":      {"visits", "visit", "the contract is named"},
		"direction": {"direction: in", "direction: up", "direction must be"},
		"grain":     {"[id]", "[ids]", "grain column ids is not among columns; the nearest known is id"},
		"no grain":  {"[id]", "[]", "grain is missing"},

		"internal":              {"direction: in", "direction: internal", "exempts nothing: an exemption belongs to an audience"},
		"no audiences":          {"audiences: [direct-care]\n", "", "audiences is missing"},
		"no subject":            {"subject: person_id\n", "", "dataset visits: subject is missing"},
		"subject of nobody":     {"subject: person_id", "subject: none", "gate decisions needs the column that says whose row it is"},
		"subject not a column":  {"subject: person_id", "subject: person", "subject column person is not among columns; the nearest known is person_id"},
		"subject beside a gate": {"subject: person_id\ngate: decisions\nsources: [stg_visits]", "subject: none\ngate: none", "subject is none, but column person_id says whose row it is"},
		"no gate":               {"gate: decisions\n", "", "gate is missing"},
		"unknown gate":          {"gate: decisions\nsources: [stg_visits]", "gate: open", "dataset visits: unknown gate open"},
		"no sources":            {"sources: [stg_visits]\n", "", "sources is missing"},
		"unsigned":              {"{name: id, type: BIGINT", "{name: id, type: ubigint", "column id has type ubigint, which not every engine reads"},
		"list":                  {"{name: id, type: BIGINT", "{name: id, type: 'BIGINT[]'", "column id has type BIGINT[], which not every engine reads"},
		"no kind":               {"kind: key, ", "", "column id has no kind"},
		"unknown kind":          {"kind: key", "kind: keys", "unknown kind keys; the nearest known is key"},
		"a name without a kind": {"{name: person_id, type: BIGINT, kind: identifier", "{name: person_id, type: BIGINT, kind: key", "column person_id names a person: its kind is identifier"},
		"given up, not quasi":   {"grain: [id]", "grain: [id]\ngives_up: [id]", "gives_up: column id must be a quasi_identifier that may be null"},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{"share/visits.yaml": {Data: []byte(strings.Replace(whole, c.from, c.to, 1))}}
			if _, err := ReadContracts(files); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// Who reads a moment must know by which clock, and of an age or a wait whether it is days or years.
func TestEveryMomentAndSpanSaysItsUnit(t *testing.T) {
	contracts, err := ReadContracts(models.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, contract := range contracts {
		for _, c := range contract.Columns {
			want := c.Unit
			switch {
			case c.Type == "TIMESTAMP WITH TIME ZONE":
				want = "UTC instant"
			case c.Type == "TIMESTAMP":
				want = "London wall clock"
			case c.Name == "age" || strings.HasSuffix(c.Name, "_years"):
				want = "years"
			case strings.HasSuffix(c.Name, "_days"):
				want = "days"
			}
			if c.Unit != want {
				t.Errorf("%s.%s has unit %q, want %q", contract.Name, c.Name, c.Unit, want)
			}
		}
	}
}
