package snapshot

import (
	"context"
	"fmt"

	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
)

// LockLake opens the lake for this process alone and puts right what a crash left.
func LockLake(ctx context.Context, p *console.Console, c config.Config) (*lake.Lake, error) {
	lake, err := lake.Open(c.Lake, p.Now)
	if err != nil {
		return nil, err
	}
	if err := lake.Lock(); err != nil {
		return nil, err
	}
	if err := mayBeTrusted(p, c, lake); err != nil {
		lake.Unlock()
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

// mayBeTrusted refuses a log that is not the one whose roots the witness has: it may lack a refusal or a withholding.
func mayBeTrusted(p *console.Console, c config.Config, l *lake.Lake) error {
	if c.Witness.Folder == "" {
		return nil
	}
	log, err := l.Log()
	if err != nil {
		return err
	}
	_, err = checkWitness(p, c, log)
	return err
}
