package load

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func (v *verifier) verifyLog() {
	log, err := v.lake.Log()
	if err != nil {
		what := strings.TrimSuffix(strings.TrimPrefix(err.Error(), "read audit log: "), ": "+ErrDamaged.Error())
		v.found("audit/log.ndjson", "%s%s", what, v.firstBroken())
	} else {
		v.log, v.Audit = log, log.Root()
		if log.torn {
			v.found("audit/log.ndjson", "the last append was cut short; the next run takes it back")
		}
	}
	entries, err := os.ReadDir(v.lake.audit())
	if err != nil {
		v.found("audit", "cannot be read")
	}
	for _, entry := range entries {
		path := filepath.Join("audit", entry.Name())
		if entry.Name() != "log.ndjson" && entry.Name() != "head.json" {
			v.found(path, "stray file")
		} else if info, err := entry.Info(); err != nil || info.Mode() != 0o600 {
			v.found(path, "not a file of mode 0600")
		}
	}
}

// firstBroken says of a log that cannot be believed which of its lines still can: those under the root that a manifest, or the
// log's own head, noted when it was so long.
func (v *verifier) firstBroken() string {
	data, err := os.ReadFile(logPath(v.lake.audit()))
	if err != nil {
		return ""
	}
	log := &Log{}
	broken := log.parse(data)
	whole, all := int64(len(log.lines)), int64(bytes.Count(data, []byte("\n")))
	proved, changed, by := int64(0), whole, ""
	for _, noted := range v.roots() {
		if root, err := log.RootAt(noted.root.Size); err != nil {
			continue // longer than what can be read
		} else if root != noted.root {
			changed = min(changed, noted.root.Size)
		} else if noted.root.Size > proved {
			proved, by = noted.root.Size, noted.by
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

// noted is the log's root of an earlier day, and who knows it.
type noted struct {
	root Root
	by   string
}

// roots are those that the log's head and the manifests know.
func (v *verifier) roots() (all []noted) {
	if h, err := readHead(v.lake.audit()); err == nil {
		all = append(all, noted{h.Previous.Root, "audit/head.json"}, noted{h.Root, "audit/head.json"})
	}
	snapshots, _ := v.lake.Snapshots() // what cannot be read proves nothing
	for _, s := range snapshots {
		if m, err := s.Manifest(); err == nil {
			all = append(all, noted{m.Audit, "the manifest of snapshot " + s.ID})
		}
	}
	return all
}
