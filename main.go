// Command careshare publishes what health and social care may know of a person, and why.
package main

import (
	"context"
	"os"

	"careshare/pipeline"
)

func main() {
	os.Exit(pipeline.Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
