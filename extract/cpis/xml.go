package cpis

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"careshare/extract/inbox"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

const (
	namespace     = "urn:hl7-org:v3"
	notWellFormed = "not well-formed XML"
)

// Caps on what one file may ask of the machine. A borough's largest acknowledgement is some thousand records.
const (
	maxBytes    = 64 << 20
	maxElements = 200_000 // in a file
	maxChildren = 4_096   // elements in one record
	maxDepth    = 16
	maxText     = 4_096 // bytes in one element or attribute
)

// element is one element of a message, whole.
type element struct {
	name       string
	attributes []xml.Attr
	text       string
	children   []element
	line       int64
	from, to   int64 // its place in the text
}

// reader walks a message: its root, then the root's children one at a time. It reads UTF-8 and nothing else, and
// refuses a document type declaration, and with it every entity that a file could define.
type reader struct {
	text     *io.SectionReader
	decoder  *xml.Decoder
	elements int // seen in the file
}

func newReader(text *io.SectionReader) *reader {
	start := io.NewSectionReader(text, 0, text.Size())
	decoder := xml.NewDecoder(transform.NewReader(start, encoding.UTF8Validator))
	decoder.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, encoding.ErrInvalidUTF8 }
	return &reader{text: text, decoder: decoder}
}

// raw is the element as it came.
func (r *reader) raw(e element) string { return inbox.Raw(r.text, e.from, e.to) }

// root moves to the root element, which must have the name.
func (r *reader) root(name string) error {
	for {
		_, token, err := r.token()
		if errors.Is(err, io.EOF) {
			return r.fault("no element")
		}
		if err != nil {
			return err
		}
		if isText(token) {
			return r.fault(notWellFormed)
		}
		if start, ok := token.(xml.StartElement); ok {
			if start.Name.Local != name {
				return r.fault("another message than %s", name)
			}
			return nil
		}
	}
}

// next reads the root's next child, or io.EOF after the root's end, where nothing may follow.
func (r *reader) next() (element, error) {
	for {
		from, token, err := r.token()
		if err != nil {
			return element{}, r.ended(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			budget := maxChildren
			return r.element(t, from, 2, &budget)
		case xml.EndElement:
			return element{}, r.end()
		}
	}
}

// end sees that nothing but space and comments follows the root.
func (r *reader) end() error {
	for {
		_, token, err := r.token()
		if err != nil {
			return err // io.EOF where all is well
		}
		if _, ok := token.(xml.StartElement); ok {
			return r.fault("second root element")
		}
		if isText(token) { // encoding/xml lets it pass
			return r.fault(notWellFormed)
		}
	}
}

// isText tells text, which may be in an element only. A byte order mark has been taken off before.
func isText(token xml.Token) bool {
	text, ok := token.(xml.CharData)
	return ok && len(bytes.TrimLeft(text, " \t\r\n")) > 0
}

// element reads to the end of the element that start opened.
func (r *reader) element(start xml.StartElement, from int64, depth int, budget *int) (element, error) {
	line, _ := r.decoder.InputPos()
	e := element{name: start.Name.Local, attributes: start.Attr, line: int64(line), from: from}
	if *budget--; *budget < 0 {
		return e, r.fault("record over %d elements", maxChildren)
	}
	if depth > maxDepth {
		return e, r.fault("elements nested over %d deep", maxDepth)
	}
	for {
		from, token, err := r.token()
		if err != nil {
			return e, r.ended(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			child, err := r.element(t, from, depth+1, budget)
			if err != nil {
				return e, err
			}
			e.children = append(e.children, child)
		case xml.CharData:
			if e.text += string(t); len(e.text) > maxText {
				return e, r.fault("text over %d bytes", maxText)
			}
		case xml.EndElement:
			e.text, e.to = strings.TrimSpace(e.text), r.decoder.InputOffset()
			return e, nil
		}
	}
}

// token is the next token and where it begins, with what no message may hold refused.
func (r *reader) token() (from int64, token xml.Token, err error) {
	from = r.decoder.InputOffset()
	token, err = r.decoder.Token()
	if err != nil {
		return from, nil, r.refusal(err)
	}
	switch t := token.(type) {
	case xml.Directive:
		return from, nil, r.fault("document type declaration")
	case xml.StartElement:
		return from, token, r.allowed(t)
	}
	return from, token, nil
}

func (r *reader) allowed(start xml.StartElement) error {
	if r.elements++; r.elements > maxElements {
		return r.fault("over %d elements", maxElements)
	}
	if start.Name.Space != namespace {
		return r.fault("element outside " + namespace)
	}
	for i, attribute := range start.Attr {
		if len(attribute.Value) > maxText {
			return r.fault("text over %d bytes", maxText)
		}
		for _, other := range start.Attr[:i] { // encoding/xml lets these pass
			if other.Name == attribute.Name {
				return r.fault("attribute given twice")
			}
		}
	}
	return nil
}

// refusal names the rule that a decoder's error stands for. The error's own text is dropped: it quotes the file.
func (r *reader) refusal(err error) error {
	var broken *fs.PathError
	switch {
	case errors.Is(err, io.EOF), errors.As(err, &broken):
		return err
	case errors.Is(err, encoding.ErrInvalidUTF8):
		return r.fault("not UTF-8")
	}
	return r.fault(notWellFormed)
}

// ended is for an error inside the root, where the file may not end.
func (r *reader) ended(err error) error {
	if errors.Is(err, io.EOF) {
		return r.fault(notWellFormed)
	}
	return err
}

func (r *reader) fault(rule string, values ...any) error {
	line, _ := r.decoder.InputPos()
	return inbox.Fault{Line: int64(line), Rule: fmt.Sprintf(rule, values...)}
}
