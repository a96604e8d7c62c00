package lake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"
)

// Review is a reviewer's word on one person and one NHS number.
type Review struct {
	Position  int64     `json:"position"` // from 1, over all that were ever decided: later words stand over earlier ones
	PersonID  int64     `json:"person_id"`
	NHSNumber string    `json:"nhs_number"`
	Decision  string    `json:"decision"` // accept | reject
	DecidedBy string    `json:"decided_by"`
	DecidedAt time.Time `json:"decided_at"` // UTC
}

func (l *Lake) reviews() string { return filepath.Join(l.path, "reviews") }

// Remember keeps decisions permanently, all or none, in their order. They are a file of their own, which nothing ever
// changes, because they hold NHS numbers and the audit log holds none; the log has the file's hash, who decided and how
// much. A file that no entry names was never finished, and does not count.
func (l *Lake) Remember(by string, reviews []Review) error {
	if err := l.mustBeLocked("remember reviews"); err != nil {
		return err
	}
	known, err := l.Reviews()
	if err != nil {
		return err
	}
	var text bytes.Buffer
	at := l.clock().UTC().Round(0)
	for i, review := range reviews {
		review.Position, review.DecidedBy, review.DecidedAt = int64(len(known)+i+1), by, at
		line, err := json.Marshal(review)
		if err != nil {
			return fmt.Errorf("remember reviews: %w", err)
		}
		text.Write(append(line, '\n'))
	}
	held := audit.Held{SHA256: disk.SHA256(text.Bytes())}
	held.Path = "reviews/" + held.SHA256 + ".ndjson"
	if err := disk.MakeFolder(l.reviews()); err != nil {
		return fault.Explain("remember reviews", err)
	}
	if err := disk.WriteWhole(filepath.Join(l.path, filepath.FromSlash(held.Path)), text.Bytes()); err != nil {
		return fault.Explain("remember reviews", err)
	}
	rows := int64(len(reviews))
	_, err = l.record(audit.Entry{Event: audit.Reviewed, By: by, Rows: &rows, Files: []audit.Held{held}})
	return err
}

// Reviews are all that reviewers have decided, oldest first. A file that is missing or changed is ErrDamaged: a run
// without what a reviewer has said could share another's record.
func (l *Lake) Reviews() ([]Review, error) {
	log, err := l.Log()
	if err != nil {
		return nil, err
	}
	var all []Review
	for _, entry := range log.Entries {
		if entry.Event != audit.Reviewed {
			continue
		}
		for _, held := range entry.Files {
			reviews, err := l.readReviews(held)
			if err != nil {
				return nil, err
			}
			all = append(all, reviews...)
		}
	}
	return all, nil
}

func (l *Lake) readReviews(held audit.Held) ([]Review, error) {
	data, err := os.ReadFile(filepath.Join(l.path, filepath.FromSlash(held.Path)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Explain("read "+held.Path, err)
	}
	if err != nil || disk.SHA256(data) != held.SHA256 {
		return nil, fault.Damaged(held.Path + " is not what the audit log says")
	}
	var reviews []Review
	for line := range bytes.Lines(data) {
		var review Review
		if err := json.Unmarshal(line, &review); err != nil {
			return nil, fault.Damaged(held.Path + " does not hold reviews")
		}
		reviews = append(reviews, review)
	}
	return reviews, nil
}

// verifyReviews holds the reviewers' decisions to the log.
func (v *verifier) verifyReviews() {
	named := map[string]bool{}
	if v.log == nil {
		return
	}
	for _, entry := range v.log.Entries {
		if entry.Event != audit.Reviewed {
			continue
		}
		for _, held := range entry.Files {
			named[path.Base(held.Path)] = true
			if _, err := v.lake.readReviews(held); err != nil {
				v.found(held.Path, "is not what the audit log says")
			}
		}
	}
	entries, err := os.ReadDir(v.lake.reviews())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		v.found("reviews", "cannot be read")
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err != nil || info.Mode() != 0o600 {
			v.found("reviews/"+entry.Name(), "not a file of mode 0600")
		} else if !named[entry.Name()] {
			v.found("reviews/"+entry.Name(), "not in the audit log: an import that was never finished")
		}
	}
}
