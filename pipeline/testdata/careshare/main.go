// Command careshare is the program as tests start it: without the race detector, and called careshare-at by a clock that
// stands at its first argument.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"careshare/pipeline"
	"careshare/pipeline/command"
)

func main() {
	args := os.Args[1:]
	if filepath.Base(os.Args[0]) != "careshare-at" {
		os.Exit(pipeline.Main(context.Background(), args, os.Stdin, os.Stdout, os.Stderr))
	}
	now, err := time.Parse(time.RFC3339Nano, args[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, "careshare-at:", err)
		os.Exit(2)
	}
	os.Exit(command.Run(context.Background(), func() time.Time { return now }, args[1:], os.Stdin, os.Stdout, os.Stderr))
}
