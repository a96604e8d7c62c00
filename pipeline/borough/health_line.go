package borough

import "unicode/utf8"

// line is one JSON object being written into a buffer that is used again for the next.
// Millions of resources are made: appending is some ten times faster than encoding/json, which the tests use as the judge.
type line struct{ b []byte }

// open starts an object ('{') or an array ('['); key is empty inside an array.
func (l *line) open(key string, bracket byte) {
	l.name(key)
	l.b = append(l.b, bracket)
}

// close ends what open began: '}' or ']'.
func (l *line) close(brackets string) { l.b = append(l.b, brackets...) }

// text writes a string member; an empty value is left out, as FHIR knows no empty strings.
func (l *line) text(key, value string) {
	if value == "" {
		return
	}
	l.name(key)
	l.quote(value)
}

// yes writes a member that is true.
func (l *line) yes(key string) {
	l.name(key)
	l.b = append(l.b, "true"...)
}

func (l *line) name(key string) {
	if n := len(l.b); n > 0 && l.b[n-1] != '{' && l.b[n-1] != '[' {
		l.b = append(l.b, ',')
	}
	if key != "" {
		l.b = append(l.b, '"')
		l.b = append(l.b, key...)
		l.b = append(l.b, '"', ':')
	}
}

const hexDigits = "0123456789abcdef"

// quote writes a JSON string; RFC 8259, section 7: quote, backslash and the control characters are escaped, and bytes
// that are not UTF-8 become the replacement character.
func (l *line) quote(s string) {
	l.b = append(l.b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			l.b = utf8.AppendRune(l.b, r)
			i += size
			continue
		case c == '"' || c == '\\':
			l.b = append(l.b, '\\', c)
		case c < ' ':
			l.b = append(l.b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			l.b = append(l.b, c)
		}
		i++
	}
	l.b = append(l.b, '"')
}

// coding writes {"system":…,"code":…,"display":…}.
func (l *line) coding(key, system, code, display string) {
	l.open(key, '{')
	l.text("system", system)
	l.text("code", code)
	l.text("display", display)
	l.close("}")
}

// concept writes a CodeableConcept of one coding, with the display as its text.
func (l *line) concept(key, system, code, display string) {
	l.open(key, '{')
	l.open("coding", '[')
	l.coding("", system, code, display)
	l.close("]")
	l.text("text", display)
	l.close("}")
}

// reference writes a literal reference such as "Patient/8f3a…".
func (l *line) reference(key, kind, id string) {
	l.open(key, '{')
	l.name("reference")
	l.b = append(l.b, '"')
	l.b = append(l.b, kind...)
	l.b = append(l.b, '/')
	l.b = append(l.b, id...)
	l.b = append(l.b, '"')
	l.close("}")
}
