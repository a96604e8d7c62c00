// Package pipeline is the program: its commands, its configuration and the one flow that a run follows.
package pipeline

import (
	"context"
	"io"
	"time"

	"careshare/pipeline/command"
	"careshare/pipeline/exit"
	"careshare/pipeline/scratch"
)

// Main runs one command line and returns its exit code. Results go to stdout, everything else to stderr.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	leave, err := scratch.Enter()
	if err != nil {
		return exit.Report(ctx, stderr, err)
	}
	defer leave()
	return command.Run(ctx, time.Now, args, stdin, stdout, stderr)
}
