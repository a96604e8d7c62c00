package snapshot

import (
	"context"
	"errors"
	"fmt"

	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
)

// LockLake opens the lake for this process alone and puts right what a crash left.
func LockLake(ctx context.Context, p *console.Console, c config.Config) (*lake.Lake, error) {
	lake, err := c.OpenLake(p.Now)
	if err != nil {
		return nil, err
	}
	return lake, LockAndRecover(ctx, p, c, lake)
}

// LockAndRecover leaves the lake unlocked where there is an error.
func LockAndRecover(ctx context.Context, p *console.Console, c config.Config, l *lake.Lake) error {
	if err := l.Lock(); err != nil {
		return err
	}
	if err := mayBeTrusted(p, c, l); err != nil {
		return errors.Join(err, l.Unlock())
	}
	notes, err := l.Recover(ctx)
	for _, note := range notes {
		fmt.Fprintln(p.Stderr, "recovered:", note)
	}
	if err != nil {
		return errors.Join(err, l.Unlock())
	}
	return nil
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
