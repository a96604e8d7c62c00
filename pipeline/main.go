// Package pipeline is the program: its verbs, its configuration and the one flow that a run follows.
package pipeline

import (
	"context"
	"io"
)

// Main runs one command line and returns its exit code.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return 0
}
