package pipeline

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"strings"

	"careshare/load/agreement"
)

//go:embed schedules.yaml
var schedulesTemplate string

//go:embed careshare.yaml
var configTemplate string

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
