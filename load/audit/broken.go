package audit

import (
	"bytes"
	"fmt"
	"os"
)

// FirstBroken says of a log that cannot be believed which of its lines still can: those under the root that a manifest, or the
// log's own head, noted when it was so long.
func (t *Trail) FirstBroken(roots []Noted) string {
	data, err := os.ReadFile(LogPath(t.folder))
	if err != nil {
		return ""
	}
	log := &Log{}
	broken := log.parse(data)
	whole, all := int64(len(log.lines)), int64(bytes.Count(data, []byte("\n")))
	proved, changed, by := int64(0), whole, ""
	for _, noted := range append(t.headRoots(), roots...) {
		if root, err := log.RootAt(noted.Root.Size); err != nil {
			continue // longer than what can be read
		} else if root != noted.Root {
			changed = min(changed, noted.Root.Size)
		} else if noted.Root.Size > proved {
			proved, by = noted.Root.Size, noted.By
		}
	}
	words := "; no line of it is proved by anything else"
	if proved > 0 {
		words = fmt.Sprintf("; its lines up to %d are proved by %s", proved, by)
	}
	switch {
	case proved >= all:
		return words
	case broken == nil && proved < changed:
		return words + fmt.Sprintf(", the first change lies in lines %d to %d of %d", proved+1, changed, all)
	}
	return words + fmt.Sprintf(", the other %d are not", all-proved)
}

// Noted is the log's root of an earlier day, and who knows it.
type Noted struct {
	Root Root
	By   string
}

// headRoots are those that the log's head knows.
func (t *Trail) headRoots() []Noted {
	h, err := readHead(t.folder)
	if err != nil {
		return nil
	}
	return []Noted{{h.Previous.Root, "audit/head.json"}, {h.Root, "audit/head.json"}}
}
