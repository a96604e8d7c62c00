// Package delivery hands finished reports over, by mail or into a folder: each once, through a spool that survives a crash.
package delivery

import (
	"fmt"
	"time"
)

// State is how a handover stands.
type State string

// The states of a handover. Only waiting is tried again.
const (
	Waiting   State = "waiting"
	Delivered State = "delivered"
	Refused   State = "refused" // for good, by the server or by the folder
	GivenUp   State = "gave up" // after the last attempt
)

// Delivery is one report of one slot on its way to its recipients, and then the ledger's record of it. It holds nothing
// of a person: a report that does is handed over as the place where it lies, or into a folder that may hold it.
type Delivery struct {
	ID       string     `json:"id"`               // of job and slot: what is asked for twice is delivered once
	At       time.Time  `json:"at"`               // when it was put into the spool; the date of its messages
	Report   string     `json:"report,omitempty"` // empty for a digest
	Snapshot string     `json:"snapshot,omitempty"`
	Subject  string     `json:"subject"`
	Lines    []string   `json:"lines"` // of the message
	Place    string     `json:"place,omitempty"`
	Files    []File     `json:"files,omitempty"` // kept beside the record until everybody has them
	To       []Handover `json:"to"`
	Told     bool       `json:"told,omitempty"` // a digest has named its failures
}

// File is one of a delivery's files.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Handover is a delivery to one address or one folder.
type Handover struct {
	Recipient   string    `json:"recipient"`         // as the configuration names it
	Address     string    `json:"address,omitempty"` // of mail
	Folder      string    `json:"folder,omitempty"`
	WithFiles   bool      `json:"with_files"`           // else only the place
	MessageID   string    `json:"message_id,omitempty"` // the same in every attempt
	State       State     `json:"state"`
	Attempts    int       `json:"attempts"` // that failed
	RetryAt     time.Time `json:"retry_at,omitzero"`
	Reason      string    `json:"reason,omitempty"` // of the last failure
	DeliveredAt time.Time `json:"delivered_at,omitzero"`
}

// open says whether anything is left to be tried.
func (d Delivery) open() bool {
	for _, h := range d.To {
		if h.State == Waiting {
			return true
		}
	}
	return false
}

// Failed are the handovers that were refused, given up, or have failed so far.
func (d Delivery) Failed() (failed []Handover) {
	for _, h := range d.To {
		if h.State == Refused || h.State == GivenUp || h.State == Waiting && h.Attempts > 0 {
			failed = append(failed, h)
		}
	}
	return failed
}

// ended says whether the record may leave the spool: nothing is left to be tried or to be told.
func (d Delivery) ended(isTelling bool) bool {
	return !d.open() && (d.Told || !isTelling || len(d.Failed()) == 0)
}

// Retries say how often a handover is tried.
type Retries struct {
	Attempts int           // in all
	After    time.Duration // before the second, doubled before each other, at most six hours
}

const longestWait = 6 * time.Hour

// after is when a handover that has failed so often is tried again; ok is false where it was the last time.
func (r Retries) after(now time.Time, failed int) (at time.Time, ok bool) {
	wait := r.After
	for range failed - 1 {
		wait = min(2*wait, longestWait)
	}
	return now.Add(wait), failed < r.Attempts
}

// isDue says whether a handover is to be tried. A time that lies further ahead than any wait was set by a clock that has been turned
// back since: it would be kept for years.
func (r Retries) isDue(now time.Time, h Handover) bool {
	isAhead := h.RetryAt.After(now.Add(max(r.After, longestWait)))
	return h.State == Waiting && (isAhead || !h.RetryAt.After(now))
}

// refusal is a failure that no other attempt can mend.
type refusal struct{ reason string }

func (r refusal) Error() string { return r.reason }

func refused(format string, args ...any) error { return refusal{fmt.Sprintf(format, args...)} }
