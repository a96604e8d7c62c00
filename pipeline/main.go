// Package pipeline is the program: its commands, its configuration and the one flow that a run follows.
package pipeline

import (
	"context"
	"io"
	"time"

	"careshare/pipeline/command"
)

// Main runs one command line and returns its exit code. Results go to stdout, everything else to stderr.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return command.Run(ctx, time.Now, args, stdin, stdout, stderr)
}

// checkedWriter remembers the first error: what printed half of a result has failed.
type checkedWriter struct {
	to  io.Writer
	err error
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	var n int
	n, c.err = c.to.Write(p)
	return n, c.err
}
