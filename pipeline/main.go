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
