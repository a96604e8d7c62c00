package pipeline

import (
	"time"

	"careshare/pipeline/console"
)

// prepare reads all that a run needs to know before it touches a source.
func prepare(con *console.Console, config Config, asAt time.Time) (*job, error) {
	contracts, agreement, err := readTerms(config)
	if err != nil {
		return nil, err
	}
	models, err := config.Ruleset().Models()
	if err != nil {
		return nil, err
	}
	agreement, keys, missing := withKeys(config, agreement, contracts)
	return &job{
		keys: keys, unpublished: missing,
		Console: con, config: config, agreement: agreement, contracts: contracts, models: models, rules: config.Ruleset().Digest, asAt: asAt,
	}, nil
}
