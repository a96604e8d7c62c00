package strictyaml

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"careshare/extract/delimited"
)

// Lines finds where in a file something stands.
type Lines struct {
	Path string
	Data []byte
}

// Fault is an error at the line of a YAML path such as $.datasets[2].gate; where that is missing, of what it belongs to.
func (l Lines) Fault(where, format string, args ...any) error {
	return fmt.Errorf("read %s:%d: %s", filepath.Base(l.Path), l.line(where), fmt.Sprintf(format, args...))
}

func (l Lines) line(where string) int {
	text, err := delimited.Decode(l.Data)
	if err != nil {
		return 1
	}
	file, err := parser.ParseBytes(text, 0)
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
// They are in the order of the file, however the validation came to them.
func AtLines(path string, data []byte, wrong error) error {
	type rule struct {
		line int
		err  error
	}
	var rules []rule
	for _, broken := range apart(wrong) {
		key := firstKeys.FindString(broken.Error())
		if key == "" {
			rules = append(rules, rule{0, fmt.Errorf("read %s: %w", filepath.Base(path), broken)})
			continue
		}
		line := Lines{path, data}.line("$." + key[:len(key)-1])
		rules = append(rules, rule{line, fmt.Errorf("read %s:%d: %w", filepath.Base(path), line, broken)})
	}
	slices.SortStableFunc(rules, func(a, b rule) int {
		return cmp.Or(cmp.Compare(a.line, b.line), strings.Compare(a.err.Error(), b.err.Error()))
	})
	placed := make([]error, len(rules))
	for i, r := range rules {
		placed[i] = r.err
	}
	return errors.Join(placed...)
}

// apart are the errors that were joined, at any depth.
func apart(wrong error) (all []error) {
	joined, several := wrong.(interface{ Unwrap() []error })
	if !several {
		if wrong != nil {
			all = append(all, wrong)
		}
		return all
	}
	for _, one := range joined.Unwrap() {
		all = append(all, apart(one)...)
	}
	return all
}
