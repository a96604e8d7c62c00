package fhirpath

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func member(on Expr, names ...string) Expr {
	for _, n := range names {
		on = Member{on, n}
	}
	return on
}

func TestParse(t *testing.T) {
	me := This{}
	for source, want := range map[string]Expr{
		"id":                      member(me, "id"),
		"name.family.first()":     Call{member(me, "name", "family"), "first", nil},
		"contact.telecom[0]":      Index{member(me, "contact", "telecom"), Literal{Integer, "0"}},
		"$this":                   me,
		"$this.id":                member(me, "id"),
		"`class`.code":            member(me, "class", "code"),
		"'it\\'s \\u00e9'":        Literal{String, "it's é"},
		"'\\ud83d\\ude00'":        Literal{String, "😀"},
		"%name_use":               Variable{"name_use"},
		"%`us-zip`":               Variable{"us-zip"},
		"1.50":                    Literal{Decimal, "1.50"},
		"true":                    Literal{Boolean, "true"},
		"@2010-10":                Literal{Date, "2010-10"},
		"@2010-10T":               Literal{DateTime, "2010-10"},
		"@2010-10-10T10:30:00Z":   Literal{DateTime, "2010-10-10T10:30:00Z"},
		"@2010-10-10T10:30+01:00": Literal{DateTime, "2010-10-10T10:30+01:00"},
		"@T12:34":                 Literal{Time, "12:34"},
		"{}":                      Empty{},
		"-1":                      Unary{"-", Literal{Integer, "1"}},
		"a or b and c = d":        Binary{"or", member(me, "a"), Binary{"and", member(me, "b"), Binary{"=", member(me, "c"), member(me, "d")}}},
		"a - b - c":               Binary{"-", Binary{"-", member(me, "a"), member(me, "b")}, member(me, "c")},
		"a + b * c < d":           Binary{"<", Binary{"+", member(me, "a"), Binary{"*", member(me, "b"), member(me, "c")}}, member(me, "d")},
		"(a or b).not()":          Call{Binary{"or", member(me, "a"), member(me, "b")}, "not", nil},
		"where(use = 'x').given":  member(Call{me, "where", []Expr{Binary{"=", member(me, "use"), Literal{String, "x"}}}}, "given"),
		"a.join( ', ' ) // note":  Call{member(me, "a"), "join", []Expr{Literal{String, ", "}}},
		"a /* b */ .c":            member(me, "a", "c"),
	} {
		got, err := Parse(source)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Parse(%q) = %#v, %v; want %#v", source, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for source, want := range map[string]string{
		"":                              "ends too soon",
		"@@":                            "at character 1: @ without a date",
		"name.":                         "ends too soon",
		"name..given":                   `at character 6: unexpected "."`,
		"'open":                         "never closed",
		"'\\q'":                         "unknown escape",
		"'\\ud800'":                     "half a surrogate pair",
		"a b":                           `at character 3: unexpected "b"`,
		"a[0":                           "ends too soon",
		"where(a":                       "ends too soon",
		"a # b":                         `unexpected '#'`,
		"%":                             "% without a name",
		strings.Repeat("(", 1000):       "nested deeper",
		"a" + strings.Repeat(".b", 999): "longer than",
		strings.Repeat("-", 1000) + "1": "nested deeper",
	} {
		if got, err := Parse(source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%.20q) = %v, %v; want an error with %q", source, got, err, want)
		}
	}
}

// FuzzParse looks for input on which the parser panics or does not end, and for a tree that it would not read back the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"name.where(use = %u).given[0].first()", "@2010-10-10T10:30:00.000+01:00 > @T12", "'\\u00e9' & `x`", "-(1.5 div {}) implies true", "a /* x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		e, err := Parse(source)
		if err != nil {
			return
		}
		again, err := Parse(print(e))
		if err != nil && strings.Contains(err.Error(), "nested deeper") {
			return // printing adds brackets
		}
		if err != nil || !reflect.DeepEqual(e, again) {
			t.Fatalf("%q -> %s -> %#v, %v", source, print(e), again, err)
		}
	})
}

// print writes a tree back, fully bracketed.
func print(e Expr) string {
	switch e := e.(type) {
	case Literal:
		return printLiteral(e)
	case Empty:
		return "{}"
	case This:
		return "$this"
	case Variable:
		return "%" + quoteName(e.Name)
	case Member:
		return print(e.On) + "." + quoteName(e.Name)
	case Call:
		args := make([]string, len(e.Args))
		for i, arg := range e.Args {
			args[i] = print(arg)
		}
		return print(e.On) + "." + e.Name + "(" + strings.Join(args, ", ") + ")"
	case Index:
		return print(e.On) + "[" + print(e.At) + "]"
	case Binary:
		return "(" + print(e.Left) + " " + e.Op + " " + print(e.Right) + ")"
	case Unary:
		return "(" + e.Op + print(e.Of) + ")"
	}
	panic(fmt.Sprintf("no form for %T", e))
}

func printLiteral(l Literal) string {
	switch l.Kind {
	case String:
		return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(l.Text) + "'"
	case Time:
		return "@T" + l.Text
	case DateTime:
		if !strings.Contains(l.Text, "T") {
			return "@" + l.Text + "T"
		}
		return "@" + l.Text
	case Date:
		return "@" + l.Text
	}
	return l.Text
}

func quoteName(name string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(name) + "`"
}
