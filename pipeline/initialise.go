package pipeline

import (
	_ "embed"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"careshare/load/agreement"

	"github.com/spf13/cobra"
)

//go:embed careshare.yaml
var configTemplate string

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

func (p *program) initVerb() *cobra.Command {
	var to string
	verb := &cobra.Command{
		Use:   "init",
		Short: "Write a commented configuration, agreement and schedules to start from",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			files, err := writeTemplates(to)
			if err != nil {
				return err
			}
			return p.print(initialised{Files: files, next: "Edit them, then: careshare check"})
		},
	}
	verb.Flags().StringVar(&to, "to", ".", "the folder to write to")
	return verb
}

// writeTemplates writes careshare.yaml, agreement.yaml and schedules.yaml; what is there already is never overwritten.
func writeTemplates(folder string) ([]string, error) {
	var written []string
	for _, file := range []struct {
		name    string
		content string
	}{{"careshare.yaml", configTemplate}, {"agreement.yaml", agreement.Template}, {"schedules.yaml", schedulesTemplate}} {
		path := filepath.Join(folder, file.name)
		if err := writeNew(path, strings.NewReader(file.content)); err != nil {
			return nil, fmt.Errorf("init: %w", err)
		}
		written = append(written, path)
	}
	return written, nil
}
