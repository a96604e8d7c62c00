package agreement

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"careshare/load/fault"
	"careshare/load/strictyaml"
)

// ErrPromise says that a dataset changed in a way that its readers were promised it would not.
var ErrPromise = errors.New("the change breaks what readers were promised")

// Promise is the shape of a dataset as a manifest keeps it: what the next one is held against.
type Promise struct {
	Dataset string           `json:"dataset"`
	Version string           `json:"version"`
	Grain   []string         `json:"grain"`
	Columns []PromisedColumn `json:"columns"`

	Withdrawn []string `json:"withdrawn,omitempty"` // columns that were taken from readers at once, as the contract says why
}

// PromisedColumn is a column of a Promise.
type PromisedColumn struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Nullable bool   `json:"nullable"`
	RemoveOn string `json:"remove_on,omitempty"` // deprecated: from this day on it may go
}

// direct are column names that are identifiers, whatever a contract says.
var direct = []string{"person_id", "nhs_number", "full_name", "family", "given", "family_name", "given_name", "first_name", "last_name",
	"birth_date", "date_of_birth", "dob", "address", "telephone"}

// checkPromise holds a contract's version, its columns' and what it says of columns that will go.
func (c Contract) checkPromise() error {
	for _, column := range c.Sort {
		if !slices.Contains(c.Names(), column) {
			return fmt.Errorf("sort column %s is not among columns%s", column, strictyaml.Nearest(column, c.Names()))
		}
	}
	if c.NeedsKey && c.Version == "" {
		return errors.New("a dataset of pseudonyms needs a version")
	}
	if c.Version == "" {
		return nil
	}
	at, err := parseVersion(c.Version)
	if err != nil {
		return err
	}
	for _, column := range c.Columns {
		if c.NeedsKey && column.Kind == Identifier {
			return fmt.Errorf("column %s names a person: it has no place among pseudonyms", column.Name)
		}
		if err := column.checkPromise(at); err != nil {
			return fmt.Errorf("column %s: %w", column.Name, err)
		}
	}
	return nil
}

func (c ContractColumn) checkPromise(at version) error {
	said := []string{c.Since}
	if c.Deprecated != nil {
		said = append(said, c.Deprecated.Since)
		if _, err := time.Parse(time.DateOnly, c.Deprecated.RemoveOn); err != nil || c.Deprecated.Use == "" {
			return errors.New("deprecated: needs remove_on (YYYY-MM-DD) and use")
		}
	}
	for _, text := range said {
		if text == "" {
			continue
		}
		if v, err := parseVersion(text); err != nil || v.after(at) {
			return fmt.Errorf("version %s does not exist, or is not published yet", text)
		}
	}
	return nil
}

// version is a contract's MAJOR.MINOR.
type version struct{ major, minor int }

func parseVersion(text string) (version, error) {
	major, minor, found := strings.Cut(text, ".")
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	if !found || errA != nil || errB != nil || a < 1 || b < 0 {
		return version{}, fmt.Errorf("version %q is not MAJOR.MINOR", text)
	}
	return version{a, b}, nil
}

func (v version) after(other version) bool {
	return v.major > other.major || v.major == other.major && v.minor > other.minor
}

// promise is the contract as a manifest keeps it.
func (c Contract) promise() Promise {
	p := Promise{Dataset: c.Name, Version: c.Version, Grain: c.Grain, Withdrawn: slices.Sorted(maps.Keys(c.Withdrawn))}
	for _, column := range c.Columns {
		promised := PromisedColumn{Name: column.Name, Type: column.Type, Nullable: column.Nullable}
		if column.Deprecated != nil {
			promised.RemoveOn = column.Deprecated.RemoveOn
		}
		p.Columns = append(p.Columns, promised)
	}
	return p
}

// Promises are those of the contracts that have a version.
func (c Contracts) Promises() (all []Promise) {
	for _, contract := range c {
		if contract.Version != "" {
			all = append(all, contract.promise())
		}
	}
	return all
}

// BreakingChanges says in which ways the next shape breaks this one, on that day. What takes from readers needs a new major version,
// and a column goes only after it was published as deprecated and its day has come; what adds needs a new minor version.
func (p Promise) BreakingChanges(next Promise, day string) error {
	was, errWas := parseVersion(p.Version)
	now, errNow := parseVersion(next.Version)
	if err := errors.Join(errWas, errNow); err != nil {
		return err
	}
	breaks, adds := p.changes(next)
	var wrong []error
	if early := p.removedEarly(next, day); len(early) > 0 {
		wrong = append(wrong, fmt.Errorf("%s goes without having been published as deprecated until its day", strings.Join(early, ", ")))
	}
	switch {
	case was.after(now):
		wrong = append(wrong, fmt.Errorf("version %s follows %s", next.Version, p.Version))
	case len(breaks) > 0 && now.major == was.major:
		wrong = append(wrong, fmt.Errorf("%s needs version %d.0", strings.Join(breaks, ", "), was.major+1))
	case len(adds) > 0 && now == was:
		wrong = append(wrong, fmt.Errorf("%s needs version %d.%d", strings.Join(adds, ", "), was.major, was.minor+1))
	}
	if len(wrong) == 0 {
		return nil
	}
	return fault.Hinted("see version and deprecated in the dataset's contract", "contract of %s: %w: %w", p.Dataset, errors.Join(wrong...), ErrPromise)
}

func (p Promise) changes(next Promise) (breaks, adds []string) {
	if !slices.Equal(p.Grain, next.Grain) {
		breaks = append(breaks, "another grain")
	}
	for _, was := range p.Columns {
		now, there := next.column(was.Name)
		switch {
		case !there:
			breaks = append(breaks, "removing "+was.Name)
		case now.Type != was.Type:
			breaks = append(breaks, "another type of "+was.Name)
		case now.Nullable && !was.Nullable:
			breaks = append(breaks, "nulls in "+was.Name)
		}
	}
	for _, now := range next.Columns {
		if _, there := p.column(now.Name); !there {
			adds = append(adds, "adding "+now.Name)
		}
	}
	return breaks, adds
}

func (p Promise) removedEarly(next Promise, day string) (names []string) {
	for _, was := range p.Columns {
		if _, there := next.column(was.Name); !there && (was.RemoveOn == "" || day < was.RemoveOn) && !slices.Contains(next.Withdrawn, was.Name) {
			names = append(names, was.Name)
		}
	}
	return names
}

func (p Promise) column(name string) (PromisedColumn, bool) {
	i := slices.IndexFunc(p.Columns, func(c PromisedColumn) bool { return c.Name == name })
	if i < 0 {
		return PromisedColumn{}, false
	}
	return p.Columns[i], true
}
