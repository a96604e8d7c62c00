package config

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"strings"

	"careshare/load/agreement"
	"careshare/load/disk"
)

//go:embed schedules.yaml
var SchedulesTemplate string

//go:embed careshare.yaml
var configTemplate string

// WriteTemplates writes careshare.yaml, agreement.yaml and schedules.yaml; what is there already is never overwritten.
func WriteTemplates(folder string) ([]string, error) {
	var written []string
	for _, file := range []struct {
		name    string
		content string
	}{{"careshare.yaml", configTemplate}, {"agreement.yaml", agreement.Template}, {"schedules.yaml", SchedulesTemplate}} {
		path := filepath.Join(folder, file.name)
		if err := disk.WriteNew(path, strings.NewReader(file.content)); err != nil {
			return nil, fmt.Errorf("init: %w", err)
		}
		written = append(written, path)
	}
	return written, nil
}
