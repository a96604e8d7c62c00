package fhir

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"careshare/extract/fhir/view"
)

// maxDepth is how deep the JSON of a resource may nest; FHIR's own deepest resources stay below 40.
const maxDepth = 128

// fault is why a line cannot be taken: the element, by its path, where it is one, and the rule that it breaks.
type fault struct{ element, rule string }

// otherType is the rule that a resource breaks which is none of the view's.
const otherType = "another resource type"

// The faults that end the reading of a line.
var (
	notJSON = &fault{rule: "not JSON"}
	tooDeep = &fault{rule: fmt.Sprintf("nested deeper than %d levels", maxDepth)}
)

// ends says that nothing more can be read of a line.
func (f *fault) ends() bool { return f == notJSON || f == tooDeep }

// isOfType says that the line holds a resource of the view's type.
func (f *fault) isOfType() bool {
	return f == nil || f.rule != otherType && f.rule != kindRules[view.Object]
}

// scanner reads one line of JSON, keeps nothing, and says whether it is what a view needs. It is stricter than
// encoding/json in what the engine's reader is stricter in: half surrogate pairs and needed fields that come twice.
type scanner struct {
	line    []byte
	at      int
	depth   int
	typ, id []byte // the resource's own, as they are written

	decimals []span // the numbers that are needed as decimals
}

// span is a part of a line.
type span struct{ from, to int }

// check returns the first fault of a line, or nil, and the resource's id where it could be read.
func check(line []byte, resource string, shape *view.Shape) (id string, f *fault) {
	s := scanner{line: line}
	return s.check(resource, shape)
}

func (s *scanner) check(resource string, shape *view.Shape) (id string, f *fault) {
	line := s.line
	if !utf8.Valid(line) {
		return "", notJSON
	}
	if f = s.value(shape); f.ends() {
		return "", f
	}
	if s.space(); s.at != len(s.line) {
		return "", notJSON
	}
	id, typ := unquote(s.id), unquote(s.typ)
	switch {
	case line[0] != '{':
		return "", &fault{rule: kindRules[view.Object]}
	case typ != resource:
		return id, &fault{element: "resourceType", rule: otherType}
	case f == nil && (len(s.id) == 0 || string(s.id) == "null"):
		return "", &fault{element: "id", rule: "null in a required column"}
	}
	return id, f
}

func unquote(text []byte) (plain string) {
	_ = json.Unmarshal(text, &plain) // what is no text is left empty, and has a fault of its own
	return plain
}

