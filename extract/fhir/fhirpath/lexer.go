package fhirpath

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

type token struct {
	kind tokenKind
	text string // for a string, what it stands for
	at   int    // byte from which it starts
}

type tokenKind int

const (
	end tokenKind = iota
	name
	quotedName
	text
	number
	date
	dateTime
	clock
	variable // %name
	this     // $this
	symbol
)

// The forms of FHIRPath N1 section 4.1; a date-time's offset is optional there.
var (
	nameForm   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*`)
	numberForm = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?`)
	dateForm   = regexp.MustCompile(`^@[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?`)
	clockForm  = regexp.MustCompile(`^T[0-9]{2}(:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?`)
	offsetForm = regexp.MustCompile(`^(Z|[+-][0-9]{2}:[0-9]{2})`)
	symbols    = []string{"<=", ">=", "!=", "{", "}", "(", ")", "[", "]", ".", ",", "=", "<", ">", "+", "-", "*", "/", "&", "|"}
)

// lex cuts an expression into tokens; the last one is the end.
func lex(source string) ([]token, error) {
	var tokens []token
	for at := 0; ; {
		at += spaceAndComments(source[at:])
		if at >= len(source) {
			return append(tokens, token{kind: end, at: at}), nil
		}
		t, length, err := next(source[at:])
		if err != nil {
			return nil, fmt.Errorf("at character %d: %w", at+1, err)
		}
		t.at = at
		tokens = append(tokens, t)
		at += length
	}
}

func spaceAndComments(rest string) int {
	from := len(rest)
	for {
		rest = strings.TrimLeft(rest, " \t\r\n")
		var found bool
		switch {
		case strings.HasPrefix(rest, "//"):
			_, rest, _ = strings.Cut(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			if _, rest, found = strings.Cut(rest, "*/"); !found {
				rest = ""
			}
		default:
			return from - len(rest)
		}
	}
}

func next(rest string) (token, int, error) {
	switch c := rest[0]; {
	case c == '\'' || c == '`':
		return quoted(rest)
	case c == '@':
		return moment(rest)
	case c == '%':
		return variableName(rest)
	case strings.HasPrefix(rest, "$this"):
		return token{kind: this, text: "$this"}, len("$this"), nil
	}
	if s := numberForm.FindString(rest); s != "" {
		return token{kind: number, text: s}, len(s), nil
	}
	if s := nameForm.FindString(rest); s != "" {
		return token{kind: name, text: s}, len(s), nil
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			return token{kind: symbol, text: s}, len(s), nil
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return token{}, 0, fmt.Errorf("unexpected %q", r)
}

func variableName(rest string) (token, int, error) {
	if len(rest) > 1 && (rest[1] == '`' || rest[1] == '\'') {
		t, length, err := quoted(rest[1:])
		return token{kind: variable, text: t.text}, length + 1, err
	}
	s := nameForm.FindString(rest[1:])
	if s == "" {
		return token{}, 0, fmt.Errorf("%% without a name")
	}
	return token{kind: variable, text: s}, len(s) + 1, nil
}

func moment(rest string) (token, int, error) {
	if s := clockForm.FindString(rest[1:]); s != "" {
		return token{kind: clock, text: s[1:]}, len(s) + 1, nil
	}
	day := dateForm.FindString(rest)
	if day == "" {
		return token{}, 0, fmt.Errorf("@ without a date or time")
	}
	after := rest[len(day):]
	if !strings.HasPrefix(after, "T") {
		return token{kind: date, text: day[1:]}, len(day), nil
	}
	at := clockForm.FindString(after)
	if at == "" {
		at = "T"
	}
	at += offsetForm.FindString(after[len(at):])
	written := strings.TrimSuffix(day[1:]+at, "T")
	return token{kind: dateTime, text: written}, len(day) + len(at), nil
}

// quoted reads 'text' or `name` with the escapes of FHIRPath N1 section 4.1.5.
func quoted(rest string) (token, int, error) {
	kind := text
	if rest[0] == '`' {
		kind = quotedName
	}
	var b strings.Builder
	for i := 1; i < len(rest); {
		switch rest[i] {
		case rest[0]:
			return token{kind: kind, text: b.String()}, i + 1, nil
		case '\\':
			r, length, err := escape(rest[i:])
			if err != nil {
				return token{}, 0, err
			}
			b.WriteRune(r)
			i += length
		default:
			b.WriteByte(rest[i])
			i++
		}
	}
	return token{}, 0, fmt.Errorf("a %c that is never closed", rest[0])
}

func escape(rest string) (rune, int, error) {
	if len(rest) < 2 {
		return 0, 0, fmt.Errorf("a \\ at the end")
	}
	if i := strings.IndexByte("'\"`rntf/\\", rest[1]); i >= 0 {
		return rune("'\"`\r\n\t\f/\\"[i]), 2, nil
	}
	if rest[1] != 'u' {
		return 0, 0, fmt.Errorf("unknown escape \\%c", rest[1])
	}
	r, err := hex(rest)
	if err != nil {
		return 0, 0, err
	}
	if !utf16.IsSurrogate(r) {
		return r, 6, nil
	}
	low, err := hex(rest[6:])
	if pair := utf16.DecodeRune(r, low); err == nil && pair != utf8.RuneError {
		return pair, 12, nil
	}
	return 0, 0, fmt.Errorf("half a surrogate pair")
}

func hex(rest string) (rune, error) {
	if len(rest) < 6 || rest[:2] != `\u` {
		return 0, fmt.Errorf("\\u needs four hexadecimal digits")
	}
	n, err := strconv.ParseUint(rest[2:6], 16, 16)
	if err != nil {
		return 0, fmt.Errorf("\\u needs four hexadecimal digits")
	}
	return rune(n), nil
}
