package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"careshare/load/agreement"
	"careshare/load/strictyaml"
	"careshare/pipeline/exit"
)

// ReadTerms reads what may be published: the contracts, and the agreement in their terms.
func ReadTerms(c Config) (agreement.Contracts, agreement.Agreement, error) {
	contracts, err := agreement.ReadContracts(c.Ruleset())
	if err != nil {
		return nil, agreement.Agreement{}, err
	}
	agreed, err := agreement.Read(c.Agreement, contracts)
	if err == nil {
		err = c.hidesAsMuch(agreed)
	}
	if err != nil {
		return nil, agreement.Agreement{}, exit.Usage(err)
	}
	return contracts, agreed, nil
}

// hidesAsMuch refuses groups under pseudonyms that are smaller than the smallest number that reports show: whoever has both could
// count in the one what the other hides.
func (c Config) hidesAsMuch(a agreement.Agreement) error {
	rule, _ := SmallNumbersOf(c.Reports.SmallNumbers) // Validate has seen it
	least := rule.HiddenTo + 1
	var wrong []error
	for _, audience := range slices.Sorted(maps.Keys(a.DeIdentification)) {
		if k := a.DeIdentification[audience].K; k < least {
			wrong = append(wrong, fmt.Errorf("de_identification.%s.k: is %d, and reports.small_numbers: %s hides up to %d people; it must be at least %d, or readers of %s could count what the reports hide",
				audience, k, c.Reports.SmallNumbers, least-1, least, audience))
		}
	}
	data, err := os.ReadFile(c.Agreement)
	return errors.Join(err, strictyaml.AtLines(c.Agreement, data, errors.Join(wrong...)))
}
