package flow

import (
	"time"

	"careshare/pipeline/config"
	"careshare/pipeline/console"
)

// Prepare reads all that a run needs to know before it touches a source.
func Prepare(con *console.Console, settings config.Config, asAt time.Time) (*Job, error) {
	contracts, agreement, err := config.ReadTerms(settings)
	if err != nil {
		return nil, err
	}
	models, err := settings.Ruleset().Models()
	if err != nil {
		return nil, err
	}
	agreement, keys, missing := config.WithKeys(settings, agreement, contracts)
	return &Job{
		keys: keys, Unpublished: missing,
		Console: con, Config: settings, agreement: agreement, Contracts: contracts, Models: models, rules: settings.Ruleset().Digest, AsAt: asAt,
	}, nil
}
