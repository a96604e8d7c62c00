package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"careshare/load/store"
)

// validateLake refuses a lake where it would take over what belongs to others: all of a disk, or the sources. It becomes
// private to its owner, and what it does not know there is swept.
func (c Config) validateLake() error {
	if c.Lake == "" {
		return nil // said elsewhere
	}
	if filepath.Dir(c.Lake) == c.Lake {
		return errors.New("lake: is all of a disk; name a folder of its own")
	}
	sources := map[string]string{
		"case_store.location": c.CaseStore.Location, "cpis.folder": c.CPIS.Folder, "cpis.outbox": c.CPIS.Outbox, "trace.folder": c.Trace.Folder,
		"trace.outbox": c.Trace.Outbox, "opt_out.folder": c.OptOut.Folder, "returns.folder": c.Returns.Folder, "rules": c.Rules,
	}
	for i, sender := range c.Health {
		sources[fmt.Sprintf("health[%d].folder", i)] = sender.Folder
	}
	var wrong []error
	for key, source := range sources {
		if strings.HasPrefix(source, store.Scheme) {
			wrong = append(wrong, fmt.Errorf("%s: only a lake may be at s3:// yet; copy the files into a folder before the run", key))
			continue
		}
		if source != "" && (isWithin(c.Lake, source) || isWithin(source, c.Lake)) {
			wrong = append(wrong, fmt.Errorf("lake: and %s are one inside the other; keep them apart", key))
		}
	}
	return errors.Join(wrong...)
}

// isWithin says whether a path is a folder or below it.
func isWithin(path, folder string) bool {
	between, err := filepath.Rel(folder, path)
	return err == nil && between != ".." && !strings.HasPrefix(between, ".."+string(filepath.Separator))
}
