// Command man writes a man page for each command of careshare into a folder.
package main

import (
	"fmt"
	"os"
	"time"

	"careshare/pipeline/command"

	"github.com/spf13/cobra/doc"
)

func main() {
	if err := write(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "man:", err)
		os.Exit(1)
	}
}

func write(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: man FOLDER VERSION DATE")
	}
	day, err := time.Parse(time.DateOnly, args[2])
	if err != nil {
		return fmt.Errorf("read the date: %w", err)
	}
	root := command.Root()
	root.DisableAutoGenTag = true
	header := &doc.GenManHeader{Title: "CARESHARE", Section: "1", Source: "careshare " + args[1], Date: &day}
	if err := os.MkdirAll(args[0], 0o755); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	return doc.GenManTree(root, header, args[0])
}
