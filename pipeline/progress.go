package pipeline

import (
	"fmt"
	"os"

	"golang.org/x/term"
)

// step says on stderr what the run does now, where someone is watching.
func (p *program) step(name string) {
	file, isFile := p.stderr.(*os.File)
	if p.progress || isFile && term.IsTerminal(int(file.Fd())) {
		fmt.Fprintf(p.stderr, "%s …\n", name)
	}
}
