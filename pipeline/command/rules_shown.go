package command

import (
	"fmt"
	"io"

	"careshare/transform/rules"
)

// rulesListed are the files that a council may replace.
type rulesListed struct {
	Paths []string `json:"paths"`
}

func (r rulesListed) Text(w io.Writer) {
	for _, path := range r.Paths {
		fmt.Fprintln(w, path)
	}
}

// rulesDiffer is each file of the overlay beside the shipped one.
type rulesDiffer struct {
	Files []rules.Difference `json:"files"`
}

func (r rulesDiffer) Text(w io.Writer) {
	if len(r.Files) == 0 {
		fmt.Fprintln(w, "The program's own rules decide: there is no overlay.")
	}
	for _, file := range r.Files {
		words := "new"
		switch {
		case file.Shipped && file.Diff == "":
			words = "equal to the shipped file; remove it"
		case file.Shipped:
			words = "replaces the shipped file"
		}
		fmt.Fprintf(w, "%s (%s): %s\n", file.Path, file.Kind, words)
		if file.Stale != "" {
			fmt.Fprintf(w, "WARNING %s: %s. Compare below, edit, then: careshare rules copy --keep %s\n", file.Path, file.Stale, file.Path)
		}
		if file.Shipped {
			fmt.Fprint(w, file.Diff)
		}
	}
}
