package load

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml"
)

// DecodeYAML reads a YAML file strictly: a key that into does not know is an error that names the nearest known key;
// each error names the file and the line.
func DecodeYAML(path string, data []byte, into any) error {
	err := yaml.UnmarshalWithOptions(data, into, yaml.DisallowUnknownField())
	if err == nil {
		return nil
	}
	name := filepath.Base(path)
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	line := at.GetToken().Position.Line
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		key := at.GetToken().Value
		return fmt.Errorf("read %s:%d: unknown key %s%s", name, line, key, nearest(key, keysOf(reflect.TypeOf(into), nil)))
	}
	return fmt.Errorf("read %s:%d: %s", name, line, withoutSource(at.GetMessage()))
}

// withoutSource keeps the first line of what the parser says; Go's own type names mean nothing to who wrote the file.
func withoutSource(message string) string {
	first, _, _ := strings.Cut(message, "\n")
	return regexp.MustCompile(`Go struct field \S+ of type `).ReplaceAllString(first, "")
}

// keysOf lists every key that a configuration type knows, at any depth.
func keysOf(t reflect.Type, keys []string) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keysOf(t.Elem(), keys)
	case reflect.Struct:
		for i := range t.NumField() {
			if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); tag != "" && tag != "-" {
				keys = append(keys, tag)
			}
			keys = keysOf(t.Field(i).Type, keys)
		}
	}
	return keys
}

// nearest is "; nearest is X", or nothing where there is nothing to choose from.
func nearest(word string, known []string) string {
	best, distance := "", 0
	for _, candidate := range known {
		if d := levenshtein.ComputeDistance(word, candidate); best == "" || d < distance {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return "; the nearest known is " + best
}
