package pipeline

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"careshare/load/agreement"
	"careshare/load/fault"
	"careshare/sql"

	"github.com/spf13/cobra"
)

//go:embed careshare.yaml
var configTemplate string

// initialised says which files a new council starts from.
type initialised struct {
	Files []string `json:"files"` // paths written
}

func (r initialised) Text(w io.Writer) {
	for _, file := range r.Files {
		fmt.Fprintln(w, "wrote", file)
	}
	fmt.Fprintln(w, "Edit them, then: careshare check")
}

func (p *program) initVerb() *cobra.Command {
	var to string
	var rules bool
	verb := &cobra.Command{
		Use:   "init",
		Short: "Write a commented configuration, agreement and schedules to start from",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			files, err := initialise(to, rules)
			if err != nil {
				return err
			}
			return p.print(initialised{files})
		},
	}
	verb.Flags().StringVar(&to, "to", ".", "the folder to write to")
	verb.Flags().BoolVar(&rules, "rules", false, "write the models and views too, to be edited; name the folder under rules: in the configuration")
	return verb
}

// initialise writes what a council starts from; where it has begun already, its rules alone.
func initialise(to string, rules bool) (files []string, err error) {
	if _, err := os.Stat(filepath.Join(to, "careshare.yaml")); !rules || err != nil {
		if files, err = writeTemplates(to); err != nil {
			return nil, err
		}
	}
	if !rules {
		return files, nil
	}
	folder := filepath.Join(to, "rules")
	if err := os.CopyFS(folder, sql.Files); err != nil {
		return nil, fault.WithHint(fmt.Errorf("init: %w", err), "move the folder rules away: what is there is never overwritten")
	}
	return append(files, folder), nil
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
