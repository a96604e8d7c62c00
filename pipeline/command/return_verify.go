package command

import (
	"context"
	"fmt"

	"careshare/pipeline/config"
	"careshare/pipeline/returns"
)

// printSigned says what became of the signed files; one that is not as signed fails the command.
func (p *program) printSigned(ctx context.Context, c config.Config, o returns.Options) error {
	found, err := returns.VerifySigned(ctx, &p.Console, c, o)
	if err != nil {
		return fmt.Errorf("return: %w", err)
	}
	if err := p.print(found); err != nil {
		return err
	}
	if n := found.Others(); n > 0 {
		return fmt.Errorf("return: not as signed: %d of %d", n, len(found.Files))
	}
	return nil
}
