package view

// Shape is what a view needs of a JSON value, for a reader that has to tell which line does not fit.
type Shape struct {
	Kind    ShapeKind
	Element *Shape            // of an Array
	Fields  map[string]*Shape // of an Object
	Place   int               // of a field among those of its object
}

// ShapeKind is what one JSON value has to be. Null fits all.
type ShapeKind int

// The kinds of Shape.
const (
	Anything ShapeKind = iota
	Array
	Object
	Text   // a number or a boolean is taken as its text, as the engine's reader does
	Moment // text that is to become a date or an instant
	Boolean
	Integer
	Decimal // a number whose digits all count: the engine's reader would make a double of it, so it is handed over as text
)

// Shape is what the view needs of its resource.
func (v View) Shape() *Shape { return v.plan.need.shape() }

// HasDecimals says whether the view reads a decimal, of which the engine's own reader keeps no more than 17 digits.
func (v View) HasDecimals() bool { return v.plan.need.hasDecimals() }

func (n *need) hasDecimals() bool {
	for _, child := range n.children {
		if child.typ == "decimal" || child.hasDecimals() {
			return true
		}
	}
	return false
}

func (n *need) shape() *Shape {
	s := &Shape{}
	switch form := n.one(); {
	case form == "JSON":
	case form == "BOOLEAN":
		s.Kind = Boolean
	case form == "INTEGER":
		s.Kind = Integer
	case form == "VARCHAR" && n.moment:
		s.Kind = Moment
	case form == "VARCHAR" && n.typ == "decimal":
		s.Kind = Decimal
	case form == "VARCHAR":
		s.Kind = Text
	default:
		s.Kind, s.Fields = Object, map[string]*Shape{}
		for i, field := range n.fields() {
			s.Fields[field] = n.children[field].shape()
			s.Fields[field].Place = i
		}
	}
	if n.many {
		return &Shape{Kind: Array, Element: s}
	}
	return s
}
