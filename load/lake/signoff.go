package lake

import (
	"fmt"

	"careshare/load/audit"
)

// SignOff tells the log that somebody stands by a return: which, made from which run, and the hash of each of its files.
func (l *Lake) SignOff(run, by, what string, files []audit.Held) error {
	if err := l.mustBeLocked("sign off"); err != nil {
		return err
	}
	if _, err := l.record(audit.Entry{Event: audit.SignedOff, Run: run, By: by, Note: what, Files: files}); err != nil {
		return fmt.Errorf("sign off: %w", err)
	}
	return nil
}
