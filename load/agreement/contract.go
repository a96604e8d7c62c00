package agreement

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"careshare/load/strictyaml"
)

// Contract declares a dataset, once: what its readers are promised, and what the program needs to know to let its rows out.
type Contract struct {
	Name        string            `yaml:"name" json:"name"`
	Direction   string            `yaml:"direction" json:"direction,omitempty"`   // in (health records to the council) | out (council records to health); empty: neither
	Audiences   []string          `yaml:"audiences" json:"audiences"`             // who may have it; the agreement names one of them
	Subject     string            `yaml:"subject" json:"subject"`                 // the column that says whose row it is, or none
	Gate        string            `yaml:"gate" json:"gate"`                       // decisions | cleared | none | the dataset whose decisions apply
	Sources     []string          `yaml:"sources" json:"sources,omitempty"`       // relations counted for conservation, each with its condition: table where condition
	Version     string            `yaml:"version" json:"version,omitempty"`       // MAJOR.MINOR; empty: its readers are promised nothing
	NeedsKey    bool              `yaml:"needs_key" json:"needs_key,omitempty"`   // holds pseudonyms, or belongs to datasets that do
	Grain       []string          `yaml:"grain" json:"grain"`                     // the columns that name one row
	Sort        []string          `yaml:"sort" json:"sort,omitempty"`             // the columns that the file is sorted by before its grain, so that readers can skip
	GivesUp     []string          `yaml:"gives_up" json:"gives_up,omitempty"`     // quasi-identifiers in the order in which a row with too few alike gives them up
	Withdrawn   map[string]string `yaml:"withdrawn" json:"withdrawn,omitempty"`   // columns taken from readers at once, and why: only where to leave them would harm people
	NeededFor   string            `yaml:"needed_for" json:"needed_for,omitempty"` // what a run cannot make without the dataset; the agreement must name it
	Description string            `yaml:"description" json:"description"`
	Columns     []ContractColumn  `yaml:"columns" json:"columns"`
}

// Gates of a contract, beside the name of another dataset.
const (
	ByDecisions = "decisions" // a row passes where the decision about its person and this dataset is shared
	ByClearance = "cleared"   // a row passes under a pseudonym, where its person is cleared and k people look the same
	NoGate      = "none"      // for audiences that the agreement exempts
)

// Kinds of columns.
const (
	Identifier      = "identifier"       // names somebody by itself: a number, a name, an address, a telephone
	QuasiIdentifier = "quasi_identifier" // says who it is together with others: age, sex, team, month
	Sensitive       = "sensitive"        // says something of a person that could harm them
	Key             = "key"              // names a row, a record or a thing
	Measure         = "measure"          // a number that is counted or measured
	Code            = "code"             // a word or code of a closed list
	Text            = "text"             // words that somebody wrote
	Date            = "date"             // a day or a moment
)

var kinds = []string{Identifier, QuasiIdentifier, Sensitive, Key, Measure, Code, Text, Date}

// ContractColumn is one column of a dataset.
type ContractColumn struct {
	Name     string `yaml:"name" json:"name"`
	Type     string `yaml:"type" json:"type"` // DuckDB's name of the type
	Kind     string `yaml:"kind" json:"kind"`
	Nullable bool   `yaml:"nullable" json:"nullable"`
	Unit     string `yaml:"unit" json:"unit,omitempty"`
	Meaning  string `yaml:"meaning" json:"meaning"`

	PseudonymOf []string     `yaml:"pseudonym_of" json:"pseudonym_of,omitempty"` // the candidates' columns that it is a pseudonym of
	From        string       `yaml:"from" json:"from,omitempty"`                 // model.column that it is made from
	Since       string       `yaml:"since" json:"since,omitempty"`               // the version that brought it; empty: the first
	Deprecated  *Deprecation `yaml:"deprecated" json:"deprecated,omitempty"`     // null: here to stay
}

// Deprecation says that a column will go.
type Deprecation struct {
	Since    string `yaml:"since" json:"since"`         // the version that said so
	RemoveOn string `yaml:"remove_on" json:"remove_on"` // YYYY-MM-DD in London: not before
	Use      string `yaml:"use" json:"use"`             // what to use instead
}

// Contracts are all datasets that this version of the program can make, by name.
type Contracts []Contract

