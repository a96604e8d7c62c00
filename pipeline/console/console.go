// Package console is what a command's work needs of the outside: its clock, and where it says what it does.
package console

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// Console is the clock and the stderr of one command.
type Console struct {
	Stderr   io.Writer
	Now      func() time.Time
	Started  time.Time
	Progress bool // step lines although stderr is no terminal
}

// Step says on stderr what is done now, where someone is watching.
func (c *Console) Step(name string) { c.say(name + " …") }

// Counted says on stderr what a step has done.
func (c *Console) Counted(rows int64, what string) {
	c.say(fmt.Sprintf("  %d %s", rows, what))
}

func (c *Console) say(words string) {
	file, isFile := c.Stderr.(*os.File)
	if c.Progress || isFile && term.IsTerminal(int(file.Fd())) {
		fmt.Fprintf(c.Stderr, "%7.1f s  %s\n", c.Now().Sub(c.Started).Seconds(), words)
	}
}

// Result is what a command has to say: as JSON by its fields, or as text by itself.
type Result interface{ Text(w io.Writer) }
