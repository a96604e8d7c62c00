package audit

import (
	"time"

	"careshare/load/disk"
)

// Trail is the audit log on disk: a folder with the log and its head. Whoever appends must hold the lake's lock.
type Trail struct {
	folder string
	clock  func() time.Time
	parsed parsedLog
}

// OpenTrail gives the trail of a folder, which it makes where it is missing. The clock gives the times of entries.
func OpenTrail(folder string, clock func() time.Time) (*Trail, error) {
	if err := disk.MakeFolder(folder); err != nil {
		return nil, err
	}
	return &Trail{folder: folder, clock: clock}, nil
}
