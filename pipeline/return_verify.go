package pipeline

import (
	"context"
	"fmt"
)

// printSigned says what became of the signed files; one that is not as signed fails the verb.
func (p *program) printSigned(ctx context.Context, c Config, o returnOptions) error {
	if err := o.validate(); err != nil {
		return err
	}
	found, err := verifySigned(ctx, &p.Console, c, o)
	if err != nil {
		return fmt.Errorf("return: %w", err)
	}
	if err := p.print(found); err != nil {
		return err
	}
	if n := found.others(); n > 0 {
		return fmt.Errorf("return: not as signed: %d of %d", n, len(found.Files))
	}
	return nil
}
