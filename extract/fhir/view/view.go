// Package view compiles SQL-on-FHIR ViewDefinitions to DuckDB SQL: one typed read of the fields that a view needs, then one select.
package view

import "fmt"

// View is a compiled ViewDefinition.
type View struct {
	Name     string // as written; empty where the definition has none
	Resource string // the FHIR resource that it flattens
	plan     plan   // what its queries are written from
	checks   plan   // the same with each column standing alone, to find out which one a resource breaks

	definition definition
}

// Column is one column of a view.
type Column struct {
	Name        string `json:"name"`
	Type        string `json:"type"`                  // DuckDB's; ends in [] for a collection
	FHIR        string `json:"fhir_type,omitempty"`   // as declared, else as the path gives it
	Path        string `json:"path"`                  // FHIRPath
	Description string `json:"description,omitempty"` // as written
	Collection  bool   `json:"collection,omitempty"`
}

// Parse reads and compiles a ViewDefinition. What the standard, FHIR R4 or the subset of FHIRPath does not know is
// an error, which names it and the nearest that is known.
func Parse(definition []byte) (View, error) {
	d, err := decode(definition)
	if err != nil {
		return View{}, fmt.Errorf("view: %w", err)
	}
	v := View{Name: d.Name, Resource: d.Resource, definition: d}
	if v.plan, err = compile(d, true); err == nil {
		v.checks, err = compile(d, false)
	}
	if err != nil {
		return View{}, fmt.Errorf("view %s: %w", d.Name, err)
	}
	return v, nil
}

// AsWritten is the same view with dates and moments as texts, as precise and with the offset that the sender wrote; what is none still
// stops the query. meta.lastUpdated stays a moment, since versions are compared by it.
func (v View) AsWritten() (View, error) {
	v.definition.asWritten = true
	var err error
	v.plan, err = compile(v.definition, true)
	return v, err
}

// Columns are the view's columns in order.
func (v View) Columns() []Column {
	columns := make([]Column, len(v.plan.columns))
	for i, o := range v.plan.columns {
		columns[i] = o.Column
	}
	return columns
}

// OneRow says whether each resource gives exactly one row: the view goes over no collection and leaves none out.
func (v View) OneRow() bool { return len(v.plan.lists) == 0 && len(v.plan.where) == 0 }

// ID is the name of the column that holds the resource's id; "" where there is none.
func (v View) ID() string { return v.columnOf("id") }

// Updated is the name of the column that holds the resource's meta.lastUpdated; "" where there is none.
func (v View) Updated() string { return v.columnOf("meta.lastUpdated") }

func (v View) columnOf(element string) string {
	for _, o := range v.plan.columns {
		if o.element == element {
			return o.Name
		}
	}
	return ""
}
