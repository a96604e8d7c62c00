package linking

import (
	"fmt"
	"os"
	"strings"

	"careshare/load/strictyaml"
	"careshare/transform/linkage"

	"github.com/goccy/go-yaml"
)

// linkMap says which column holds what.
type linkMap struct {
	ID           string        `yaml:"id"`
	Truth        string        `yaml:"truth"`
	TruthPattern string        `yaml:"truth_pattern"`
	Columns      yaml.MapSlice `yaml:"fields"`

	fields []linkage.Field
}

// readMap reads a map that is given inline, or in a YAML file.
func readMap(text string) (linkMap, error) {
	var m linkMap
	if strings.Contains(text, "=") {
		for _, one := range strings.Split(text, ",") {
			columns, kind, found := strings.Cut(one, "=")
			if !found {
				return m, fmt.Errorf("map: %q is not COLUMN=KIND", one)
			}
			m.add(columns, kind)
		}
		return m, nil
	}
	data, err := os.ReadFile(text)
	if err != nil {
		return m, fmt.Errorf("map: %w", err)
	}
	if err := strictyaml.Decode(text, data, &m); err != nil {
		return m, err
	}
	for _, item := range m.Columns {
		m.add(fmt.Sprint(item.Key), fmt.Sprint(item.Value))
	}
	return m, nil
}

// add takes one entry: LEFT|RIGHT with + between columns that are one field. The field is called as its left columns.
func (m *linkMap) add(columns, kind string) {
	left, right, _ := strings.Cut(strings.TrimSpace(columns), "|")
	m.fields = append(m.fields, linkage.Field{Name: left, Kind: linkage.Kind(strings.TrimSpace(kind)), Left: parts(left), Right: parts(right)})
}

func parts(columns string) []string {
	var all []string
	for _, column := range strings.Split(columns, "+") {
		if column = strings.TrimSpace(column); column != "" {
			all = append(all, column)
		}
	}
	return all
}