// ReadContracts reads every */*.yaml of the models' files, and returns/*/*.yaml.
func ReadContracts(models fs.FS) (Contracts, error) {
	var paths []string
	for _, pattern := range []string{"*/*.yaml", "returns/*/*.yaml"} {
		found, err := fs.Glob(models, pattern)
		if err != nil {
			return nil, fmt.Errorf("read contracts: %w", err)
		}
		paths = append(paths, found...)
	}
	var contracts Contracts
	for _, file := range paths {
		contract, err := readContract(models, file)
		if err != nil {
			return nil, err
		}
		contracts = append(contracts, contract)
	}
	slices.SortFunc(contracts, func(a, b Contract) int { return strings.Compare(a.Name, b.Name) })
	return contracts, contracts.checkGates()
}

func readContract(models fs.FS, file string) (Contract, error) {
	data, err := fs.ReadFile(models, file)
	if err != nil {
		return Contract{}, fmt.Errorf("read contract: %w", err)
	}
	var c Contract
	if err := strictyaml.Decode(file, data, &c); err != nil {
		return Contract{}, err
	}
	if c.Name+".yaml" != path.Base(file) {
		return Contract{}, fmt.Errorf("read %s: the contract is named %q", file, c.Name)
	}
	if err := c.checkDeclaration(); err != nil {
		return Contract{}, fmt.Errorf("read %s: dataset %s: %w", file, c.Name, err)
	}
	if err := c.checkPromise(); err != nil {
		return Contract{}, fmt.Errorf("read %s: %w", file, err)
	}
	return c, nil
}

// Find gives the contract of a dataset.
func (c Contracts) Find(dataset string) (Contract, bool) {
	i := slices.IndexFunc(c, func(k Contract) bool { return k.Name == dataset })
	if i < 0 {
		return Contract{}, false
	}
	return c[i], true
}

func (c Contracts) names() (names []string) {
	for _, contract := range c {
		names = append(names, contract.Name)
	}
	return names
}

// Names are the dataset's columns, in order.
func (c Contract) Names() (names []string) {
	for _, column := range c.Columns {
		names = append(names, column.Name)
	}
	return names
}

// Order is how the dataset's file is sorted.
func (c Contract) Order() []string {
	order := slices.Clone(c.Sort)
	for _, column := range c.Grain {
		if !slices.Contains(order, column) {
			order = append(order, column)
		}
	}
	return order
}

// DictionaryEntry is one dataset as its readers know it: its contract, and what the agreement publishes of it.
type DictionaryEntry struct {
	Contract
	Audience     string   `json:"audience"` // empty: the agreement does not name the dataset, so it is not published
	Purpose      string   `json:"purpose"`
	LegalBases   []string `json:"legal_bases"` // of an exempt audience: the law that its exemption rests on
	Exemption    string   `json:"exemption,omitempty"`
	ContractGate string   `json:"contract_gate"` // decisions | cleared | none | the dataset whose decisions apply
	Gate         string   `json:"gate"`          // what the parties ask of consent; empty where no decision applies
	Standing     string   `json:"standing"`
	Agreed       []string `json:"agreed_columns"` // in the contract's order
}

// Dictionary joins contracts and agreement, by dataset name.
func Dictionary(contracts Contracts, agreement Agreement) []DictionaryEntry {
	entries := make([]DictionaryEntry, len(contracts))
	for i, contract := range contracts {
		entries[i].Contract, entries[i].ContractGate = contract, contract.Gate
		for _, d := range agreement.Datasets {
			if d.Name == contract.Name {
				entries[i].agree(d, agreement.Audiences[d.Audience])
			}
		}
	}
	return entries
}

func (e *DictionaryEntry) agree(d AgreedDataset, access Access) {
	e.Audience, e.Purpose, e.LegalBases, e.Gate, e.Standing = d.Audience, d.Purpose, d.LegalBases, d.Gate, d.Standing
	e.Agreed = AgreedColumns(e.Contract, d)
	if !e.IsShared() {
		e.Exemption, e.LegalBases = access.Exemption, []string{access.LegalBasis}
	}
}

// AgreedColumns are the contract's columns that the agreement names, in the contract's order.
func AgreedColumns(c Contract, d AgreedDataset) []string {
	return slices.DeleteFunc(c.Names(), func(name string) bool { return !slices.Contains(d.Columns, name) })
}
