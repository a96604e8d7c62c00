package strictyaml

import (
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// wholeNumber is how one is written. The parser takes 4.5 for 4, 010 for 8 and an empty item for 0.
var wholeNumber = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)

// misread finds the first value that the parser takes for another than is written there: a fraction or nothing for a whole
// number, and text such as 012 that is the number 10 to it.
func misread(data []byte, into any) (at *token.Token, wanted string) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, ""
	}
	w := written{anchors: map[string]ast.Node{}}
	for _, doc := range file.Docs {
		if doc.Body != nil && w.at == nil {
			w.look(doc.Body, reflect.TypeOf(into))
		}
	}
	return w.at, w.wanted
}

// written walks a file along with the type that it is read into.
type written struct {
	anchors map[string]ast.Node
	at      *token.Token // of the first that is misread
	wanted  string
}

func (w *written) look(node ast.Node, t reflect.Type) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n := node.(type) {
	case *ast.AnchorNode:
		w.anchors[n.Name.GetToken().Value] = n.Value
		w.look(n.Value, t)
	case *ast.AliasNode:
		if named, known := w.anchors[n.Value.GetToken().Value]; known {
			w.look(named, t)
		}
	case *ast.MappingNode:
		for _, pair := range n.Values {
			w.pair(pair, t)
		}
	case *ast.MappingValueNode:
		w.pair(n, t)
	case *ast.SequenceNode:
		for _, item := range n.Values {
			if t.Kind() == reflect.Slice {
				w.item(item, item, t.Elem())
			}
		}
	case ast.ScalarNode:
		w.scalar(n, t)
	}
}

func (w *written) pair(pair *ast.MappingValueNode, t reflect.Type) {
	key := pair.Key.GetToken().Value
	switch {
	case pair.Key.IsMergeKey():
		w.look(pair.Value, t)
	case t.Kind() == reflect.Map:
		if scalar, ok := pair.Key.(ast.ScalarNode); ok {
			w.scalar(scalar, t.Key())
		}
		w.item(pair.Value, pair.Key, t.Elem())
	case t.Kind() == reflect.Struct:
		if field, known := fieldOf(t, key); known {
			w.look(pair.Value, field)
		}
	}
}

// item is a value of a list or a map: unlike a key of the configuration it cannot be left empty for what is the default.
func (w *written) item(node, at ast.Node, t reflect.Type) {
	if _, empty := node.(*ast.NullNode); empty && isScalar(t) {
		w.found(at, kindWords(t))
		return
	}
	w.look(node, t)
}

func (w *written) scalar(node ast.ScalarNode, t reflect.Type) {
	text := node.GetToken().Value
	_, isText := node.(*ast.StringNode)
	_, isEmpty := node.(*ast.NullNode)
	switch {
	case isEmpty || t == reflect.TypeFor[time.Duration]():
	case t.Kind() == reflect.Int || t.Kind() == reflect.Int64:
		if !wholeNumber.MatchString(text) {
			w.found(node, kindWords(t))
		}
	case t.Kind() == reflect.String && (node.Type() == ast.IntegerType && !wholeNumber.MatchString(text) || node.Type() == ast.FloatType) && !isText:
		w.found(node, "in quotes, or it is read as a number")
	}
}

func (w *written) found(node ast.Node, wanted string) {
	if w.at == nil {
		w.at, w.wanted = node.GetToken(), wanted
	}
}

func isScalar(t reflect.Type) bool {
	return t.Kind() == reflect.Int || t.Kind() == reflect.Int64 || t.Kind() == reflect.String
}

// fieldOf is the type of the field that a key names, also in a struct whose keys stand among the others.
func fieldOf(t reflect.Type, key string) (reflect.Type, bool) {
	for i := range t.NumField() {
		field := t.Field(i)
		tag, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if tag == key && tag != "" {
			return field.Type, true
		}
		if options == "inline" {
			if inner, known := fieldOf(field.Type, key); known {
				return inner, true
			}
		}
	}
	return nil, false
}
