package load

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	models "careshare/sql"
)

func TestDriftIsNamed(t *testing.T) {
	w := newWorld(t)
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
	whole := "name: visits\ndirection: in\ngrain: [id]\ndescription: x\ncolumns:\n  - {name: id, type: BIGINT, nullable: false, meaning: x}\n"
	for name, c := range map[string]struct{ from, to, want string }{
		"key":       {"direction", "directon", "unknown key directon; the nearest known is direction"},
		"name":      {"visits", "visit", "the contract is named"},
		"direction": {"direction: in", "direction: up", "direction must be"},
		"grain":     {"[id]", "[ids]", "grain column ids is not among columns; the nearest known is id"},
		"no grain":  {"[id]", "[]", "grain is missing"},
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

func TestSecondLockBehindTheGates(t *testing.T) {
	for name, c := range map[string]struct {
		spoil, want string
		at          time.Time
	}{
		"sound":         {"select 1", "", asAt},
		"no decision":   {"insert into people values (15, '9990000015', '01', 'verified', 'traced')", "1 rows have no decision that says shared", asAt},
		"other dataset": {"insert into medications values (9, '9990000009', 'north', 'x', null, null)", "1 rows have no decision that says shared", asAt},
		"out of date":   {"select 1", "the agreement is out of date", asAt.AddDate(1, 0, 0)},
		"and emptied":   {"truncate medications; truncate case_status; truncate people", "", asAt.AddDate(1, 0, 0)},
		"withheld":      {"select 1", "rows of the person of audit log entry 0", asAt},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if name == "withheld" {
				_, err := w.lake.recordWithholding(3, canary)
				w.ok(err)
			}
			w.exec(c.spoil)
			run, err := w.lake.Begin(c.at)
			w.ok(err)
			_, err = run.Stage(t.Context(), w.db, Staging{Agreement: w.agreement, Contracts: w.contracts})
			if c.want == "" {
				w.ok(err)
			} else if !errors.Is(err, ErrNotAllowed) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}
