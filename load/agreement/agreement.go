// Package agreement reads the data sharing agreement and the contracts of the datasets that it names.
package agreement

import (
	"bytes"
	"cmp"
	_ "embed"
	"maps"
	"os"
	"slices"
	"time"

	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/load/strictyaml"
	"careshare/schedules/london"
)

// Template is a commented data sharing agreement for a new council to start from.
//
//go:embed agreement.yaml
var Template string

// Agreement is the data sharing agreement: nothing leaves that it does not name.
type Agreement struct {
	Version   string            `yaml:"version"`
	Parties   []string          `yaml:"parties"`
	ValidFrom string            `yaml:"valid_from"` // first day in London, YYYY-MM-DD
	ReviewOn  string            `yaml:"review_on"`  // from this day on nothing is shared until it was reviewed
	Retention Retention         `yaml:"retention"`
	Audiences map[string]Access `yaml:"audiences"`
	Datasets  []AgreedDataset   `yaml:"datasets"`

	SecurityLabels   SecurityLabels              `yaml:"security_labels"`
	DeIdentification map[string]DeIdentification `yaml:"de_identification"` // by audience
	SHA256           string                      `yaml:"-"`                 // of the file
}

// Retention is how many days after its as-at time a snapshot's files are kept. The current snapshot is always whole.
type Retention struct {
	SnapshotsDays    int `yaml:"snapshots_days"`     // all that is not named below
	RawDays          int `yaml:"raw_days"`           // the council's own sources as pulled
	SharedHealthDays int `yaml:"shared_health_days"` // at most: the consent window may close earlier
	ReturnsDays      int `yaml:"returns_days"`       // statutory returns and the audit datasets
}

// Access is who may read an audience's folder.
type Access struct {
	FileMode   string `yaml:"file_mode" json:"file_mode"`     // octal, 0600 where empty
	FolderMode string `yaml:"folder_mode" json:"folder_mode"` // octal, 0700 where empty
	Group      string `yaml:"group" json:"group,omitempty"`   // the system's group; empty: the program's own

	Exemption  string `yaml:"exemption" json:"exemption,omitempty"`     // statutory | internal_audit | de_identified; empty: the gates decide row by row
	LegalBasis string `yaml:"legal_basis" json:"legal_basis,omitempty"` // the law that the exemption rests on, in the parties' words
}

// Exemptions: why the decisions about people do not apply to an audience.
const (
	Statutory     = "statutory"      // a law demands the rows
	InternalAudit = "internal_audit" // the council's own auditors, who check the decisions
	DeIdentified  = "de_identified"  // no row says whose it is
)

// AgreedDataset is one dataset that the parties agreed on.
type AgreedDataset struct {
	Name         string   `yaml:"name"`
	Direction    string   `yaml:"direction"` // in | out, as in its contract; may be left out
	Audience     string   `yaml:"audience"`
	Purpose      string   `yaml:"purpose"`
	LegalBases   []string `yaml:"legal_bases"` // adult_care_duty | safeguarding | statute; an exempt audience has its own
	Gate         string   `yaml:"gate"`        // ask_each_time | objection | statutory
	Standing     string   `yaml:"standing"`    // verified | traced | matched | none
	SecondaryUse bool     `yaml:"secondary_use"`
	Columns      []string `yaml:"columns"` // the contract's columns that may leave

	// ContactsDespiteRefusal is the legal basis on which people are given as contacts although they refuse that the council
	// shares about them. Empty: they are not given.
	ContactsDespiteRefusal string `yaml:"contacts_despite_refusal"`
}

// Read reads an agreement and checks it against the contracts. Errors name file and line.
func Read(path string, contracts Contracts) (Agreement, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Agreement{}, fault.Explain("read agreement", err)
	}
	var a Agreement
	if err := strictyaml.Decode(path, data, &a); err != nil {
		return Agreement{}, err
	}
	a.SHA256 = disk.SHA256(data)
	if err := a.check(strictyaml.Lines{Path: path, Data: bytes.Clone(data)}, contracts); err != nil {
		return Agreement{}, err
	}
	for i, d := range a.Datasets {
		contract, _ := contracts.Find(d.Name)
		a.Datasets[i].Direction = cmp.Or(contract.Direction, "none")
	}
	return a, nil
}

// InDate says whether the agreement covers the as-at time's day in London: from valid_from to the day before review_on.
func (a Agreement) InDate(asAt time.Time) (bool, error) {
	day, err := london.In(asAt)
	if err != nil {
		return false, err
	}
	on := day.Format(time.DateOnly)
	return a.ValidFrom <= on && on < a.ReviewOn, nil
}

// AgreementDataset is a row of config.agreement_datasets.
type AgreementDataset struct {
	Dataset        string `json:"dataset"`
	Direction      string `json:"direction"`
	Audience       string `json:"audience"`
	Purpose        string `json:"purpose"`
	Gate           string `json:"gate"`
	Standing       string `json:"standing"`
	IsSecondaryUse bool   `json:"is_secondary_use"`

	ContactsDespiteRefusal *string `json:"contacts_despite_refusal"` // null: none
}

// AgreementBasis is a row of config.agreement_bases.
type AgreementBasis struct {
	Dataset string `json:"dataset"`
	Basis   string `json:"basis"`
}

// AgreementColumn is a row of config.agreement_columns.
type AgreementColumn struct {
	Dataset    string `json:"dataset"`
	ColumnName string `json:"column_name"`
}

// Rows are the agreement as the models read it.
func (a Agreement) Rows() (datasets []AgreementDataset, bases []AgreementBasis, columns []AgreementColumn) {
	for _, d := range a.Datasets {
		row := AgreementDataset{Dataset: d.Name, Direction: d.Direction, Audience: d.Audience, Purpose: d.Purpose, Gate: d.Gate, Standing: d.Standing, IsSecondaryUse: d.SecondaryUse}
		if d.ContactsDespiteRefusal != "" {
			row.ContactsDespiteRefusal = &d.ContactsDespiteRefusal
		}
		datasets = append(datasets, row)
		for _, basis := range d.LegalBases {
			bases = append(bases, AgreementBasis{d.Name, basis})
		}
		for _, column := range d.Columns {
			columns = append(columns, AgreementColumn{d.Name, column})
		}
	}
	return datasets, bases, columns
}

// Exempt is an audience that the decisions about people do not apply to.
type Exempt struct {
	Audience   string
	Exemption  string
	LegalBasis string
	Datasets   []string // that go there without a decision, by name
}

// Words say what the exemption is.
func (x Exempt) Words() string {
	return map[string]string{
		Statutory:     "exempt by statute",
		InternalAudit: "exempt for internal audit",
		DeIdentified:  "exempt as de-identified",
	}[x.Exemption]
}

// Exemptions are the agreement's, by audience.
func (a Agreement) Exemptions() (exempt []Exempt) {
	for _, audience := range slices.Sorted(maps.Keys(a.Audiences)) {
		access := a.Audiences[audience]
		if access.Exemption == "" {
			continue
		}
		x := Exempt{Audience: audience, Exemption: access.Exemption, LegalBasis: access.LegalBasis}
		for _, d := range a.Datasets {
			if d.Audience == audience {
				x.Datasets = append(x.Datasets, d.Name)
			}
		}
		slices.Sort(x.Datasets)
		exempt = append(exempt, x)
	}
	return exempt
}
