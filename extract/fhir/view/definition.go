package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"careshare/extract/fhir/r4"
	"careshare/sql/shown"
)

// definition is a ViewDefinition as it is written (SQL-on-FHIR v2, StructureDefinition-ViewDefinition).
type definition struct {
	Name     string     `json:"name"`
	Resource string     `json:"resource"`
	Constant []constant `json:"constant"`
	Select   []node     `json:"select"`
	Where    []where    `json:"where"`

	asWritten bool // dates and moments stay texts
}

type node struct {
	Column        []column `json:"column"`
	Select        []node   `json:"select"`
	ForEach       *string  `json:"forEach"`
	ForEachOrNull *string  `json:"forEachOrNull"`
	Repeat        []string `json:"repeat"`
	UnionAll      []node   `json:"unionAll"`
}

type column struct {
	Name        string `json:"name"`
	Path        string `json:"path"`
	Type        string `json:"type"`
	Description string `json:"description"`
	Collection  bool   `json:"collection"`
	Tag         []tag  `json:"tag"`
}

type tag struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type where struct {
	Path string `json:"path"`
}

type constant struct {
	name, typ, text string
}

// keys are what each object of a ViewDefinition may hold; all may carry an id and extensions.
var keys = map[string][]string{
	"view": {"resourceType", "meta", "implicitRules", "language", "text", "contained", "url", "identifier", "version", "versionAlgorithmString",
		"versionAlgorithmCoding", "name", "title", "status", "experimental", "date", "publisher", "contact", "description", "useContext",
		"jurisdiction", "purpose", "copyright", "copyrightLabel", "resource", "resourceDefinition", "profile", "fhirVersion", "constant", "where", "select"},
	"select": {"column", "select", "forEach", "forEachOrNull", "repeat", "unionAll"},
	"column": {"name", "path", "type", "description", "collection", "tag"},
	"where":  {"path", "description"},
	"tag":    {"name", "value"},
}

var nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

func decode(data []byte) (definition, error) {
	var d definition
	if err := checkKeys(data, "view"); err != nil {
		return d, err
	}
	if err := json.Unmarshal(data, &d); err != nil {
		return d, err
	}
	switch {
	case d.Resource == "":
		return d, fmt.Errorf("resource is missing")
	case !r4.IsResource(d.Resource):
		return d, fmt.Errorf("resource %q is not one of FHIR R4; the nearest is %s", d.Resource, r4.NearestResource(d.Resource))
	case len(d.Select) == 0:
		return d, fmt.Errorf("select is missing")
	}
	return d, nil
}

// checkKeys refuses a key that the standard does not know, for a misspelt forEach would otherwise be left out in silence.
func checkKeys(data []byte, kind string) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return err
	}
	for key, value := range object {
		if slices.Contains([]string{"id", "extension", "modifierExtension"}, key) || strings.HasPrefix(key, "_") {
			continue
		}
		if !slices.Contains(keys[kind], key) {
			return fmt.Errorf("%s: unknown key %s; the nearest is %s", kind, shown.Key(key), r4.Nearest(key, keys[kind]))
		}
		inner := key
		if key == "unionAll" {
			inner = "select"
		}
		if err := checkItems(value, inner); err != nil {
			return err
		}
	}
	return nil
}

func checkItems(data json.RawMessage, kind string) error {
	var items []json.RawMessage
	if _, known := keys[kind]; !known || json.Unmarshal(data, &items) != nil {
		return nil // a wrong type is told by the decoding that follows
	}
	for _, item := range items {
		if bytes.HasPrefix(bytes.TrimSpace(item), []byte("{")) {
			if err := checkKeys(item, kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// UnmarshalJSON reads {"name": n, "valueType": v}: exactly one value, of a primitive type.
func (c *constant) UnmarshalJSON(data []byte) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return err
	}
	if err := json.Unmarshal(object["name"], &c.name); err != nil || !nameForm.MatchString(c.name) {
		return fmt.Errorf("constant: a name is wanted, of letters, digits and _")
	}
	for key, value := range object {
		typ, is := strings.CutPrefix(key, "value")
		if !is {
			continue
		}
		if c.typ != "" || typ == "" {
			return fmt.Errorf("constant %s: one value[x] is wanted", c.name)
		}
		c.typ = strings.ToLower(typ[:1]) + typ[1:]
		c.text = strings.TrimSpace(string(value))
		if strings.HasPrefix(c.text, `"`) {
			if err := json.Unmarshal(value, &c.text); err != nil {
				return fmt.Errorf("constant %s: %w", c.name, err)
			}
		}
	}
	return c.check()
}

func (c *constant) check() error {
	form, known := constantForms[c.typ]
	switch {
	case c.typ == "":
		return fmt.Errorf("constant %s: a value[x] is wanted", c.name)
	case !known:
		return fmt.Errorf("constant %s: %s is not a type that a constant may have", c.name, c.typ)
	case form != nil && !form.MatchString(c.text):
		return fmt.Errorf("constant %s: not a valid %s", c.name, c.typ)
	}
	return nil
}

var (
	whole         = regexp.MustCompile(`^-?[0-9]+$`)
	moment        = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?)?)?$`)
	constantForms = map[string]*regexp.Regexp{
		"base64Binary": nil, "canonical": nil, "code": nil, "id": nil, "markdown": nil, "oid": nil, "string": nil, "uri": nil, "url": nil, "uuid": nil,
		"boolean": regexp.MustCompile(`^(true|false)$`), "decimal": regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`),
		"integer": whole, "integer64": whole, "positiveInt": whole, "unsignedInt": whole,
		"date": moment, "dateTime": moment, "instant": moment, "time": regexp.MustCompile(`^[0-9]{2}(:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?$`),
	}
)
