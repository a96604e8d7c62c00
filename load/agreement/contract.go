package agreement

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"careshare/load/strictyaml"
)

// Contract is what a dataset promises its readers: read from the YAML beside its model.
type Contract struct {
	Name        string           `yaml:"name" json:"name"`
	Direction   string           `yaml:"direction" json:"direction"`             // in | out | internal
	DecidedAs   string           `yaml:"decided_as" json:"decided_as,omitempty"` // the dataset whose decisions these rows go by; empty: its own
	Version     string           `yaml:"version" json:"version,omitempty"`       // MAJOR.MINOR; empty: its readers are promised nothing
	NeedsKey    bool             `yaml:"needs_key" json:"needs_key,omitempty"`   // holds pseudonyms, or belongs to datasets that do
	Grain       []string         `yaml:"grain" json:"grain"`                     // the columns that name one row
	Sort        []string         `yaml:"sort" json:"sort,omitempty"`             // the columns that the file is sorted by before its grain, so that readers can skip
	Description string           `yaml:"description" json:"description"`
	Columns     []ContractColumn `yaml:"columns" json:"columns"`
}

// ContractColumn is one column of a dataset.
type ContractColumn struct {
	Name     string `yaml:"name" json:"name"`
	Type     string `yaml:"type" json:"type"` // DuckDB's name of the type
	Nullable bool   `yaml:"nullable" json:"nullable"`
	Unit     string `yaml:"unit" json:"unit,omitempty"`
	Meaning  string `yaml:"meaning" json:"meaning"`

	From            string       `yaml:"from" json:"from,omitempty"`                         // model.column that it is made from
	Since           string       `yaml:"since" json:"since,omitempty"`                       // the version that brought it; empty: the first
	Deprecated      *Deprecation `yaml:"deprecated" json:"deprecated,omitempty"`             // null: here to stay
	QuasiIdentifier bool         `yaml:"quasi_identifier" json:"quasi_identifier,omitempty"` // could tell who it is, together with others
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
	return contracts, nil
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
	if !slices.Contains([]string{"in", "out", "internal"}, c.Direction) {
		return Contract{}, fmt.Errorf("read %s: direction must be in, out or internal", file)
	}
	for _, column := range c.Grain {
		if !slices.Contains(c.Names(), column) {
			return Contract{}, fmt.Errorf("read %s: grain column %s is not among columns%s", file, column, strictyaml.Nearest(column, c.Names()))
		}
	}
	if len(c.Grain) == 0 {
		return Contract{}, fmt.Errorf("read %s: grain is missing", file)
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

// DictionaryEntry is one dataset as its readers know it: its contract, and what the agreement lets out of it.
type DictionaryEntry struct {
	Contract
	Audience   string   `json:"audience"` // empty: the agreement does not name the dataset, so it is not published
	Purpose    string   `json:"purpose"`
	LegalBases []string `json:"legal_bases"`
	Gate       string   `json:"gate"`
	Standing   string   `json:"standing"`
	Agreed     []string `json:"agreed_columns"` // in the contract's order
}

// Dictionary joins contracts and agreement, by dataset name.
func Dictionary(contracts Contracts, agreement Agreement) []DictionaryEntry {
	entries := make([]DictionaryEntry, len(contracts))
	for i, contract := range contracts {
		entries[i].Contract = contract
		for _, d := range agreement.Datasets {
			if d.Name != contract.Name {
				continue
			}
			entries[i] = DictionaryEntry{contract, d.Audience, d.Purpose, d.LegalBases, d.Gate, d.Standing, AgreedColumns(contract, d)}
		}
	}
	return entries
}

// AgreedColumns are the contract's columns that the agreement names, in the contract's order.
func AgreedColumns(c Contract, d AgreedDataset) []string {
	return slices.DeleteFunc(c.Names(), func(name string) bool { return !slices.Contains(d.Columns, name) })
}
