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
func (v View) Shape() *Shape { return v.plan.need.shape(map[*need]*Shape{}) }

// HasDecimals says whether the view reads a decimal, of which the engine's own reader keeps no more than 17 digits.
func (v View) HasDecimals() bool { return v.plan.need.hasDecimals(map[*need]bool{}) }

func (n *need) hasDecimals(seen map[*need]bool) bool {
	if seen[n] {
		return false
	}
	seen[n] = true
	for _, child := range n.children {
		if child.typ == "decimal" || child.hasDecimals(seen) {
			return true
		}
	}
	return false
}

// shape is made once a need: those of a repeat go round.
func (n *need) shape(made map[*need]*Shape) *Shape {
	if s, has := made[n]; has {
		return s
	}
	s := &Shape{}
	made[n] = s
	if n.many {
		made[n] = &Shape{Kind: Array, Element: s}
	}
	switch form := n.one(); {
	case form == "JSON":
		s.read(n, made)
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
		s.Kind = Object
		s.read(n, made)
	}
	return made[n]
}

func (s *Shape) read(n *need, made map[*need]*Shape) {
	s.Fields = map[string]*Shape{}
	for i, field := range n.fields() {
		child := *n.children[field].shape(made)
		child.Place = i
		s.Fields[field] = &child
	}
}
