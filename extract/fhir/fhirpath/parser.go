package fhirpath

import (
	"fmt"
	"slices"
)

// maxDepth bounds how deep an expression may nest; people write no more than a handful of levels.
const maxDepth = 100

// Parse reads one expression. An error says at which character it stands.
func Parse(source string) (Expr, error) {
	tokens, err := lex(source)
	if err != nil {
		return nil, fmt.Errorf("path %q: %w", source, err)
	}
	p := parser{tokens: tokens}
	e, err := p.binary(0)
	if err == nil && p.peek().kind != end {
		err = p.unexpected()
	}
	if err != nil {
		return nil, fmt.Errorf("path %q: %w", source, err)
	}
	return e, nil
}

type parser struct {
	tokens []token
	at     int
	depth  int
}

// levels are the binary operators from the loosest to the tightest (FHIRPath N1 section 6.8).
var levels = [][]string{
	{"implies"}, {"or", "xor"}, {"and"}, {"=", "!="}, {"<", ">", "<=", ">="}, {"|"}, {"+", "-", "&"}, {"*", "/", "div", "mod"},
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

func (p *parser) skip(s string) bool {
	t := p.peek()
	if (t.kind == symbol || t.kind == name) && t.text == s {
		p.at++
		return true
	}
	return false
}

func (p *parser) unexpected() error {
	t := p.peek()
	if t.kind == end {
		return fmt.Errorf("ends too soon")
	}
	return fmt.Errorf("at character %d: unexpected %q", t.at+1, t.text)
}

func (p *parser) deeper() error {
	if p.depth++; p.depth > maxDepth {
		return fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	return nil
}

func (p *parser) binary(level int) (Expr, error) {
	if level == len(levels) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	for err == nil {
		t := p.peek()
		if t.kind != symbol && t.kind != name || !slices.Contains(levels[level], t.text) {
			return left, nil
		}
		p.at++
		var right Expr
		right, err = p.binary(level + 1)
		left = Binary{Op: t.text, Left: left, Right: right}
	}
	return nil, err
}

func (p *parser) unary() (Expr, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	for _, op := range []string{"-", "+"} {
		if p.skip(op) {
			of, err := p.unary()
			return Unary{Op: op, Of: of}, err
		}
	}
	return p.chain()
}

// chain reads a term and what hangs on it: .member, .call(), [index].
func (p *parser) chain() (Expr, error) {
	e, err := p.term()
	for length := 0; err == nil; length++ {
		if length > maxDepth {
			return nil, fmt.Errorf("longer than %d steps", maxDepth)
		}
		switch {
		case p.skip("."):
			e, err = p.invocation(e)
		case p.skip("["):
			e, err = p.index(e)
		default:
			return e, nil
		}
	}
	return nil, err
}

func (p *parser) index(on Expr) (Expr, error) {
	at, err := p.binary(0)
	if err == nil && !p.skip("]") {
		err = p.unexpected()
	}
	return Index{On: on, At: at}, err
}

func (p *parser) term() (Expr, error) {
	switch t := p.peek(); t.kind {
	case text:
		return p.literal(String)
	case number:
		return p.number()
	case date:
		return p.literal(Date)
	case dateTime:
		return p.literal(DateTime)
	case clock:
		return p.literal(Time)
	case variable:
		return Variable{Name: p.take().text}, nil
	case this:
		p.take()
		return This{}, nil
	case name, quotedName:
		if t.kind == name && (t.text == "true" || t.text == "false") {
			return p.literal(Boolean)
		}
		return p.invocation(This{})
	}
	return p.bracketed()
}

func (p *parser) literal(kind Kind) (Expr, error) {
	return Literal{Kind: kind, Text: p.take().text}, nil
}

func (p *parser) number() (Expr, error) {
	kind := Integer
	if slices.Contains([]byte(p.peek().text), '.') {
		kind = Decimal
	}
	return p.literal(kind)
}

// bracketed reads (expression) or {}.
func (p *parser) bracketed() (Expr, error) {
	if p.skip("{") {
		if !p.skip("}") {
			return nil, p.unexpected()
		}
		return Empty{}, nil
	}
	if !p.skip("(") {
		return nil, p.unexpected()
	}
	e, err := p.binary(0)
	if err == nil && !p.skip(")") {
		err = p.unexpected()
	}
	return e, err
}

// invocation reads a name, or a call of a function, on what stands before it.
func (p *parser) invocation(on Expr) (Expr, error) {
	t := p.peek()
	if t.kind == this {
		p.take()
		return on, nil
	}
	if t.kind != name && t.kind != quotedName {
		return nil, p.unexpected()
	}
	p.take()
	if t.kind == quotedName || !p.skip("(") {
		return Member{On: on, Name: t.text}, nil
	}
	args, err := p.arguments()
	return Call{On: on, Name: t.text, Args: args}, err
}

func (p *parser) arguments() ([]Expr, error) {
	var args []Expr
	if p.skip(")") {
		return nil, nil
	}
	for {
		arg, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
		if p.skip(")") {
			return args, nil
		}
		if !p.skip(",") {
			return nil, p.unexpected()
		}
	}
}
