package agreement

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"careshare/load/fault"
	"careshare/load/strictyaml"
	"careshare/sql"
)

// nobody is the subject of a dataset that is about no person.
const nobody = "none"

// DecidedAs is the dataset whose decisions let a row out; nothing where none does.
func (c Contract) DecidedAs() string {
	switch c.Gate {
	case ByDecisions:
		return c.Name
	case ByClearance, NoGate:
		return ""
	}
	return c.Gate
}

// IsShared reports whether the decisions about people let the dataset's rows out.
func (c Contract) IsShared() bool { return c.DecidedAs() != "" }

// RowKey is the pseudonym that names a row of a de-identified dataset; nothing in any other.
func (c Contract) RowKey() string {
	i := slices.IndexFunc(c.Columns, func(column ContractColumn) bool { return len(column.PseudonymOf) > 0 })
	if i < 0 {
		return ""
	}
	return c.Columns[i].Name
}

// QuasiIdentifiers are the columns that say together who it is.
func (c Contract) QuasiIdentifiers() []string { return c.ofKind(QuasiIdentifier) }

func (c Contract) ofKind(kinds ...string) (names []string) {
	for _, column := range c.Columns {
		if slices.Contains(kinds, column.Kind) {
			names = append(names, column.Name)
		}
	}
	return names
}

// checkDeclaration holds what the contract declares by itself; checkGates holds what it says of others.
func (c Contract) checkDeclaration() error {
	switch {
	case c.Direction == "internal":
		return fault.Hinted("leave direction out, and say gate: none: the agreement names the audiences that are exempt, and their legal basis",
			"direction internal exempts nothing: an exemption belongs to an audience")
	case !slices.Contains([]string{"", "in", "out"}, c.Direction):
		return errors.New("direction must be in or out, or left out")
	case len(c.Audiences) == 0:
		return errors.New("audiences is missing: say who may have it")
	case c.Gate == "":
		return errors.New("gate is missing: decisions, cleared, none, or the dataset whose decisions apply")
	case len(c.Grain) == 0:
		return errors.New("grain is missing")
	}
	for _, column := range c.Grain {
		if !slices.Contains(c.Names(), column) {
			return fmt.Errorf("grain column %s is not among columns%s", column, strictyaml.Nearest(column, c.Names()))
		}
	}
	for _, check := range []func() error{c.checkSubject, c.checkKinds, c.checkSources, c.checkClearance} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c Contract) checkSubject() error {
	about := slices.DeleteFunc([]string{"person_id", "person_key"}, func(name string) bool { return !slices.Contains(c.Names(), name) })
	switch {
	case c.Subject == "":
		return errors.New("subject is missing: the column that says whose row it is, or none")
	case c.Subject == nobody && c.Gate != NoGate:
		return fmt.Errorf("subject is none: gate %s needs the column that says whose row it is", c.Gate)
	case c.Subject == nobody && len(about) > 0:
		return fmt.Errorf("subject is none, but column %s says whose row it is", about[0])
	case c.Subject != nobody && c.Gate != ByClearance && !slices.Contains(c.Names(), c.Subject):
		return fmt.Errorf("subject column %s is not among columns%s", c.Subject, strictyaml.Nearest(c.Subject, c.Names()))
	}
	return nil
}

func (c Contract) checkKinds() error {
	for _, column := range c.Columns {
		switch {
		case !sql.IsPortable(column.Type):
			return fault.Hinted(sql.PortableHint, "column %s has type %s, which not every engine reads", column.Name, column.Type)
		case column.Kind == "":
			return fmt.Errorf("column %s has no kind: one of %s", column.Name, strings.Join(kinds, ", "))
		case !slices.Contains(kinds, column.Kind):
			return fmt.Errorf("column %s: unknown kind %s%s", column.Name, column.Kind, strictyaml.Nearest(column.Kind, kinds))
		case slices.Contains(direct, column.Name) && column.Kind != Identifier:
			return fmt.Errorf("column %s names a person: its kind is identifier", column.Name)
		}
	}
	return nil
}

// checkSources asks every dataset that the conservation table has a line for where its rows are counted.
func (c Contract) checkSources() error {
	isCounted := c.Gate == ByDecisions || c.Gate == ByClearance
	switch {
	case isCounted && len(c.Sources) == 0:
		return errors.New("sources is missing: the relations whose rows the conservation table counts")
	case !isCounted && len(c.Sources) > 0:
		return fmt.Errorf("sources: the conservation table has no line for a dataset with gate %s", c.Gate)
	}
	return nil
}

// filledIn are the columns that the program adds to the rows of a de-identified dataset.
var filledIn = []string{"count_given_up", "key_version"}

// checkClearance holds a de-identified dataset to pseudonyms and to columns that give way.
func (c Contract) checkClearance() error {
	for _, name := range c.GivesUp {
		i := slices.Index(c.Names(), name)
		if i < 0 || c.Columns[i].Kind != QuasiIdentifier || !c.Columns[i].Nullable {
			return fmt.Errorf("gives_up: column %s must be a quasi_identifier that may be null", name)
		}
	}
	if c.Gate != ByClearance {
		if c.RowKey() != "" || len(c.GivesUp) > 0 {
			return fmt.Errorf("gate %s: only a dataset with gate cleared has pseudonym_of and gives_up", c.Gate)
		}
		return nil
	}
	if !slices.Equal(c.Grain, []string{c.RowKey()}) {
		return errors.New("gate cleared: the grain must be one column with pseudonym_of, so that each row has a pseudonym of its own")
	}
	if !c.NeedsKey {
		return errors.New("gate cleared: needs_key must be true")
	}
	for _, column := range c.Columns {
		isGiven := column.Name == c.RowKey() || slices.Contains(filledIn, column.Name)
		switch {
		case column.Kind == Identifier || column.Kind == Text:
			return fmt.Errorf("gate cleared: column %s is of kind %s, which no de-identified dataset may hold", column.Name, column.Kind)
		case column.Kind != QuasiIdentifier && !isGiven:
			return fmt.Errorf("gate cleared: column %s is of kind %s, which no count of people protects: make it a quasi_identifier", column.Name, column.Kind)
		case len(column.PseudonymOf) > 0 && (column.Nullable || column.Name != c.RowKey()):
			return fmt.Errorf("gate cleared: column %s: a row has one pseudonym, never null", column.Name)
		}
	}
	return nil
}

// checkGates refuses a gate that is neither known nor a dataset with decisions.
func (c Contracts) checkGates() error {
	for _, contract := range c {
		other, known := c.Find(contract.Gate)
		switch {
		case slices.Contains([]string{ByDecisions, ByClearance, NoGate}, contract.Gate):
		case !known || other.Gate != ByDecisions:
			return fmt.Errorf("read contracts: dataset %s: unknown gate %s: decisions, cleared, none, or a dataset that has decisions", contract.Name, contract.Gate)
		}
	}
	return nil
}
