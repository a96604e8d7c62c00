package lake

import (
	"os"
	"path/filepath"
	"strings"

	"careshare/load/audit"
	"careshare/load/fault"
)

func (v *verifier) verifyLog() {
	log, err := v.lake.Log()
	if err != nil {
		what := strings.TrimSuffix(strings.TrimPrefix(err.Error(), "read audit log: "), ": "+fault.ErrDamaged.Error())
		v.found("audit/log.ndjson", "%s%s", what, v.lake.trail.FirstBroken(v.roots()))
	} else {
		v.log, v.Audit = log, log.Root()
		if log.Torn {
			v.found("audit/log.ndjson", "the last append was cut short; the next run completes it")
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

// verifyNoted proves that the log grew from each root that was kept elsewhere.
func (v *verifier) verifyNoted() {
	if v.log == nil {
		return // a finding of its own
	}
	for _, noted := range v.options.Roots {
		root, err := v.log.ParseRoot(noted.Root)
		if err == nil {
			err = v.log.Extends(root)
		}
		if err != nil {
			v.found("audit/log.ndjson", "is not the continuation of the root of %s: %v", noted.By, err)
		}
	}
}

// roots are those that the manifests know.
func (v *verifier) roots() (all []audit.Noted) {
	snapshots, _ := v.lake.Snapshots() // what cannot be read proves nothing
	for _, s := range snapshots {
		if m, err := s.Manifest(); err == nil {
			all = append(all, audit.Noted{Root: m.Audit, By: "the manifest of snapshot " + s.ID})
		}
	}
	return all
}
