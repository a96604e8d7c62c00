package command

import (
	"fmt"
	"io"

	"careshare/pipeline/config"

	"github.com/spf13/cobra"
)

// initialised says which files were written.
type initialised struct {
	Files []string `json:"files"` // paths written
	next  string   // what to do next
}

func (r initialised) Text(w io.Writer) {
	for _, file := range r.Files {
		fmt.Fprintln(w, "wrote", file)
	}
	fmt.Fprintln(w, r.next)
}

func (p *program) initCommand() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:     "init",
		Example: "  careshare init --to council",
		Short:   "Write a commented configuration, agreement and schedules to start from",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			files, err := config.WriteTemplates(to)
			if err != nil {
				return err
			}
			return p.print(initialised{Files: files, next: "Edit them, then: careshare check"})
		},
	}
	cmd.Flags().StringVar(&to, "to", ".", "the folder to write to")
	return cmd
}
