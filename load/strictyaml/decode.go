// Package strictyaml reads YAML strictly: unknown keys and misread values are errors at their line.
package strictyaml

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"careshare/extract/delimited"
	"careshare/sql/shown"
)

// Decode reads a YAML file strictly: a key that into does not know is an error that names the nearest known key;
// each error names the file and the line.
func Decode(path string, data []byte, into any) error {
	name := filepath.Base(path)
	data, err := delimited.Decode(data)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if err := plain(data); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	err = yaml.UnmarshalWithOptions(data, into, yaml.DisallowUnknownField())
	if err == nil {
		if at, wanted := misread(data, into); at != nil {
			return fmt.Errorf("read %s:%d: %smust be %s", name, at.Position.Line, keyOf(at), wanted)
		}
		return nil
	}
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return fmt.Errorf("read %s%s", name, durationFault(data, err))
	}
	line := at.GetToken().Position.Line
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		key := at.GetToken().Value
		return fmt.Errorf("read %s:%d: unknown key %s%s", name, line, shown.Key(key), Nearest(key, keysOf(reflect.TypeOf(into), nil)))
	}
	if wanted := wantedKind(err); wanted != "" {
		return fmt.Errorf("read %s:%d: %smust be %s", name, line, keyOf(at.GetToken()), wanted)
	}
	first, _, _ := strings.Cut(at.GetMessage(), "\n") // the rest is the source, which may hold anything
	return fmt.Errorf("read %s:%d: %s", name, line, shown.WithoutQuotes(first))
}

// Caps on what one configuration may ask of the machine; the largest of ours, the agreement, has 40 KB.
const (
	mostBytes   = 256 << 10
	mostAliases = 100
)

var (
	alias    = regexp.MustCompile(`(?m)(^|[\s\[{,:-])\*[A-Za-z0-9_]`)
	document = regexp.MustCompile(`(?m)^(---|\.\.\.)([ \t\r]|$)`)
)

// plain refuses what no configuration needs: a large file, many aliases, a second document, which would be left unread.
func plain(data []byte) error {
	if len(data) > mostBytes {
		return fmt.Errorf("larger than %d KB", mostBytes>>10)
	}
	if n := len(alias.FindAllIndex(data, mostAliases+1)); n > mostAliases {
		return fmt.Errorf("more than %d aliases", mostAliases)
	}
	for _, at := range document.FindAllIndex(data, -1) {
		for line := range strings.Lines(string(data[:at[0]])) {
			if text := strings.TrimSpace(line); text != "" && !strings.HasPrefix(text, "#") && !strings.HasPrefix(text, "%") {
				return errors.New("a second document; write one")
			}
		}
	}
	return nil
}

// durationFault finds the line of a time that is written otherwise than Go reads it: the parser does not say where it stands.
func durationFault(data []byte, err error) string {
	written := regexp.MustCompile(`in duration "(.+)"$|invalid duration "(.+)"$`).FindStringSubmatch(err.Error())
	if written == nil {
		return ": " + shown.WithoutQuotes(err.Error())
	}
	for i, line := range strings.Split(string(data), "\n") {
		key, value, isPair := strings.Cut(line, ":")
		if isPair && strings.Contains(value, written[1]+written[2]) {
			return fmt.Sprintf(":%d: %s: must be a time such as 20h, 90m or 1h30m", i+1, strings.TrimLeft(key, " -"))
		}
	}
	return ": " + shown.WithoutQuotes(err.Error())
}

// wantedKind says in plain words what should stand where something of another kind does; Go's type names mean nothing to who
// wrote the file.
func wantedKind(err error) string {
	var wrong *yaml.TypeError
	var tooLarge *yaml.OverflowError
	var node *yaml.UnexpectedNodeTypeError
	switch {
	case errors.As(err, &wrong):
		return kindWords(wrong.DstType)
	case errors.As(err, &tooLarge):
		return "a smaller number"
	case errors.As(err, &node) && node.Expected == ast.SequenceType:
		return "a list such as [1, 2]"
	case errors.As(err, &node) && node.Expected == ast.MappingType:
		return "keys and their values"
	}
	return ""
}

func kindWords(t reflect.Type) string {
	if t == reflect.TypeFor[time.Duration]() {
		return "a time such as 20h, 90m or 1h30m"
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "one piece of text"
	}
	return ""
}

// keyOf is "key: " of the key that a value belongs to, or nothing.
func keyOf(value *token.Token) string {
	for t := value; t != nil && t.Prev != nil; t = t.Prev {
		if t.Type == token.MappingValueType {
			return t.Prev.Value + ": "
		}
	}
	return ""
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

// Nearest is "; nearest is X", or nothing where there is nothing to choose from.
func Nearest(word string, known []string) string {
	best, distance := "", 0
	for _, candidate := range known {
		if len(word) > 100 {
			return ""
		}
		if d := levenshtein.ComputeDistance(word, candidate); best == "" || d < distance {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return "; the nearest known is " + best
}
