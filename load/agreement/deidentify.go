package agreement

import (
	"maps"
	"slices"

	"careshare/load/fault"
	"careshare/load/strictyaml"
)

// DeIdentification is how the parties agreed to make an audience's rows less telling.
type DeIdentification struct {
	K             int    `yaml:"k"`              // no fewer people share what a row shows of them
	Dates         string `yaml:"dates"`          // month | quarter | year: what is left of a date
	HistoryMonths int    `yaml:"history_months"` // what is older stays here
	Postcodes     string `yaml:"postcodes"`      // area | district | sector: what is left of a postcode
	AgeBands      []int  `yaml:"age_bands"`      // the first age of each, rising from 0
	OptOutDays    int    `yaml:"opt_out_days"`   // a reply of the national data opt-out that is older counts as missing
}

// DeIdentificationRow is a row of config.de_identification.
type DeIdentificationRow struct {
	Audience      string `json:"audience"`
	K             int    `json:"k"`
	Dates         string `json:"dates"`
	HistoryMonths int    `json:"history_months"`
	Postcodes     string `json:"postcodes"`
	OptOutDays    int    `json:"opt_out_days"`
}

// AgeBand is a row of config.age_bands.
type AgeBand struct {
	Audience string `json:"audience"`
	FromAge  int    `json:"from_age"`
	ToAge    *int   `json:"to_age"` // null: and older
}

// DeIdentificationRows are the terms as the models read them.
func (a Agreement) DeIdentificationRows() (terms []DeIdentificationRow, bands []AgeBand) {
	for _, audience := range slices.Sorted(maps.Keys(a.DeIdentification)) {
		d := a.DeIdentification[audience]
		terms = append(terms, DeIdentificationRow{audience, d.K, d.Dates, d.HistoryMonths, d.Postcodes, d.OptOutDays})
		for i, from := range d.AgeBands {
			band := AgeBand{Audience: audience, FromAge: from}
			if i+1 < len(d.AgeBands) {
				to := d.AgeBands[i+1] - 1
				band.ToAge = &to
			}
			bands = append(bands, band)
		}
	}
	return terms, bands
}

func (d DeIdentification) check(at strictyaml.Lines, audience string) error {
	where := "$.de_identification." + audience
	switch {
	case d.K < 2:
		return at.Fault(where+".k", "de_identification.%s.k must be at least 2", audience)
	case !slices.Contains([]string{"month", "quarter", "year"}, d.Dates):
		return at.Fault(where+".dates", "de_identification.%s.dates must be month, quarter or year", audience)
	case !slices.Contains([]string{"area", "district", "sector"}, d.Postcodes):
		return at.Fault(where+".postcodes", "de_identification.%s.postcodes must be area, district or sector", audience)
	case d.HistoryMonths < 1 || d.OptOutDays < 1:
		return at.Fault(where, "de_identification.%s: history_months and opt_out_days must be at least 1", audience)
	case len(d.AgeBands) == 0 || d.AgeBands[0] != 0 || !slices.IsSorted(d.AgeBands) || len(slices.Compact(slices.Clone(d.AgeBands))) < len(d.AgeBands):
		return at.Fault(where+".age_bands", "de_identification.%s.age_bands must rise from 0", audience)
	}
	return nil
}

// checkPseudonymised holds a dataset that needs a key to its terms: the opt-out applies, and the audience has terms.
func (a Agreement) checkPseudonymised(at strictyaml.Lines, where string, d AgreedDataset, c Contract) error {
	if !c.NeedsKey {
		return nil
	}
	if !d.SecondaryUse {
		return at.Fault(where, "dataset %s is not for direct care: secondary_use must be true", d.Name)
	}
	if _, agreed := a.DeIdentification[d.Audience]; !agreed {
		return at.Fault(where+".audience", "dataset %s: audience %s has no de_identification", d.Name, d.Audience)
	}
	if key := c.RowKey(); key != "" && !slices.Contains(d.Columns, key) {
		return at.Fault(where, "dataset %s: columns must name %s: it is how one person is taken out", d.Name, key)
	}
	return nil
}

// HoldUngated refuses a dataset without a gate in a de-identified audience that rests on tables about people: the kinds of its
// columns are only declared. The function says which such tables a dataset rests on.
func (a Agreement) HoldUngated(contracts Contracts, aboutPeople func(dataset string) []string) error {
	for _, d := range a.Datasets {
		contract, known := contracts.Find(d.Name)
		if !known || contract.Gate != NoGate || a.Audiences[d.Audience].Exemption != DeIdentified {
			continue
		}
		if tables := aboutPeople(d.Name); len(tables) > 0 {
			return fault.Hinted("make its gate cleared, so that its rows have pseudonyms and k people in common, or publish figures of it",
				"check agreement: dataset %s has gate none, audience %s is de-identified, and the dataset reads %s, which is about people", d.Name, d.Audience, tables[0])
		}
	}
	return nil
}

// WithoutKey is the agreement without the datasets that need a key, for a run that has none, and their names.
func (a Agreement) WithoutKey(contracts Contracts, audience string) (Agreement, []string) {
	var left []string
	a.Datasets = slices.DeleteFunc(slices.Clone(a.Datasets), func(d AgreedDataset) bool {
		contract, known := contracts.Find(d.Name)
		if d.Audience != audience || !known || !contract.NeedsKey {
			return false
		}
		left = append(left, d.Name)
		return true
	})
	return a, left
}
