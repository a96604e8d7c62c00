// Package r4 knows the elements of FHIR R4: their types, which repeat, and which are choices.
package r4

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"
)

//go:embed elements.txt
var elements string

// Element is one element of a type.
type Element struct {
	Name   string
	Types  []string // one, or every type that a choice may have
	Many   bool     // it may repeat: an array in JSON
	Choice bool     // value[x]: the JSON name carries the type
}

type typ struct {
	parent   string
	elements map[string]Element
}

var load = sync.OnceValue(func() map[string]typ {
	types := map[string]typ{}
	var any []string
	for line := range strings.Lines(elements) {
		words := strings.Fields(line)
		switch {
		case words[0] == "#":
		case words[0] == "any":
			any = strings.Split(words[1], "|")
		default:
			types[words[0]] = typ{parent: words[1], elements: parse(words[2:], any)}
		}
	}
	return types
})

func parse(words, any []string) map[string]Element {
	found := make(map[string]Element, len(words))
	for _, word := range words {
		name, types, _ := strings.Cut(word, ":")
		e := Element{Types: strings.Split(types, "|"), Many: strings.HasSuffix(name, "*"), Choice: strings.HasSuffix(name, "?")}
		if types == "any" {
			e.Types = any
		}
		e.Name = strings.TrimRight(name, "*?")
		found[e.Name] = e
	}
	return found
}

// Find returns the element of that name in a type or in the types that it is derived from.
func Find(typeName, element string) (Element, bool) {
	for t, ok := load()[typeName]; ok; t, ok = load()[t.parent] {
		if e, ok := t.elements[element]; ok {
			return e, true
		}
	}
	return Element{}, false
}

// IsResource says whether the type is a resource that can stand alone.
func IsResource(typeName string) bool {
	parent := load()[typeName].parent
	return parent == "DomainResource" || parent == "Resource" && typeName != "DomainResource"
}

// IsComplex says whether the type has elements of its own; all others are primitive.
func IsComplex(typeName string) bool {
	_, ok := load()[typeName]
	return ok
}

// IsElement says whether any type has an element of that name.
func IsElement(element string) bool {
	for _, t := range load() {
		if _, ok := t.elements[element]; ok {
			return true
		}
	}
	return false
}

// NearestElement returns the element of the type whose name is most like the one asked for.
func NearestElement(typeName, element string) string {
	var names []string
	for t, ok := load()[typeName]; ok; t, ok = load()[t.parent] {
		for name := range t.elements {
			names = append(names, name)
		}
	}
	return Nearest(element, names)
}

// NearestResource returns the resource whose name is most like the one asked for.
func NearestResource(name string) string {
	var names []string
	for known := range load() {
		if IsResource(known) {
			names = append(names, known)
		}
	}
	return Nearest(name, names)
}

// Nearest returns the known word that takes the fewest edits to reach; of equals, the first in the alphabet.
func Nearest(word string, known []string) string {
	known = slices.Sorted(slices.Values(known))
	return slices.MinFunc(known, func(a, b string) int {
		return levenshtein.ComputeDistance(word, a) - levenshtein.ComputeDistance(word, b)
	})
}

// Field is the JSON name of an element: for a choice, with the type that was chosen.
func (e Element) Field(chosen string) string {
	if !e.Choice {
		return e.Name
	}
	return e.Name + strings.ToUpper(chosen[:1]) + chosen[1:]
}

var byLowerCase = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for name := range load() {
		if IsResource(name) {
			names[strings.ToLower(name)] = name
		}
	}
	return names
})

// ResourceNamed is the resource of that name, in any case of its letters; "" where there is none.
func ResourceNamed(name string) string { return byLowerCase()[strings.ToLower(name)] }