func (s *scanner) space() {
	for s.at < len(s.line) {
		switch s.line[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

func (s *scanner) peek() byte {
	s.space()
	if s.at < len(s.line) {
		return s.line[s.at]
	}
	return 0
}

func (s *scanner) value(shape *view.Shape) *fault {
	switch c := s.peek(); c {
	case '{':
		return worse(wrong(shape, c), s.nested(shape, s.object))
	case '[':
		return worse(wrong(shape, c), s.nested(shape, s.array))
	case '"':
		from := s.at
		if !s.text() {
			return notJSON
		}
		return worse(wrong(shape, c), wrongMoment(shape, s.line[from+1:s.at-1]))
	case 't':
		return s.word("true", shape)
	case 'f':
		return s.word("false", shape)
	case 'n':
		return s.word("null", nil)
	default:
		return s.number(shape)
	}
}

// worse prefers what ends the reading to all else, and what comes first to what comes later.
func worse(a, b *fault) *fault {
	if a == nil || b.ends() {
		return b
	}
	return a
}

var kindRules = map[view.ShapeKind]string{
	view.Array: "not an array", view.Object: "not an object", view.Text: "not text", view.Moment: "not a date", view.Boolean: "not a boolean", view.Integer: "not an integer",
	view.Decimal: "not a decimal",
}

// wrong tells from a value's first byte that it is not of the kind that the view needs.
func wrong(shape *view.Shape, first byte) *fault {
	if shape == nil {
		return nil
	}
	fits := true
	switch shape.Kind {
	case view.Array:
		fits = first == '['
	case view.Object:
		fits = first == '{'
	case view.Text, view.Decimal: // of a decimal in quotes the column's own type says whether it is one
		fits = first != '{' && first != '['
	case view.Moment:
		fits = first == '"'
	case view.Boolean:
		fits = first == 't' || first == 'f'
	case view.Integer:
		fits = first == '-' || first >= '0' && first <= '9'
	}
	if fits {
		return nil
	}
	if first == '[' {
		return &fault{rule: "more than one value where one is allowed"}
	}
	return &fault{rule: kindRules[shape.Kind]}
}

// wrongMoment tells by length what can be no date (FHIR R4 section 2.24.0.1); the calendar is the engine's to know.
func wrongMoment(shape *view.Shape, text []byte) *fault {
	if shape == nil || shape.Kind != view.Moment || len(text) == 4 || len(text) == 7 || len(text) == 10 || len(text) >= 20 {
		return nil
	}
	return &fault{rule: kindRules[view.Moment]}
}

func (s *scanner) nested(shape *view.Shape, read func(*view.Shape) *fault) *fault {
	if s.depth++; s.depth > maxDepth {
		return tooDeep
	}
	s.at++
	f := read(shape)
	s.depth--
	return f
}

func (s *scanner) object(shape *view.Shape) (first *fault) {
	var seen uint64
	if s.peek() == '}' {
		s.at++
		return nil
	}
	for {
		s.space()
		from := s.at
		if s.peek() != '"' || !s.text() {
			return notJSON
		}
		field, name, mask := fieldOf(shape, s.line[from:s.at])
		if s.peek() != ':' {
			return notJSON
		}
		s.at++
		s.space()
		from = s.at
		f := within(name, s.value(field))
		s.note(name, from)
		if seen&mask != 0 && f == nil {
			f = &fault{element: name, rule: "given twice"}
		}
		seen |= mask
		if first = worse(first, f); first.ends() {
			return first
		}
		switch s.peek() {
		case ',':
			s.at++
		case '}':
			s.at++
			return first
		default:
			return notJSON
		}
	}
}

// note keeps the resource's own type and id.
func (s *scanner) note(name string, from int) {
	switch {
	case s.depth == 1 && name == "resourceType":
		s.typ = s.line[from:s.at]
	case s.depth == 1 && name == "id":
		s.id = s.line[from:s.at]
	}
}

// fieldOf finds what the view needs of a field, given its name with its quotes. The mask has a bit of the field's own.
func fieldOf(shape *view.Shape, quoted []byte) (*view.Shape, string, uint64) {
	if shape == nil || len(shape.Fields) == 0 {
		return nil, "", 0
	}
	name := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		var plain string
		if json.Unmarshal(quoted, &plain) == nil {
			name = []byte(plain)
		}
	}
	field, ok := shape.Fields[string(name)]
	if !ok {
		return nil, "", 0
	}
	return field, string(name), 1 << field.Place // 0 past the 64th
}

func within(name string, f *fault) *fault {
	if f == nil || f.ends() {
		return f
	}
	if f.element != "" {
		name += "." + f.element
	}
	return &fault{element: name, rule: f.rule}
}

func (s *scanner) array(shape *view.Shape) (first *fault) {
	var element *view.Shape
	if shape != nil && shape.Kind == view.Array {
		element = shape.Element
	}
	if s.peek() == ']' {
		s.at++
		return nil
	}
	for {
		if first = worse(first, s.value(element)); first.ends() {
			return first
		}
		switch s.peek() {
		case ',':
			s.at++
		case ']':
			s.at++
			return first
		default:
			return notJSON
		}
	}
}

func (s *scanner) word(word string, shape *view.Shape) *fault {
	if !bytes.HasPrefix(s.line[s.at:], []byte(word)) {
		return notJSON
	}
	s.at += len(word)
	return wrong(shape, word[0])
}

func (s *scanner) number(shape *view.Shape) *fault {
	from := s.at
	for s.at < len(s.line) && bytes.IndexByte([]byte("+-.eE0123456789"), s.line[s.at]) >= 0 {
		s.at++
	}
	text := s.line[from:s.at]
	if !json.Valid(text) {
		return notJSON
	}
	switch {
	case shape == nil:
	case shape.Kind == view.Integer && !fitsInteger(text):
		return &fault{rule: kindRules[view.Integer]}
	case shape.Kind == view.Decimal:
		s.decimals = append(s.decimals, span{from, s.at})
	}
	return wrong(shape, text[0])
}

func fitsInteger(text []byte) bool {
	var n int32
	return json.Unmarshal(text, &n) == nil
}

// text passes over a string, which begins at the scanner's place.
func (s *scanner) text() bool {
	for s.at++; s.at < len(s.line); s.at++ {
		switch c := s.line[s.at]; {
		case c == '"':
			s.at++
			return true
		case c < ' ':
			return false
		case c == '\\':
			length := escaped(s.line[s.at:])
			if length == 0 {
				return false
			}
			s.at += length - 1
		}
	}
	return false
}

// escaped is the length of the escape that a text begins with: 0 where it is none, 12 for a pair of surrogates.
func escaped(rest []byte) int {
	if len(rest) < 2 {
		return 0
	}
	if rest[1] != 'u' {
		if bytes.IndexByte([]byte(`"\/bfnrt`), rest[1]) >= 0 {
			return 2
		}
		return 0
	}
	switch unit := hexUnit(rest); {
	case unit < 0 || unit >= 0xDC00 && unit <= 0xDFFF:
		return 0
	case unit < 0xD800 || unit > 0xDFFF:
		return 6
	}
	if low := hexUnit(rest[6:]); low >= 0xDC00 && low <= 0xDFFF {
		return 12
	}
	return 0
}

func hexUnit(rest []byte) int {
	if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' {
		return -1
	}
	unit := 0
	for _, c := range rest[2:6] {
		digit := bytes.IndexByte([]byte("0123456789abcdef"), c|0x20)
		if digit < 0 || c < '0' {
			return -1
		}
		unit = unit<<4 | digit
	}
	return unit
}
