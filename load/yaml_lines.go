package load

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// lines finds where in a file something stands.
type lines struct {
	path string
	data []byte
}

// fault is an error at the line of a YAML path such as $.datasets[2].gate; where that is missing, of what it belongs to.
func (l lines) fault(where, format string, args ...any) error {
	return fmt.Errorf("read %s:%d: %s", filepath.Base(l.path), l.line(where), fmt.Sprintf(format, args...))
}

func (l lines) line(where string) int {
	file, err := parser.ParseBytes(l.data, 0)
	if err != nil {
		return 1
	}
	for ; where != "$"; where = lastStep.ReplaceAllString(where, "") {
		path, err := yaml.PathString(where)
		if err != nil {
			return 1
		}
		if node, err := path.FilterFile(file); err == nil && node != nil {
			return lineOf(node)
		}
	}
	return 1
}

var (
	lastStep  = regexp.MustCompile(`(\.[^.\[]*|\[\d+\])$`)
	firstKeys = regexp.MustCompile(`^[a-z_]+(\.[A-Za-z0-9_-]+|\[\d+\])*:`)
)

// lineOf is where a value begins; an empty one stands where its key does.
func lineOf(node ast.Node) int { return node.GetToken().Position.Line }

// AtLines names file and line of each rule that a validation has joined; a rule begins with the key that it is about.
func AtLines(path string, data []byte, wrong error) error {
	if joined, several := wrong.(interface{ Unwrap() []error }); several {
		var placed []error
		for _, one := range joined.Unwrap() {
			placed = append(placed, AtLines(path, data, one))
		}
		return errors.Join(placed...)
	}
	if wrong == nil {
		return nil
	}
	key := firstKeys.FindString(wrong.Error())
	if key == "" {
		return fmt.Errorf("read %s: %w", filepath.Base(path), wrong)
	}
	at := lines{path, data}
	return fmt.Errorf("read %s:%d: %w", filepath.Base(path), at.line("$."+key[:len(key)-1]), wrong)
}
