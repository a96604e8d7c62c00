package borough

// damage is what is wrong with a line. Each is one that no reader can take the resource from.
type damage string

const (
	notJSON      damage = "not_json"       // a gateway's error page came in place of the resource
	truncated    damage = "truncated"      // the line ends in the middle
	wrongType    damage = "wrong_type"     // meta is a text, not an object
	notAnInstant damage = "not_an_instant" // meta.lastUpdated is no moment
	otherType    damage = "other_type"     // the file of one type holds a resource of another
)

func damages() []damage { return []damage{notJSON, truncated, wrongType, notAnInstant, otherType} }

// spoil damages a line's bytes; what is wrong inside the JSON the pen has written already.
func spoil(b []byte, d damage) []byte {
	switch d {
	case notJSON:
		return append(b[:0], "<html><head><title>502 Bad Gateway</title></head></html>\n"...)
	case truncated:
		return append(b[:len(b)/2], '\n')
	}
	return b
}
