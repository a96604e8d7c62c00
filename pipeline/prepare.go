package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"careshare/load/agreement"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/load/strictyaml"
)

// prepare reads all that a run needs to know before it touches a source.
func (p *program) prepare(asAt time.Time) (*job, error) {
	config, err := readConfig(p.configPath)
	if err != nil {
		return nil, err
	}
	contracts, agreement, err := readTerms(config)
	if err != nil {
		return nil, err
	}
	models, err := config.rules().Models()
	if err != nil {
		return nil, err
	}
	agreement, keys, missing := withKeys(config, agreement, contracts)
	return &job{
		keys: keys, unpublished: missing,
		program: p, config: config, agreement: agreement, contracts: contracts, models: models, rules: config.rules().Digest, asAt: asAt,
	}, nil
}

// readTerms reads what may be published: the contracts, and the agreement in their terms.
func readTerms(c Config) (agreement.Contracts, agreement.Agreement, error) {
	contracts, err := agreement.ReadContracts(c.rules())
	if err != nil {
		return nil, agreement.Agreement{}, err
	}
	agreed, err := agreement.Read(c.Agreement, contracts)
	if err == nil {
		err = c.hidesAsMuch(agreed)
	}
	if err != nil {
		return nil, agreement.Agreement{}, usage(err)
	}
	return contracts, agreed, nil
}

// hidesAsMuch refuses groups under pseudonyms that are smaller than the smallest number that reports show: whoever has both could
// count in the one what the other hides.
func (c Config) hidesAsMuch(a agreement.Agreement) error {
	rule, _ := smallNumbers(c.Reports.SmallNumbers) // Validate has seen it
	least := rule["hidden_to"].(int) + 1
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

// readYAML reads a configuration strictly.
func readYAML(path string, into any) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage(fault.WithHint(fmt.Errorf("read configuration: %w", err), "write one with careshare init, or name one with --config"))
	}
	if err != nil {
		return nil, usage(fmt.Errorf("read configuration: %w", err))
	}
	if err := strictyaml.Decode(path, data, into); err != nil {
		return nil, usage(err)
	}
	return data, nil
}

// lockedLake opens the lake for this process alone and puts right what a crash left.
func (p *program) lockedLake(ctx context.Context, c Config) (*lake.Lake, error) {
	lake, err := lake.Open(c.Lake, p.Now)
	if err != nil {
		return nil, err
	}
	if err := lake.Lock(); err != nil {
		return nil, err
	}
	notes, err := lake.Recover(ctx)
	for _, note := range notes {
		fmt.Fprintln(p.Stderr, "recovered:", note)
	}
	if err != nil {
		lake.Unlock()
		return nil, err
	}
	return lake, nil
}
