// Package fhirpath reads the subset of FHIRPath that SQL-on-FHIR views are written in.
package fhirpath

// Expr is one node of a parsed expression.
type Expr interface{ node() }

type (
	// Literal is a constant; Text is as written, without quotes, escapes or the @ of a date.
	Literal struct {
		Kind Kind
		Text string
	}
	// Empty is {}, the empty collection.
	Empty struct{}
	// This is $this, or the focus that a path starts from.
	This struct{}
	// Variable is %name.
	Variable struct{ Name string }
	// Member is On.Name.
	Member struct {
		On   Expr
		Name string
	}
	// Call is On.Name(Args...).
	Call struct {
		On   Expr
		Name string
		Args []Expr
	}
	// Index is On[At].
	Index struct{ On, At Expr }
	// Binary is Left Op Right.
	Binary struct {
		Op          string
		Left, Right Expr
	}
	// Unary is Op Of, where Op is + or -.
	Unary struct {
		Op string
		Of Expr
	}
)

// Kind is the type of a literal, by its FHIR name.
type Kind string

// The kinds of literal.
const (
	String   Kind = "string"
	Integer  Kind = "integer"
	Decimal  Kind = "decimal"
	Boolean  Kind = "boolean"
	Date     Kind = "date"
	DateTime Kind = "dateTime"
	Time     Kind = "time"
)

func (Literal) node()  {}
func (Empty) node()    {}
func (This) node()     {}
func (Variable) node() {}
func (Member) node()   {}
func (Call) node()     {}
func (Index) node()    {}
func (Binary) node()   {}
func (Unary) node()    {}
