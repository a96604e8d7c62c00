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
)

// Shape is what the view needs of its resource.
func (v View) Shape() *Shape { return v.plan.need.shape() }

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
