package transform

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Gates that a contract may name, beside another dataset whose decisions apply.
const (
	ByDecisions = "decisions" // a row passes where the decision about its person and dataset is shared
	ByClearance = "cleared"   // a row passes under a pseudonym, where every gate of the de-identified audience is open and k people look the same
	NoGate      = "none"      // only an audience that the agreement exempts, or a dataset that is about nobody
)

// candidatesOf is the model that returns a dataset's candidate rows, and tiersOf the one that says how much of them is shown.
func candidatesOf(dataset string) string { return dataset + "_candidates" }
func tiersOf(dataset string) string      { return dataset + "_tiers" }

// excludedAs is the candidates' column that says why a row is out of scope for what it is; null: it is not.
const excludedAs = "excluded_as"

// dataset is what a contract declares, as far as models are made from it. The package load reads the contract strictly.
type dataset struct {
	Name      string          `yaml:"name"`
	Direction string          `yaml:"direction"` // in | out; empty: the council's own
	Audiences []string        `yaml:"audiences"` // who may have it
	Subject   string          `yaml:"subject"`   // the candidates' column that says whose row it is, or none
	Gate      string          `yaml:"gate"`
	Sources   []string        `yaml:"sources"` // relations, each with a condition where only some rows count: table where condition
	Grain     []string        `yaml:"grain"`
	GivesUp   []string        `yaml:"gives_up"` // quasi-identifiers in the order in which they are blanked
	Columns   []datasetColumn `yaml:"columns"`

	folder     string   // of the contract
	candidates []string // the grain of its candidates, from their header
}

type datasetColumn struct {
	Name        string   `yaml:"name"`
	Type        string   `yaml:"type"`
	Nullable    bool     `yaml:"nullable"`
	Kind        string   `yaml:"kind"`
	PseudonymOf []string `yaml:"pseudonym_of"` // the candidates' columns that it is a pseudonym of
}

// readDatasets reads what the contracts declare, by name.
func readDatasets(fsys fs.FS) ([]dataset, error) {
	var datasets []dataset
	for _, pattern := range []string{"*/*.yaml", "returns/*/*.yaml"} {
		files, err := fs.Glob(fsys, pattern)
		if err != nil {
			return nil, fmt.Errorf("read contracts: %w", err)
		}
		for _, file := range files {
			text, err := fs.ReadFile(fsys, file)
			if err != nil {
				return nil, fmt.Errorf("read contract: %w", err)
			}
			d := dataset{folder: path.Dir(file)}
			if err := yaml.Unmarshal(text, &d); err != nil {
				return nil, fmt.Errorf("read contract %s: %w", file, err)
			}
			datasets = append(datasets, d)
		}
	}
	slices.SortFunc(datasets, func(a, b dataset) int { return strings.Compare(a.Name, b.Name) })
	return datasets, nil
}

// decidedAs is the dataset whose decisions apply to the rows; nothing where no decision does.
func (d dataset) decidedAs() string {
	switch d.Gate {
	case ByDecisions:
		return d.Name
	case ByClearance, NoGate, "":
		return ""
	}
	return d.Gate
}

// hasCandidates says that the program makes the dataset from candidate rows.
func (d dataset) hasCandidates() bool { return d.Gate == ByClearance || d.decidedAs() != "" }

// origin is where the rows come from, in the words of the conservation table.
func (d dataset) origin() string {
	if d.Direction == "in" {
		return "health"
	}
	return "casestore"
}

// quasiIdentifiers are the columns that say who it is together with others: those that are given up, first one first, then
// those that never are. One that the contract's order does not name is given up before the others, if it may be null.
func (d dataset) quasiIdentifiers() (givenUp, kept []string) {
	for _, column := range d.Columns {
		switch {
		case column.Kind != "quasi_identifier" || slices.Contains(d.GivesUp, column.Name):
		case column.Nullable:
			givenUp = append(givenUp, column.Name)
		default:
			kept = append(kept, column.Name)
		}
	}
	return append(givenUp, d.GivesUp...), kept
}

// count is a query's scalar: the rows that the sources hold.
func (d dataset) count() string {
	var counts []string
	for _, source := range d.Sources {
		counts = append(counts, "(select count(*) from "+source+")")
	}
	return strings.Join(counts, " + ")
}

// sourceTables are the relations among the sources.
func (d dataset) sourceTables() (tables []string) {
	for _, source := range d.Sources {
		table, _, _ := strings.Cut(source, " ")
		tables = append(tables, table)
	}
	return tables
}
