package audit

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"sync"
)

// parsedLog is the log as it was last read: a run reads it at each step, and after a year it has ten thousands of lines.
type parsedLog struct {
	lock   sync.Mutex
	log    Log
	sha256 []byte // of the bytes that it was parsed from
}

// parse reads the log. What was parsed before is not parsed again where the log still begins with the very same bytes.
func (p *parsedLog) parse(data []byte) (*Log, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	var log Log
	begin := min(p.log.bytes, int64(len(data)))
	digest := sha256.New()
	digest.Write(data[:begin])
	if bytes.Equal(digest.Sum(nil), p.sha256) {
		log = p.log
	}
	if err := log.parse(bytes.Clone(data[log.bytes:])); err != nil { // lines hold on to their bytes, and only to these
		return nil, err
	}
	log.Entries, log.lines, log.hashes = slices.Clip(log.Entries), slices.Clip(log.lines), slices.Clip(log.hashes) // who appends has a copy
	digest.Write(data[begin:])
	p.log, p.sha256 = log, digest.Sum(nil)
	return &log, nil
}
