// Package fhir takes health extracts in: bulk FHIR R4 exports, flattened by SQL-on-FHIR views to typed Parquet.
package fhir

import "careshare/extract/fhir/view"

// View is a compiled SQL-on-FHIR ViewDefinition: what one type of resource becomes as a table.
type View = view.View

// Column is one column of a view.
type Column = view.Column

// ParseView reads and compiles a ViewDefinition. An error names what is not known, and the nearest that is.
func ParseView(definition []byte) (View, error) { return view.Parse(definition) }
